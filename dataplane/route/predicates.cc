#include "dataplane/route/predicates.h"

#include <algorithm>
#include <charconv>

#include "dataplane/base/ascii.h"
#include "dataplane/route/header_value.h"

namespace sluice::route {
namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = base::AsciiLower(c);
  }
  return lower;
}

// A decimal integer with white space around it and a sign, as Envoy reads one.
std::optional<int64_t> ParseInteger(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return std::nullopt;
  text = text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Fields that Envoy keeps as one value, found by asking it (test/integration/envoy_diff).
constexpr std::string_view kJoined[] = {"accept",
                                        "accept-encoding",
                                        "access-control-request-headers",
                                        "access-control-request-method",
                                        "authorization",
                                        "cache-control",
                                        "connection",
                                        "content-encoding",
                                        "content-type",
                                        "expect",
                                        "grpc-timeout",
                                        "if-match",
                                        "if-modified-since",
                                        "if-none-match",
                                        "if-range",
                                        "keep-alive",
                                        "origin",
                                        "pragma",
                                        "proxy-connection",
                                        "referer",
                                        "te",
                                        "upgrade",
                                        "user-agent",
                                        "via",
                                        "x-client-trace-id",
                                        "x-envoy-attempt-count",
                                        "x-envoy-downstream-service-cluster",
                                        "x-envoy-original-host",
                                        "x-envoy-original-path",
                                        "x-forwarded-client-cert",
                                        "x-forwarded-for",
                                        "x-forwarded-host",
                                        "x-forwarded-port",
                                        "x-forwarded-proto",
                                        "x-request-id"};

bool IsJoined(std::string_view name) {
  return std::find(std::begin(kJoined), std::end(kJoined), name) != std::end(kJoined);
}

bool IsGrpc(const http::Head& head) {
  constexpr std::string_view kGrpc = "application/grpc";
  const std::string_view type = head.Get(http::FieldId::kContentType).value_or("");
  return type.starts_with(kGrpc) && (type.size() == kGrpc.size() || type[kGrpc.size()] == '+');
}

}  // namespace

HeaderName HeaderName::Of(std::string_view name) {
  HeaderName result;
  result.text = LowerCase(name);
  if (result.text == ":authority" || result.text == "host") {
    result.source = Source::kAuthority;
  } else if (result.text == ":method") {
    result.source = Source::kMethod;
  } else if (result.text == ":path") {
    result.source = Source::kPath;
  } else if (result.text == ":scheme") {
    result.source = Source::kScheme;
  } else if (result.text.starts_with(':')) {
    result.source = Source::kNothing;
  } else {
    result.id = http::LookupField(result.text);
    result.joined = IsJoined(result.text);
    return result;
  }
  result.joined = true;
  return result;
}

bool HeaderPredicate::Matches(const http::Head& head) const {
  FieldTest found = TestField(head, name, [this](std::string_view value) { return Holds(value); });
  if (!found.present) {
    if (!missing_as_empty) return kind == Kind::kPresent && present == invert;
    found.held = Holds("");
  }
  return found.held != invert;
}

bool HeaderPredicate::Holds(std::string_view value) const {
  if (kind == Kind::kPresent) return present;
  if (kind == Kind::kString) return string.Matches(value);
  const std::optional<int64_t> number = ParseInteger(value);
  return number && *number >= range_start && *number < range_end;
}

bool QueryPredicate::Matches(std::string_view query) const {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const size_t equals = std::min(parameter.find('='), parameter.size());
    if (parameter.substr(0, equals) != name) continue;
    if (!value) return present;
    return value->Matches(parameter.substr(std::min(equals + 1, parameter.size())));
  }
  return !value && !present;
}

bool Predicates::Match(const http::Head& head, uint64_t random) const {
  if (fraction && !fraction->Takes(random)) return false;
  if (grpc && !IsGrpc(head)) return false;
  return std::all_of(headers.begin(), headers.end(),
                     [&](const HeaderPredicate& p) { return p.Matches(head); }) &&
         std::all_of(query.begin(), query.end(),
                     [&](const QueryPredicate& p) { return p.Matches(head.query); });
}

}  // namespace sluice::route
