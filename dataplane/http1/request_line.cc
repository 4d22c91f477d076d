#include "dataplane/http1/request_line.h"

#include <cstring>

#include "dataplane/base/ascii.h"
#include "dataplane/http/byte_scan.h"
#include "dataplane/http/path.h"
#include "dataplane/http/text.h"

namespace sluice::http1 {
namespace {

using http::Bytes16;
using http::FindFirst;
using http::Head;
using http::StreamError;

constexpr size_t kVersionSize = 8;

// Sets target, path and query; returns the byte behind the target.
const char* SplitTarget(const char* target, const char* end, const char* base, Head& head) {
  const char* path_end = FindFirst<&Bytes16::NotPathText>(target, end, base);
  const char* p = path_end;
  head.has_query = p != end && *p == '?';
  if (head.has_query) {
    ++p;
    const char* const query_end = FindFirst<&Bytes16::NotQueryText>(p, end, base);
    head.query = std::string_view(p, static_cast<size_t>(query_end - p));
    p = query_end;
  }
  head.path = std::string_view(target, static_cast<size_t>(path_end - target));
  head.target = std::string_view(target, static_cast<size_t>(p - target));
  return p;
}

// What the byte that ended a target without a space says.
StreamError TargetError(const char* p, const char* end) {
  if (p == end || *p == '\r' || *p == '\n') return StreamError::kBadStartLine;
  return StreamError::kBadTarget;
}

}  // namespace

StreamError JudgeStartLine(std::string_view bytes, size_t max_bytes, StreamError error) {
  const std::string_view line = bytes.substr(0, max_bytes + 2);
  const size_t lf = line.find('\n');
  if (lf == std::string_view::npos) {
    return line.size() == max_bytes + 2 ? StreamError::kTargetTooLong : StreamError::kNone;
  }
  return lf == 0 || line[lf - 1] != '\r' ? StreamError::kBareLf : error;
}

StreamError ParseVersion(const char* text, http::Version& version) {
  if (std::memcmp(text, "HTTP/1.1", kVersionSize) == 0) [[likely]] {
    version = http::Version::kHttp11;
    return StreamError::kNone;
  }
  if (std::memcmp(text, "HTTP/", 5) != 0 || !http::IsDigit(text[5]) || text[6] != '.' ||
      !http::IsDigit(text[7])) {
    return StreamError::kBadStartLine;
  }
  if (text[5] != '1') return StreamError::kBadVersion;
  // A higher minor version is served as the highest we have (RFC 9110 2.5).
  version = text[7] == '0' ? http::Version::kHttp10 : http::Version::kHttp11;
  return StreamError::kNone;
}

HeadResult ParseRequestLine(std::string_view bytes, size_t max_bytes, Head& head) {
  const char* const base = bytes.data();
  const char* const end = base + bytes.size();
  const auto fail = [&](StreamError error) {
    return HeadResult{JudgeStartLine(bytes, max_bytes, error), 0};
  };

  const char* p = base;
  if (bytes.starts_with("GET ")) {  // most requests
    p += 3;
    head.method = http::Method::kGet;
  } else {
    while (p != end && http::IsTokenChar(*p)) ++p;
    if (p == base || p == end || *p != ' ') return fail(StreamError::kBadStartLine);
    head.method = http::LookupMethod({base, static_cast<size_t>(p - base)});
  }
  head.method_text = std::string_view(base, static_cast<size_t>(p - base));

  const char* const target = ++p;
  p = SplitTarget(target, end, base, head);
  if (p == end || *p != ' ') return fail(TargetError(p, end));
  if (p == target) return fail(StreamError::kBadStartLine);
  ++p;

  if (end - p < static_cast<ptrdiff_t>(kVersionSize + 2)) return fail(StreamError::kBadStartLine);
  if (p[kVersionSize] != '\r' || p[kVersionSize + 1] != '\n')
    return fail(StreamError::kBadStartLine);
  const StreamError error = ParseVersion(p, head.version);
  if (error != StreamError::kNone) return fail(error);
  p += kVersionSize + 2;
  const size_t size = static_cast<size_t>(p - base);
  if (size > max_bytes + 2) return {StreamError::kTargetTooLong, 0};
  return {StreamError::kNone, static_cast<uint32_t>(size)};
}

StreamError ParseTargetForm(std::string_view scheme, Head& head) {
  const std::string_view target = head.target;
  if (head.method == http::Method::kConnect) {
    // RFC 9112 3.2.3: host and port, nothing else.
    if (!http::IsValidAuthority(target) || target.back() == ']' ||
        target.find(':') == std::string_view::npos || target.back() == ':') {
      return StreamError::kBadTarget;
    }
    head.authority = target;
    head.path = {};
    return StreamError::kNone;
  }
  if (target.front() == '/') return StreamError::kNone;
  if (target == "*") {
    return head.method == http::Method::kOptions ? StreamError::kNone : StreamError::kBadTarget;
  }
  const size_t colon = target.find(':');
  if (colon == std::string_view::npos || target.substr(colon, 3) != "://" ||
      !base::EqualsIgnoreCase(target.substr(0, colon), scheme)) {
    return StreamError::kBadTarget;
  }
  // head.path is the target up to the query.
  const std::string_view rest = head.path.substr(std::min(colon + 3, head.path.size()));
  const size_t slash = std::min(rest.find('/'), rest.size());
  head.authority = rest.substr(0, slash);
  if (!http::IsValidAuthority(head.authority)) return StreamError::kBadTarget;
  head.path = rest.substr(slash);
  if (head.path.empty()) {
    // RFC 9112 3.2.4: OPTIONS without a path asks about the server.
    head.path = head.method == http::Method::kOptions && !head.has_query ? "*" : "/";
  }
  return StreamError::kNone;
}

}  // namespace sluice::http1
