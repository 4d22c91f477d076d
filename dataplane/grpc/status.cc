#include "dataplane/grpc/status.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "dataplane/http/text.h"

namespace sluice::grpc {
namespace {

using http::FieldId;
using http::Head;
using http::StreamError;

constexpr std::array<std::string_view, 17> kNames = {
    "OK",                 "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",  "NOT_FOUND",      "ALREADY_EXISTS",    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",      "OUT_OF_RANGE",
    "UNIMPLEMENTED",      "INTERNAL",       "UNAVAILABLE",       "DATA_LOSS",
    "UNAUTHENTICATED"};

// A number we do not know may be one of tomorrow.
StatusCode ParseCode(std::string_view text) {
  uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end || number >= kNames.size()) {
    return StatusCode::kUnknown;
  }
  return static_cast<StatusCode>(number);
}

bool IsPlain(char c) { return c >= 0x20 && c <= 0x7E && c != '%'; }

}  // namespace

std::string_view StatusCodeName(StatusCode code) { return kNames[static_cast<uint8_t>(code)]; }

Status StatusOf(const Head& head, const Head* trailers) {
  const Head& source = trailers != nullptr ? *trailers : head;
  if (const auto code = source.Get(FieldId::kGrpcStatus)) {
    return {ParseCode(*code), DecodeMessage(source.Get(FieldId::kGrpcMessage).value_or(""))};
  }
  if (head.status != 200) {
    return {FromHttpStatus(head.status), fmt::format("HTTP status {}", head.status)};
  }
  if (!IsGrpcResponse(head)) return {StatusCode::kUnknown, "the response is not gRPC"};
  return {StatusCode::kUnknown, "the response has no grpc-status"};
}

StatusCode FromHttpStatus(uint16_t status) {
  switch (status) {
    case 400: return StatusCode::kInternal;
    case 401: return StatusCode::kUnauthenticated;
    case 403: return StatusCode::kPermissionDenied;
    case 404: return StatusCode::kUnimplemented;
    case 429:
    case 502:
    case 503:
    case 504: return StatusCode::kUnavailable;
    default: return StatusCode::kUnknown;
  }
}

StatusCode FromStreamError(StreamError error) {
  switch (error) {
    case StreamError::kNone: return StatusCode::kOk;
    case StreamError::kCancelled: return StatusCode::kCancelled;
    case StreamError::kEarlyEnd:
    case StreamError::kPeerReset:
    case StreamError::kRefused:
    case StreamError::kConnectionLost: return StatusCode::kUnavailable;
    case StreamError::kHeadTooLarge:
    case StreamError::kTooManyFields:
    case StreamError::kTrailersTooLarge:
    case StreamError::kTooManyInformational: return StatusCode::kResourceExhausted;
    default: return StatusCode::kInternal;
  }
}

bool IsGrpcResponse(const Head& head) {
  constexpr std::string_view kType = "application/grpc";
  const std::string_view type = head.Get(FieldId::kContentType).value_or("");
  if (head.status != 200 || !type.starts_with(kType)) return false;
  const std::string_view rest = type.substr(kType.size());
  return rest.empty() || rest.front() == '+' || rest.front() == ';';
}

std::string DecodeMessage(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = http::HexValue(text[i + 1]);
      const int low = http::HexValue(text[i + 2]);
      if (high >= 0 && low >= 0) {
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

std::string EncodeMessage(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size());
  for (char c : text) {
    if (IsPlain(c)) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<uint8_t>(c));
    }
  }
  return encoded;
}

}  // namespace sluice::grpc
