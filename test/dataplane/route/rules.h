// Short ways to make routes for tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataplane/route/route.h"

namespace sluice::route {

inline std::shared_ptr<const Regex> MakeRegex(std::string_view pattern) {
  return std::make_shared<const Regex>(*Regex::Compile(pattern));
}

// The route's name is what it answers; rules of unlike case are lower-cased by hand.
inline Route MakeRoute(std::string name, PathRule::Kind kind, std::string_view text) {
  Route route;
  route.name = std::move(name);
  route.path.kind = kind;
  if (kind == PathRule::Kind::kRegex) {
    route.path.regex = MakeRegex(text);
  } else {
    route.path.text = text;
  }
  route.action = DirectResponse{};
  return route;
}
inline Route Prefix(std::string name, std::string_view text) {
  return MakeRoute(std::move(name), PathRule::Kind::kPrefix, text);
}
inline Route Exact(std::string name, std::string_view text) {
  return MakeRoute(std::move(name), PathRule::Kind::kExact, text);
}
inline Route Separated(std::string name, std::string_view text) {
  return MakeRoute(std::move(name), PathRule::Kind::kSeparatedPrefix, text);
}
inline Route Matching(std::string name, std::string_view pattern) {
  return MakeRoute(std::move(name), PathRule::Kind::kRegex, pattern);
}

inline StringMatcher Text(StringMatcher::Kind kind, std::string_view text) {
  StringMatcher matcher;
  matcher.kind = kind;
  if (kind == StringMatcher::Kind::kRegex) {
    matcher.regex = MakeRegex(text);
  } else {
    matcher.text = text;
  }
  return matcher;
}

inline HeaderPredicate FieldIs(std::string_view name, std::string_view value) {
  HeaderPredicate predicate;
  predicate.name = HeaderName::Of(name);
  predicate.kind = HeaderPredicate::Kind::kString;
  predicate.string = Text(StringMatcher::Kind::kExact, value);
  return predicate;
}

inline HeaderPredicate FieldMatches(std::string_view name, std::string_view pattern) {
  HeaderPredicate predicate = FieldIs(name, "");
  predicate.string = Text(StringMatcher::Kind::kRegex, pattern);
  return predicate;
}

inline HeaderPredicate FieldPresent(std::string_view name) {
  HeaderPredicate predicate;
  predicate.name = HeaderName::Of(name);
  return predicate;
}

// The route that takes the request, or "".
inline std::string NameOf(const Route* route) { return route == nullptr ? "" : route->name; }

template <typename... Routes>
std::vector<Route> RoutesOf(Routes... routes) {
  std::vector<Route> list;
  (list.push_back(std::move(routes)), ...);
  return list;
}

}  // namespace sluice::route
