// The compiled router against the plain loop, over random tables and requests made of few parts, so
// that prefixes nest, rules tie and most requests match something. Fixed seeds.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "fmt/format.h"
#include "test/dataplane/route/naive_scan.h"
#include "test/dataplane/route/request.h"
#include "test/dataplane/route/rules.h"

namespace sluice::route {
namespace {

class Dice final {
 public:
  explicit Dice(uint32_t seed) : engine_(seed) {}
  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(engine_() % n); }
  bool OneIn(uint32_t n) { return Below(n) == 0; }
  template <size_t N>
  std::string Of(const char* const (&choices)[N]) {
    return choices[Below(N)];
  }
  uint64_t Number() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

constexpr const char* kParts[] = {"/",    "/a",  "/b",   "/ab", "/abc", "/c", "/API",
                                  "/api", "/v1", "/x.y", "b",   "",     "/a/"};
constexpr const char* kPatterns[] = {"[^/]+", "\\d+",       "(a|b)c?", ".*",    "a+",
                                     "x?",    "[a-c]{1,2}", "(?i)api", "/b|/c", ""};
constexpr const char* kFields[] = {"x-team", ":method", "cookie", "x-n"};
constexpr const char* kValues[] = {"red", "blue", "GET", "POST", "7", "a,b"};

std::string RandomPath(Dice& dice) {
  std::string path;
  for (uint32_t n = dice.Below(5); n > 0; --n) path += dice.Of(kParts);
  return path;
}

HeaderPredicate RandomPredicate(Dice& dice) {
  HeaderPredicate predicate = FieldIs(dice.Of(kFields), dice.Of(kValues));
  switch (dice.Below(6)) {
    case 0:
      predicate.kind = HeaderPredicate::Kind::kPresent;
      predicate.present = !dice.OneIn(3);
      break;
    case 1:
      predicate.kind = HeaderPredicate::Kind::kRange;
      predicate.range_end = 8;
      break;
    case 2:
      predicate.string.kind = StringMatcher::Kind::kContains;
      break;
    default:
      break;
  }
  predicate.invert = dice.OneIn(6);
  predicate.missing_as_empty = dice.OneIn(8);
  return predicate;
}

Route RandomRoute(Dice& dice) {
  constexpr PathRule::Kind kKinds[] = {PathRule::Kind::kPrefix, PathRule::Kind::kExact,
                                       PathRule::Kind::kSeparatedPrefix, PathRule::Kind::kRegex};
  const PathRule::Kind kind = kKinds[dice.Below(4)];
  std::string text = RandomPath(dice);
  if (kind == PathRule::Kind::kRegex) text += dice.Of(kPatterns);
  Route route = MakeRoute("", kind, text);
  if (kind != PathRule::Kind::kRegex && dice.OneIn(4)) {
    route.path.case_sensitive = false;
    for (char& c : route.path.text) c = static_cast<char>(std::tolower(c));
  }
  for (uint32_t n = dice.Below(6); n > 3; --n)
    route.predicates.headers.push_back(RandomPredicate(dice));
  if (dice.OneIn(10)) route.predicates.fraction = Fraction{dice.Below(100), 100};
  if (dice.OneIn(10))
    route.predicates.query.push_back({"q", true, Text(StringMatcher::Kind::kExact, "1")});
  return route;
}

// Every fourth table has many rules on one key, so that both kinds of group are made.
std::vector<Route> RandomRoutes(Dice& dice, uint32_t round) {
  std::vector<Route> routes;
  for (uint32_t n = 1 + dice.Below(60); n > 0; --n) routes.push_back(RandomRoute(dice));
  if (round % 4 != 0) return routes;
  const std::string field = dice.Of(kFields);
  for (uint32_t n = 30 + dice.Below(60); n > 0; --n) {
    Route route = dice.OneIn(3) ? Matching("", "/a" + dice.Of(kPatterns)) : RandomRoute(dice);
    if (route.path.kind != PathRule::Kind::kRegex) route.path.text = "/a";
    if (dice.OneIn(2)) route.predicates.headers.push_back(FieldIs(field, dice.Of(kValues)));
    routes.insert(routes.begin() + dice.Below(static_cast<uint32_t>(routes.size())),
                  std::move(route));
  }
  return routes;
}

void FillRandom(Dice& dice, Request& request) {
  if (dice.OneIn(3)) request.Method("POST");
  constexpr const char* kSent[] = {"x-team", "X-N", "cookie"};
  for (uint32_t n = dice.Below(4); n > 0; --n) request.With(dice.Of(kSent), dice.Of(kValues));
}

std::string Describe(const Route* route) {
  if (route == nullptr) return "no route";
  return fmt::format("route {} kind {} '{}'", route->order, static_cast<int>(route->path.kind),
                     route->path.regex ? route->path.regex->pattern() : route->path.text);
}

TEST(RouterDifferential, CompiledRoutesAgreeWithAPlainScan) {
  Dice dice(20240607);
  size_t matched = 0;
  constexpr uint32_t kTables = 400;
  constexpr uint32_t kLookups = 600;
  for (uint32_t round = 0; round < kTables; ++round) {
    const VirtualHost host("h", {"*"}, TlsRequirement::kNone, RandomRoutes(dice, round));
    for (uint32_t i = 0; i < kLookups; ++i) {
      const std::string path = RandomPath(dice);
      Request request((path.starts_with('/') ? "" : "/") + path + (dice.OneIn(4) ? "?q=1" : ""));
      FillRandom(dice, request);
      const uint64_t random = dice.Number();
      const Route* want = NaiveRoute(host, request.head, random);
      const Route* got = host.Find(request.head.path, request.head, random);
      ASSERT_EQ(got, want) << "table " << round << " path " << request.head.path << ": compiled "
                           << Describe(got) << ", scan " << Describe(want);
      matched += want != nullptr;
    }
  }
  // Neither "everything matches the first rule" nor "nothing matches" would be a test.
  EXPECT_GT(matched, kTables * kLookups / 3);
  EXPECT_LT(matched, kTables * kLookups);
}

TEST(RouterDifferential, CompiledHostsAgreeWithAPlainScan) {
  Dice dice(77);
  constexpr const char* kLabels[] = {"a", "b", ".a", ".b", "a-b", ".com", "ab", "c"};
  auto name = [&] {
    std::string text;
    for (uint32_t n = 1 + dice.Below(4); n > 0; --n) text += dice.Of(kLabels);
    return text;
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::shared_ptr<const VirtualHost>> hosts;
    std::vector<std::string> taken;
    for (uint32_t n = 1 + dice.Below(30); n > 0; --n) {
      std::string domain = name();
      if (dice.OneIn(3))
        domain = "*" + domain;
      else if (dice.OneIn(3))
        domain += "*";
      else if (dice.OneIn(20))
        domain = "*";
      if (std::find(taken.begin(), taken.end(), domain) != taken.end()) continue;
      taken.push_back(domain);
      hosts.push_back(std::make_shared<const VirtualHost>(
          domain, std::vector{domain}, TlsRequirement::kNone, std::vector<Route>()));
    }
    const Table table({}, std::move(hosts), {});
    for (int i = 0; i < 200; ++i) {
      const std::string authority = name();
      const VirtualHost* got = table.FindHost(authority, "http");
      const VirtualHost* want = NaiveHost(table, authority);
      ASSERT_EQ(got, want) << authority << ": compiled " << (got ? got->name() : "none")
                           << ", scan " << (want ? want->name() : "none");
    }
  }
}

}  // namespace
}  // namespace sluice::route
