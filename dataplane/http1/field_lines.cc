#include "dataplane/http1/field_lines.h"

#include <bit>
#include <cstring>
#include <limits>

#include "dataplane/base/ascii.h"
#include "dataplane/buffer/copy_bytes.h"
#include "dataplane/http/byte_scan.h"
#include "dataplane/http/field_lookup.h"
#include "dataplane/http/text.h"

namespace sluice::http1 {
namespace {

using http::Bytes16;
using http::Field;
using http::FieldId;
using http::FindFirst;
using http::Head;
using http::StreamError;

constexpr http::FieldSet Bit(FieldId id) { return http::FieldBit(id); }
constexpr bool Contains(http::FieldSet set, FieldId id) { return (set & Bit(id)) != 0; }

// Fields whose value the parser looks at.
constexpr uint64_t kNoted = Bit(FieldId::kContentLength) | Bit(FieldId::kTransferEncoding) |
                            Bit(FieldId::kConnection) | Bit(FieldId::kHost) |
                            Bit(FieldId::kExpect) | Bit(FieldId::kUpgrade);

// Known fields that end at this hop, so Connection may name them.
constexpr uint64_t kHopByHop = Bit(FieldId::kKeepAlive) | Bit(FieldId::kProxyConnection) |
                               Bit(FieldId::kTe) | Bit(FieldId::kTrailer) | Bit(FieldId::kUpgrade) |
                               Bit(FieldId::kHttp2Settings) | Bit(FieldId::kProxyAuthenticate) |
                               Bit(FieldId::kProxyAuthorization);

// Fields that mean nothing or do harm when they come behind the body (RFC 9110 6.5.1): framing,
// routing, authentication, identity, and what says how to read the content.
constexpr uint64_t kNotInTrailers =
    kNoted | kHopByHop | Bit(FieldId::kAuthorization) | Bit(FieldId::kCookie) |
    Bit(FieldId::kSetCookie) | Bit(FieldId::kWwwAuthenticate) | Bit(FieldId::kContentType) |
    Bit(FieldId::kContentEncoding) | Bit(FieldId::kRange) | Bit(FieldId::kCacheControl) |
    Bit(FieldId::kMaxForwards) | Bit(FieldId::kForwarded) | Bit(FieldId::kVia) |
    Bit(FieldId::kLocation) | Bit(FieldId::kVary) | Bit(FieldId::kXForwardedClientCert) |
    Bit(FieldId::kXForwardedFor) | Bit(FieldId::kXForwardedHost) | Bit(FieldId::kXForwardedPort) |
    Bit(FieldId::kXForwardedPrefix) | Bit(FieldId::kXForwardedProto) |
    Bit(FieldId::kXHttpMethodOverride) | Bit(FieldId::kXOriginalUrl) | Bit(FieldId::kXRealIp) |
    Bit(FieldId::kXRequestId) | Bit(FieldId::kXRewriteUrl) | Bit(FieldId::kXEnvoyAttemptCount) |
    Bit(FieldId::kXEnvoyOriginalPath) | Bit(FieldId::kGrpcTimeout) | Bit(FieldId::kOrigin) |
    Bit(FieldId::kReferer) | Bit(FieldId::kTraceparent) | Bit(FieldId::kTracestate);

// Digits only, at most 20 of them and at most 2^63 - 1 (RFC 9110 8.6): no sign, list, hexadecimal.
bool ParseContentLength(std::string_view text, uint64_t& length) {
  constexpr size_t kNeverOver = 18;  // digits; one more may be over the limit, two more always are
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  if (text.empty() || text.size() > 20) return false;
  length = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!http::IsDigit(text[i])) return false;
    const uint64_t digit = static_cast<uint64_t>(text[i] - '0');
    if (i >= kNeverOver && length > (kMax - digit) / 10) return false;
    length = length * 10 + digit;
  }
  return true;
}

StreamError NoteTransferEncoding(std::string_view value, FieldFacts& facts) {
  if (facts.Has(FieldFacts::kLength)) return StreamError::kLengthAndEncoding;
  if (facts.Has(FieldFacts::kChunked)) return StreamError::kBadTransferEncoding;
  if (!base::EqualsIgnoreCase(value, "chunked")) {
    // A coding we do not have, in a well-formed list that ends in chunked, is 501; all else is a
    // framing error (RFC 9112 6.1, 6.3).
    bool unknown = false;
    std::string_view last;
    if (value.empty() || value.back() == ',') return StreamError::kBadTransferEncoding;
    for (std::string_view list = value; !list.empty();) {
      if (base::EqualsIgnoreCase(last, "chunked")) return StreamError::kBadTransferEncoding;
      last = http::NextMember(list);
      if (!http::IsToken(last)) return StreamError::kBadTransferEncoding;
      unknown = unknown || !base::EqualsIgnoreCase(last, "chunked");
    }
    return unknown ? StreamError::kUnknownTransferCoding : StreamError::kBadTransferEncoding;
  }
  facts.flags |= FieldFacts::kChunked;
  return StreamError::kNone;
}

void NoteConnection(std::string_view value, FieldFacts& facts) {
  if (base::EqualsIgnoreCase(value, "keep-alive")) {
    facts.flags |= FieldFacts::kKeepAlive;
    return;
  }
  for (std::string_view list = value; !list.empty();) {
    const std::string_view option = http::NextMember(list);
    if (base::EqualsIgnoreCase(option, "close")) {
      facts.flags |= FieldFacts::kClose;
    } else if (base::EqualsIgnoreCase(option, "keep-alive")) {
      facts.flags |= FieldFacts::kKeepAlive;
    } else if (base::EqualsIgnoreCase(option, "upgrade")) {
      facts.flags |= FieldFacts::kUpgradeOption;
    } else if (!option.empty()) {
      facts.flags |= FieldFacts::kOtherOption;
    }
  }
}

StreamError NoteLength(std::string_view value, FieldFacts& facts) {
  if (facts.Has(FieldFacts::kChunked)) return StreamError::kLengthAndEncoding;
  // A second line is refused even when it agrees: whoever sent it does not control its framing.
  if (facts.Has(FieldFacts::kLength)) return StreamError::kBadContentLength;
  if (!ParseContentLength(value, facts.content_length)) return StreamError::kBadContentLength;
  facts.flags |= FieldFacts::kLength;
  return StreamError::kNone;
}

// The h2c mechanism is withdrawn (RFC 9113 3.1): such a request is served as HTTP/1.1.
bool OffersUpgrade(std::string_view value) {
  bool any = false;
  for (std::string_view list = value; !list.empty();) {
    const std::string_view protocol = http::NextMember(list);
    if (base::EqualsIgnoreCase(protocol, "h2c")) return false;
    any = any || !protocol.empty();
  }
  return any;
}

// Cold part of the loop: a line that framing or the connection depends on.
StreamError NoteFact(FieldId id, std::string_view value, LineKind kind, FieldFacts& facts) {
  switch (id) {
    case FieldId::kContentLength:
      return NoteLength(value, facts);
    case FieldId::kTransferEncoding:
      return NoteTransferEncoding(value, facts);
    case FieldId::kConnection:
      NoteConnection(value, facts);
      break;
    case FieldId::kHost:
      if (kind == LineKind::kRequest) return StreamError::kBadHost;  // the caller took the first
      break;
    case FieldId::kExpect:
      if (kind != LineKind::kRequest) break;
      if (!base::EqualsIgnoreCase(value, "100-continue")) return StreamError::kBadExpectation;
      facts.flags |= FieldFacts::kExpect;
      break;
    case FieldId::kUpgrade:
      if (OffersUpgrade(value)) facts.flags |= FieldFacts::kUpgrade;
      break;
    default:
      break;
  }
  return StreamError::kNone;
}

enum class NameKind : uint8_t { kPlain, kUnderscore, kBad };

NameKind CheckName(const char* p, const char* end) {
  if (p == end) return NameKind::kBad;
  bool underscore = false;
  for (; p != end; ++p) {
    if (!http::IsTokenChar(*p)) return NameKind::kBad;
    underscore = underscore || *p == '_';
  }
  return underscore ? NameKind::kUnderscore : NameKind::kPlain;
}

// Names the error of a line without a proper name. The verdict depends on this line only, so it is
// the same however the bytes were cut: without a line feed there is none yet.
HeadResult JudgeBadLine(const char* line, const char* end) {
  const std::string_view rest(line, static_cast<size_t>(end - line));
  const size_t lf = rest.find('\n');
  if (lf == std::string_view::npos) return {};
  if (lf == 0 || rest[lf - 1] != '\r') return {StreamError::kBareLf, 0};
  return {http::IsOws(rest[0]) ? StreamError::kObsFold : StreamError::kBadFieldName, 0};
}

// The same for a value that ended at `at`, which is neither CRLF nor the end of the bytes.
HeadResult JudgeBadValue(const char* at, const char* end) {
  if (at == end || (*at == '\r' && at + 1 == end)) return {};
  return {*at == '\n' ? StreamError::kBareLf : StreamError::kBadFieldValue, 0};
}

// One line taken apart. `next` is behind its CRLF; nullptr: no line, see `error`.
struct Line {
  const char* name_end;
  const char* value;
  const char* value_end;
  const char* next = nullptr;
  FieldId id;
  uint8_t flags = Field::kWholeLine;
  StreamError error = StreamError::kNone;
};

// What TakeSimpleLine must find behind the beginning of a line.
constexpr size_t kLookahead = 18;

// The common line, in as few steps as can be: a name of up to 32 bytes that is known or made of
// letters, digits and '-'; a value without HTAB and obs-text behind at most one space. Says false
// for any other, which TakeLine judges. `safe` has kLookahead bytes behind it,
// up to `end`. Inline by
// force: a call would put the loop's state into memory, a third of its cost.
[[gnu::always_inline]] inline bool TakeSimpleLine(const char* p, const char* safe, const char* end,
                                                  Line& line) {
  if (p > safe) return false;
  const Bytes16 start(p);
  uint32_t colons = start.Colons();
  if (colons == 0) [[unlikely]] {
    if (end - p < 34) return false;
    colons = Bytes16(p + 16).Colons() << 16;
    if (colons == 0) return false;
  }
  const size_t size = static_cast<size_t>(std::countr_zero(colons));
  line.id = http::detail::LookupReadableField(p, size);
  if (line.id == FieldId::kUnknown) {
    uint32_t bad = start.NotPlainName();
    if (size > 16) bad |= Bytes16(p + 16).NotPlainName() << 16;
    if (size == 0 || (bad & (colons ^ (colons - 1)) & ~colons) != 0) return false;
  }
  line.name_end = p + size;
  const char* q = line.name_end + 1;
  q += *q == ' ';
  if (static_cast<uint8_t>(*q) <= ' ') return false;
  line.value = q;
  const char* const last = end - 16;
  uint32_t mask = 0;
  for (; q <= last; q += 16) {
    mask = Bytes16(q).MaybeNotFieldText();
    if (mask != 0) break;
  }
  if (mask == 0) {
    if (q >= end) return false;
    // The last 16 bytes, of which some were looked at before.
    mask = Bytes16(last).MaybeNotFieldText() >> (16 - (end - q));
    if (mask == 0) return false;
  }
  q += std::countr_zero(mask);
  if (end - q < 2 || std::memcmp(q, "\r\n", 2) != 0) return false;
  if (static_cast<uint8_t>(q[-1]) <= ' ') return false;
  line.value_end = q;
  line.next = q + 2;
  return true;
}

// TakeSimpleLine for what is too close to the end of the bytes to be looked at in steps of 16: the
// last line of nearly every head, and all of `p` to `end` is shorter than a step and a bit. Works
// on a copy with zeros around it, which are part of no line.
bool TakeShortLine(const char* p, const char* end, Line& line) {
  constexpr size_t kLongest = kLookahead;
  const size_t size = static_cast<size_t>(end - p);
  if (size >= kLongest) return false;
  char bytes[16 + kLongest + 32] = {};
  char* const copy = bytes + 16;
  buffer::CopyBytes(copy, p, size);
  if (!TakeSimpleLine(copy, copy, copy + size, line)) return false;
  line.name_end = p + (line.name_end - copy);
  line.value = p + (line.value - copy);
  line.value_end = p + (line.value_end - copy);
  line.next = p + (line.next - copy);
  return true;
}

// Any line.
Line TakeLine(const char* p, const char* base, const char* end, UnderscorePolicy underscores) {
  Line line;
  const auto fail = [&](HeadResult result) {
    line.error = result.error;
    return line;
  };
  line.name_end = FindFirst<&Bytes16::Colons>(p, end, base);
  if (line.name_end == end) return fail(JudgeBadLine(p, end));
  line.id = http::LookupField({p, static_cast<size_t>(line.name_end - p)});
  if (line.id == FieldId::kUnknown) {
    // A known name needs no check: it equals one of ours.
    const NameKind kind = CheckName(p, line.name_end);
    if (kind == NameKind::kBad) return fail(JudgeBadLine(p, end));
    if (kind == NameKind::kUnderscore && underscores != UnderscorePolicy::kAllow) {
      if (underscores == UnderscorePolicy::kRefuse) return fail({StreamError::kUnderscoreName, 0});
      line.flags |= Field::kRemoved;
    }
  }
  line.value = line.name_end + 1;
  while (line.value != end && http::IsOws(*line.value)) ++line.value;
  const char* const line_end = FindFirst<&Bytes16::NotFieldText>(line.value, end, base);
  if (end - line_end < 2 || line_end[0] != '\r' || line_end[1] != '\n') {
    return fail(JudgeBadValue(line_end, end));
  }
  line.value_end = line_end;
  while (line.value_end != line.value && http::IsOws(line.value_end[-1])) --line.value_end;
  line.next = line_end + 2;
  return line;
}

template <LineKind kKind>
HeadResult ParseLines(std::string_view bytes, size_t begin, const LineRules& rules, Head& head,
                      FieldFacts& facts) {
  const char* const base = bytes.data();
  const char* const end = base + bytes.size();
  const char* const safe = bytes.size() >= kLookahead ? end - kLookahead : base - 1;
  const char* p = base + begin;
  http::HeadReceiver lines(head, rules.max_fields);
  for (;;) {
    Line line;
    if (!TakeSimpleLine(p, safe, end, line)) [[unlikely]] {
      if (p == end || (*p == '\r' && p + 1 == end)) return {};
      if (*p == '\r' && p[1] == '\n') break;
      if (!TakeShortLine(p, end, line)) {
        line = TakeLine(p, base, end, rules.underscores);
        if (line.next == nullptr) return {line.error, 0};
      }
    }
    if (kKind == LineKind::kTrailer && Contains(kNotInTrailers, line.id)) {
      line.flags |= Field::kRemoved;
    }
    if (!lines.Add({p, line.name_end}, {line.value, line.value_end}, line.id, line.flags)) {
      return {StreamError::kTooManyFields, 0};
    }
    if (kKind == LineKind::kRequest && line.id == FieldId::kHost && !facts.Has(FieldFacts::kHost)) {
      facts.flags |= FieldFacts::kHost;
      facts.host = {line.value, static_cast<size_t>(line.value_end - line.value)};
    } else if (kKind != LineKind::kTrailer && Contains(kNoted, line.id)) {
      const StreamError error = NoteFact(line.id, {line.value, line.value_end}, kKind, facts);
      if (error != StreamError::kNone) return {error, 0};
    }
    p = line.next;
  }
  head.received_bytes += static_cast<uint32_t>(p - (base + begin));
  return {StreamError::kNone, static_cast<uint32_t>(p + 2 - base)};
}

}  // namespace

HeadResult ParseFieldLines(std::string_view bytes, size_t begin, const LineRules& rules, Head& head,
                           FieldFacts& facts) {
  switch (rules.kind) {
    case LineKind::kRequest:
      return ParseLines<LineKind::kRequest>(bytes, begin, rules, head, facts);
    case LineKind::kResponse:
      return ParseLines<LineKind::kResponse>(bytes, begin, rules, head, facts);
    case LineKind::kTrailer:
      break;
  }
  return ParseLines<LineKind::kTrailer>(bytes, begin, rules, head, facts);
}

StreamError ApplyConnectionOptions(Head& head) {
  for (uint32_t i = 0; i < head.size(); ++i) {
    const Field& field = head.at(i);
    if (field.id != FieldId::kConnection || field.removed()) continue;
    for (std::string_view list = field.value(); !list.empty();) {
      const std::string_view option = http::NextMember(list);
      const FieldId id = http::LookupField(option);
      if (id != FieldId::kUnknown && !Contains(kHopByHop, id)) {
        return StreamError::kBadConnectionOption;
      }
      // Upgrade stays in the head for whoever decides on it; codecs write these lines themselves.
      if (id == FieldId::kUnknown && !option.empty()) head.Remove(option);
    }
  }
  return StreamError::kNone;
}

}  // namespace sluice::http1
