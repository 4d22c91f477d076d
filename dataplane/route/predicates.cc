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
  }
  return result;
}

bool HeaderPredicate::Matches(const http::Head& head) const {
  const HeaderValue found(head, name);
  if (!found.value() && !missing_as_empty) {
    return kind == Kind::kPresent && present == invert;
  }
  const std::string_view value = found.value().value_or("");
  switch (kind) {
    case Kind::kPresent:
      return present != invert;
    case Kind::kString:
      return string.Matches(value) != invert;
    case Kind::kRange: {
      const std::optional<int64_t> number = ParseInteger(value);
      return (number && *number >= range_start && *number < range_end) != invert;
    }
  }
  return false;
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
  return std::all_of(headers.begin(), headers.end(), [&](const HeaderPredicate& p) { return p.Matches(head); }) &&
         std::all_of(query.begin(), query.end(), [&](const QueryPredicate& p) { return p.Matches(head.query); });
}

}  // namespace sluice::route
