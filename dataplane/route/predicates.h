// The conditions of a route beside its path (xDS: RouteMatch.headers, query_parameters, grpc,
// runtime_fraction, and HeaderMatcher for other users).
//
// Immutable, shared by all workers; evaluation is pure and allocates at most as
// header_value.h says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/http/head.h"
#include "dataplane/route/string_matcher.h"

namespace sluice::route {

// What of the request a header condition reads.
struct HeaderName {
  enum class Source : uint8_t { kField, kMethod, kPath, kAuthority, kScheme, kNothing };

  Source source = Source::kField;  // kPath is path and query; kNothing is an unknown pseudo field
  http::FieldId id = http::FieldId::kUnknown;
  bool joined = false;  // one value (header_value.h); always so but for fields
  std::string text;     // lower case

  // `name` in any case; ":method", ":path", ":authority", ":scheme" and "host" are the start
  // line's.
  static HeaderName Of(std::string_view name);
};

// xDS: HeaderMatcher. Of a field with several values one must hold; inverted, none may.
struct HeaderPredicate {
  enum class Kind : uint8_t { kPresent, kString, kRange };

  HeaderName name;
  Kind kind = Kind::kPresent;
  bool present = true;  // kPresent: false asks for absence
  bool invert = false;
  // An absent field has the value "". Otherwise an absent field satisfies neither a condition on
  // its value nor the inverse of one.
  bool missing_as_empty = false;
  StringMatcher string;     // kString
  int64_t range_start = 0;  // kRange: a decimal integer in [range_start, range_end)
  int64_t range_end = 0;

  bool Matches(const http::Head& head) const;
  // Of one value, not inverted.
  bool Holds(std::string_view value) const;
};

// xDS: QueryParameterMatcher. The first parameter of that name counts; nothing is decoded.
struct QueryPredicate {
  std::string name;
  bool present = true;                 // false asks for absence; only without `value`
  std::optional<StringMatcher> value;  // absent: any value

  // `query` without its '?'.
  bool Matches(std::string_view query) const;
};

// xDS: FractionalPercent.
struct Fraction {
  uint32_t numerator = 0;
  uint32_t denominator = 100;
  bool Takes(uint64_t random) const { return random % denominator < numerator; }
};

// All of one route; all must hold.
struct Predicates {
  std::vector<HeaderPredicate> headers;
  std::vector<QueryPredicate> query;
  std::optional<Fraction> fraction;
  bool grpc = false;  // content-type is application/grpc or application/grpc+...

  bool empty() const { return headers.empty() && query.empty() && !fraction && !grpc; }
  bool Match(const http::Head& head, uint64_t random) const;
};

}  // namespace sluice::route
