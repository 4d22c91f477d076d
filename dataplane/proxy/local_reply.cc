#include "dataplane/proxy/local_reply.h"

#include <charconv>

#include "dataplane/http/status_text.h"

namespace sluice::proxy {

namespace {

using http::FieldId;
using http::StreamError;

std::string_view Number(uint64_t value, buffer::Arena& arena) {
  char text[20];
  auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return arena.Copy({text, static_cast<size_t>(end - text)});
}

// gRPC clients read status and message from the head only (trailers-only response).
uint16_t GrpcStatusOf(uint16_t http_status) {
  switch (http_status) {
    case 400: return 13;  // INTERNAL
    case 401: return 16;  // UNAUTHENTICATED
    case 403: return 7;   // PERMISSION_DENIED
    case 404: return 12;  // UNIMPLEMENTED
    case 429: case 502: case 503: case 504: return 14;  // UNAVAILABLE
    default: return 2;    // UNKNOWN
  }
}

bool WantsProblemJson(const http::Head& request) {
  auto accept = request.Get(FieldId::kAccept);
  return accept && (accept->find("application/problem+json") != std::string_view::npos ||
                    accept->find("application/json") != std::string_view::npos);
}

bool IsGrpc(const http::Head& request) {
  auto type = request.Get(FieldId::kContentType);
  constexpr std::string_view kGrpc = "application/grpc";
  if (!type || !type->starts_with(kGrpc)) return false;
  return type->size() == kGrpc.size() || (*type)[kGrpc.size()] == '+' || (*type)[kGrpc.size()] == ';';
}

// {"type":"about:blank","title":"Not Found","status":404,"detail":"...","code":"route_not_found"}
// No part of it comes from the client, so nothing has to be escaped.
std::string_view ProblemJson(const filter::LocalReply& reply, std::string_view text,
                             buffer::Arena& arena) {
  std::string_view out = arena.Concat(R"({"type":"about:blank","title":")", http::StatusText(reply.status),
                                      R"(","status":)");
  out = arena.Concat(out, Number(reply.status, arena), R"(,"detail":")");
  out = arena.Concat(out, text, R"(","code":")");
  return arena.Concat(out, reply.details, "\"}\n");
}

}  // namespace

filter::LocalReply ReplyFor(StreamError error) {
  switch (error) {
    case StreamError::kTargetTooLong: return {414, "target_too_long", {}};
    case StreamError::kHeadTooLarge: return {431, "request_headers_too_large", {}};
    case StreamError::kTooManyFields: return {431, "too_many_headers", {}};
    case StreamError::kTrailersTooLarge: return {431, "request_trailers_too_large", {}};
    case StreamError::kUnknownTransferCoding: return {501, "unknown_transfer_coding", {}};
    case StreamError::kBadVersion: return {505, "http_version_not_supported", {}};
    case StreamError::kBadExpectation: return {417, "unknown_expectation", {}};
    default: break;
  }
  // The other names of the table are details codes as they are: "bad_chunk", "bad_host", ...
  return {400, http::StreamErrorName(error), {}};
}

filter::LocalReply ReplyFor(const upstream::CallFailure& failure, uint32_t& flags) {
  using upstream::CallError;
  switch (failure.error) {
    case CallError::kNoHealthyEndpoint:
      flags |= filter::kNoHealthyUpstream;
      return {503, "no_healthy_upstream", "no healthy upstream"};
    case CallError::kPendingOverflow:
    case CallError::kConnectionOverflow:
      flags |= filter::kUpstreamOverflow;
      return {503, "upstream_overflow", "too many requests wait for this service"};
    case CallError::kConnectFailed:
      flags |= filter::kUpstreamConnectionFailure;
      return {503, "upstream_connect_failed", "the service refused the connection"};
    case CallError::kConnectTimeout:
      flags |= filter::kUpstreamConnectionFailure;
      return {503, "upstream_connect_timeout", "the service did not accept a connection in time"};
    case CallError::kBadResponse:
      flags |= filter::kUpstreamProtocolError;
      return {502, "upstream_protocol_error", "the service sent an invalid response"};
    case CallError::kReset:
      flags |= filter::kUpstreamReset;
      return {502, "upstream_reset", "the service reset the request"};
    case CallError::kConnectionLost:
    case CallError::kNone:
      break;
  }
  flags |= filter::kUpstreamConnectionTermination;
  return {502, "upstream_connection_lost", "the service closed the connection before it answered"};
}

std::string_view WriteLocalReply(filter::Exchange& exchange, const filter::LocalReply& reply) {
  http::Head& head = exchange.response;
  buffer::Arena& arena = exchange.arena;
  head.Clear();
  head.version = http::Version::kHttp11;
  head.status = reply.status;
  head.reason = http::StatusText(reply.status);
  head.framing = http::BodyFraming::kLength;
  head.content_length = 0;
  if (reply.status == 405) {
    head.AppendBorrowed(FieldId::kAllow, "allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH");
  }
  const std::string_view text = reply.body.empty() ? head.reason : reply.body;
  if (!reply.verbatim && IsGrpc(exchange.request)) {
    head.status = 200;
    head.reason = http::StatusText(200);
    head.AppendBorrowed(FieldId::kContentType, "content-type", "application/grpc");
    head.Append(FieldId::kGrpcStatus, Number(GrpcStatusOf(reply.status), arena));
    head.AppendBorrowed(FieldId::kGrpcMessage, "grpc-message", text);
    return {};
  }
  if (reply.status == 204 || reply.status == 304) {
    head.framing = http::BodyFraming::kNone;
    return {};
  }
  if (!reply.location.empty()) {
    head.AppendBorrowed(FieldId::kLocation, "location", reply.location);
    if (reply.body.empty()) return {};
  }
  std::string_view body;
  if (reply.verbatim) {
    body = reply.body;
    if (!body.empty()) head.AppendBorrowed(FieldId::kContentType, "content-type", "text/plain");
  } else if (WantsProblemJson(exchange.request)) {
    head.AppendBorrowed(FieldId::kContentType, "content-type", "application/problem+json");
    body = ProblemJson(reply, text, arena);
  } else {
    head.AppendBorrowed(FieldId::kContentType, "content-type", "text/plain; charset=utf-8");
    body = arena.Concat(text, "\n");
  }
  head.content_length = body.size();
  return exchange.request.method == http::Method::kHead ? std::string_view() : body;
}

}  // namespace sluice::proxy
