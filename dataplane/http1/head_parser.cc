#include "dataplane/http1/head_parser.h"

#include <algorithm>

#include "dataplane/http/byte_scan.h"
#include "dataplane/http/path.h"
#include "dataplane/http/text.h"
#include "dataplane/http1/request_line.h"

namespace sluice::http1 {
namespace {

using http::BodyFraming;
using http::FieldId;
using http::Head;
using http::Method;
using http::StreamError;
using http::Version;

// A head that has not ended within its limit never will.
HeadResult OverLimit(HeadResult result, bool cut, StreamError error) {
  if (cut && result.error == StreamError::kNone && result.consumed == 0) result.error = error;
  return result;
}

// RFC 9112 9.3 and RFC 9110 7.6.1, for requests and responses.
StreamError SetConnectionFacts(const FieldFacts& facts, Head& head) {
  if (facts.flags < FieldFacts::kFirstConnectionFlag && head.version == Version::kHttp11) {
    head.keep_alive = true;
    head.has_upgrade = false;
    return StreamError::kNone;
  }
  head.keep_alive = head.version == Version::kHttp11
                        ? !facts.Has(FieldFacts::kClose)
                        : facts.Has(FieldFacts::kKeepAlive) && !facts.Has(FieldFacts::kClose);
  head.has_upgrade = facts.Has(FieldFacts::kUpgradeOption) && facts.Has(FieldFacts::kUpgrade) &&
                     head.version == Version::kHttp11;
  return facts.Has(FieldFacts::kOtherOption) ? ApplyConnectionOptions(head) : StreamError::kNone;
}

// RFC 9112 3.2. The authority of the target wins, and Host is made to say the same, so that nobody
// behind us reads another one.
StreamError SetAuthority(const FieldFacts& facts, Head& head) {
  if (!facts.Has(FieldFacts::kHost)) {
    if (head.version != Version::kHttp10) return StreamError::kMissingHost;
    if (!head.authority.empty()) head.AppendBorrowed(FieldId::kHost, "host", head.authority);
    return StreamError::kNone;
  }
  const http::AuthorityForm form = http::JudgeAuthority(facts.host);
  if (form == http::AuthorityForm::kInvalid) return StreamError::kBadHost;
  if (head.authority.empty()) {
    head.authority = facts.host;
    head.authority_canonical = form == http::AuthorityForm::kCanonical;
  } else if (head.authority != facts.host) {
    head.Remove(FieldId::kHost);
    head.AppendBorrowed(FieldId::kHost, "host", head.authority);
  }
  return StreamError::kNone;
}

// RFC 9112 6.3 for requests.
StreamError SetRequestFraming(const FieldFacts& facts, Head& head) {
  if (facts.Has(FieldFacts::kChunked)) {
    // RFC 9112 6.1: such framing is faulty, and the peer may not know chunks at all.
    if (head.version == Version::kHttp10) return StreamError::kBadTransferEncoding;
    head.framing = BodyFraming::kChunked;
  } else if (facts.Has(FieldFacts::kLength)) {
    head.framing = BodyFraming::kLength;
    head.content_length = head.received_length = facts.content_length;
  }
  const bool has_body = head.framing == BodyFraming::kChunked || head.content_length != 0;
  // RFC 9110 10.1.1: ignored in HTTP/1.0, and pointless without content.
  head.expect_continue =
      has_body && facts.Has(FieldFacts::kExpect) && head.version == Version::kHttp11;
  return StreamError::kNone;
}

StreamError FinishRequest(const FieldFacts& facts, const RequestRules& rules, Head& head) {
  head.scheme = rules.scheme;
  if (head.target.front() != '/' || head.method == Method::kConnect) {
    const StreamError error = ParseTargetForm(rules.scheme, head);
    if (error != StreamError::kNone) return error;
  }
  StreamError error = SetAuthority(facts, head);
  if (error == StreamError::kNone) error = SetRequestFraming(facts, head);
  if (error == StreamError::kNone) error = SetConnectionFacts(facts, head);
  return error;
}

// RFC 9112 6.3 for responses.
StreamError FinishResponse(const FieldFacts& facts, Method request, Head& head) {
  if (facts.Has(FieldFacts::kChunked)) {
    if (head.version == Version::kHttp10) return StreamError::kBadTransferEncoding;
    head.framing = BodyFraming::kChunked;
  } else if (facts.Has(FieldFacts::kLength)) {
    head.framing = BodyFraming::kLength;
    head.content_length = head.received_length = facts.content_length;
  } else {
    head.framing =
        HasResponseBody(request, head.status) ? BodyFraming::kUntilClose : BodyFraming::kNone;
  }
  const StreamError error = SetConnectionFacts(facts, head);
  if (head.framing == BodyFraming::kUntilClose) head.keep_alive = false;
  return error;
}

// What is wrong with a status line, from the bytes of that line only.
StreamError StatusLineError(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, bytes.find('\n'));
  http::Version version;
  if (line.size() < sizeof("HTTP/1.1 200") - 1) return StreamError::kBadStartLine;
  const StreamError error = ParseVersion(line.data(), version);
  if (error != StreamError::kNone) return error;
  if (line[8] != ' ') return StreamError::kBadStartLine;
  return PeekStatus(bytes) == 0 ? StreamError::kBadStatus : StreamError::kBadStartLine;
}

// "HTTP/1.1 200 OK" with its CRLF. The space before an empty phrase is often left out.
HeadResult ParseStatusLine(std::string_view bytes, size_t max_bytes, Head& head) {
  constexpr size_t kShortest = sizeof("HTTP/1.1 200\r\n") - 1;
  const auto fail = [&] {
    return HeadResult{JudgeStartLine(bytes, max_bytes, StatusLineError(bytes)), 0};
  };
  if (bytes.size() < kShortest) return fail();
  const char* const base = bytes.data();
  if (ParseVersion(base, head.version) != StreamError::kNone || base[8] != ' ') return fail();
  head.status = PeekStatus(bytes);
  if (head.status == 0) return fail();

  const char* const end = base + bytes.size();
  const char* p = base + 12;
  if (*p == ' ') {
    const char* const reason = ++p;
    p = http::FindFirst<&http::Bytes16::NotFieldText>(p, end, base);
    head.reason = std::string_view(reason, static_cast<size_t>(p - reason));
  }
  if (end - p < 2 || p[0] != '\r' || p[1] != '\n') return fail();
  const size_t size = static_cast<size_t>(p + 2 - base);
  if (size > max_bytes + 2) return {StreamError::kTargetTooLong, 0};
  return {StreamError::kNone, static_cast<uint32_t>(size)};
}

}  // namespace

HeadResult ParseRequestHead(std::string_view bytes, const Limits& limits, const RequestRules& rules,
                            Head& head) {
  const bool cut = bytes.size() > limits.head;
  bytes = bytes.substr(0, limits.head);
  HeadResult result = ParseRequestLine(bytes, limits.start_line, head);
  if (result.consumed != 0) {
    FieldFacts facts;
    const LineRules lines{LineKind::kRequest, rules.underscores, limits.fields};
    result = ParseFieldLines(bytes, result.consumed, lines, head, facts);
    if (result.consumed != 0) {
      result.error = FinishRequest(facts, rules, head);
      return result;
    }
  }
  return OverLimit(result, cut, StreamError::kHeadTooLarge);
}

HeadResult ParseResponseHead(std::string_view bytes, const Limits& limits, Method request,
                             Head& head) {
  const bool cut = bytes.size() > limits.head;
  bytes = bytes.substr(0, limits.head);
  HeadResult result = ParseStatusLine(bytes, limits.start_line, head);
  if (result.consumed != 0) {
    FieldFacts facts;
    // Names of responses reach no CGI, so underscores are nobody's trap here.
    const LineRules lines{LineKind::kResponse, UnderscorePolicy::kAllow, limits.fields};
    result = ParseFieldLines(bytes, result.consumed, lines, head, facts);
    if (result.consumed != 0) {
      result.error = FinishResponse(facts, request, head);
      return result;
    }
  }
  return OverLimit(result, cut, StreamError::kHeadTooLarge);
}

HeadResult ParseTrailers(std::string_view bytes, const Limits& limits, UnderscorePolicy underscores,
                         Head& head) {
  const bool cut = bytes.size() > limits.trailers;
  FieldFacts facts;
  const LineRules lines{LineKind::kTrailer, underscores, limits.trailer_fields};
  const HeadResult result =
      ParseFieldLines(bytes.substr(0, limits.trailers), 0, lines, head, facts);
  return OverLimit(result, cut, StreamError::kTrailersTooLarge);
}

bool HasResponseBody(Method request, uint16_t status) {
  return request != Method::kHead && status >= 200 && status != 204 && status != 304;
}

uint16_t PeekStatus(std::string_view bytes) {
  if (bytes.size() < 13) return 0;
  const char* const p = bytes.data() + 9;
  if (!http::IsDigit(p[0]) || !http::IsDigit(p[1]) || !http::IsDigit(p[2])) return 0;
  if (http::IsDigit(p[3])) return 0;
  const uint16_t status =
      static_cast<uint16_t>((p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0'));
  return status >= 100 && status <= 599 ? status : 0;
}

}  // namespace sluice::http1
