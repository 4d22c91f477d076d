#include "dataplane/route/predicates.h"

#include <gtest/gtest.h>

#include "test/dataplane/route/request.h"
#include "test/dataplane/route/rules.h"

namespace sluice::route {
namespace {

HeaderPredicate Inverted(HeaderPredicate predicate) {
  predicate.invert = true;
  return predicate;
}

HeaderPredicate Range(std::string_view name, int64_t start, int64_t end) {
  HeaderPredicate predicate = FieldPresent(name);
  predicate.kind = HeaderPredicate::Kind::kRange;
  predicate.range_start = start;
  predicate.range_end = end;
  return predicate;
}

// Case 80: a second line must not hide the first, nor the first the second.
TEST(HeaderPredicate, NoLineHidesAnother) {
  Request request;
  request.With("x-role", "user").With("x-role", "admin");
  EXPECT_TRUE(FieldIs("x-role", "admin").Matches(request.head));
  EXPECT_TRUE(FieldIs("x-role", "user").Matches(request.head));
  EXPECT_FALSE(Inverted(FieldIs("x-role", "admin")).Matches(request.head));
  EXPECT_FALSE(Inverted(FieldIs("x-role", "user")).Matches(request.head));
  EXPECT_TRUE(FieldMatches("x-role", "ad.*").Matches(request.head));
  EXPECT_TRUE(Inverted(FieldIs("x-role", "guest")).Matches(request.head));
}

TEST(HeaderPredicate, AnAbsentFieldSatisfiesNeitherAConditionNorItsInverse) {
  const Request request;
  HeaderPredicate predicate = FieldIs("x-a", "");
  EXPECT_FALSE(predicate.Matches(request.head));
  EXPECT_FALSE(Inverted(predicate).Matches(request.head));
  predicate.missing_as_empty = true;
  EXPECT_TRUE(predicate.Matches(request.head));
  EXPECT_FALSE(Inverted(predicate).Matches(request.head));
}

TEST(HeaderPredicate, PresenceCanBeAskedForInFourWays) {
  Request with;
  with.With("x-a", "");
  const Request without;
  for (bool present : {true, false}) {
    for (bool invert : {true, false}) {
      HeaderPredicate predicate = FieldPresent("x-a");
      predicate.present = present;
      predicate.invert = invert;
      EXPECT_EQ(predicate.Matches(with.head), present != invert);
      EXPECT_EQ(predicate.Matches(without.head), present == invert);
    }
  }
}

TEST(HeaderPredicate, RangesTakeDecimalIntegersOnly) {
  const std::pair<const char*, bool> kCases[] = {
      {"-10", true},  {"-11", false},  {"0", false},
      {"+-5", false}, {"-5x", false},  {"", false},
      {" -5 ", true}, {"-0x5", false}, {"-99999999999999999999", false}};
  for (const auto& [value, holds] : kCases) {
    Request request;
    request.With("x-n", value);
    EXPECT_EQ(Range("x-n", -10, 0).Matches(request.head), holds) << value;
    EXPECT_EQ(Inverted(Range("x-n", -10, 0)).Matches(request.head), !holds) << value;
  }
}

TEST(QueryPredicate, TheFirstParameterOfTheNameCounts) {
  const QueryPredicate one{"a", true, Text(StringMatcher::Kind::kExact, "1")};
  EXPECT_TRUE(one.Matches("a=1"));
  EXPECT_TRUE(one.Matches("b=2&a=1&a=3"));
  EXPECT_FALSE(one.Matches("a=3&a=1"));
  EXPECT_FALSE(one.Matches("A=1"));
  EXPECT_FALSE(one.Matches("a=%31")) << "nothing is decoded";
  EXPECT_FALSE(one.Matches("a"));
  EXPECT_FALSE(one.Matches(""));
  const QueryPredicate empty{"a", true, Text(StringMatcher::Kind::kExact, "")};
  EXPECT_TRUE(empty.Matches("a"));
  EXPECT_TRUE(empty.Matches("a=&b"));
}

TEST(QueryPredicate, PresenceAndAbsence) {
  const QueryPredicate present{"a", true, {}};
  EXPECT_TRUE(present.Matches("&&a"));
  EXPECT_TRUE(present.Matches("a="));
  EXPECT_FALSE(present.Matches("ab=a"));
  const QueryPredicate absent{"a", false, {}};
  EXPECT_TRUE(absent.Matches(""));
  EXPECT_TRUE(absent.Matches("b=a"));
  EXPECT_FALSE(absent.Matches("b&a"));
}

TEST(Predicates, GrpcIsTheTypeOrTheTypeWithASubtype) {
  Predicates predicates;
  predicates.grpc = true;
  const std::pair<const char*, bool> kTypes[] = {{"application/grpc", true},
                                                 {"application/grpc+json", true},
                                                 {"application/grpc-web", false},
                                                 {"application/grpc;a=b", false},
                                                 {"application/json", false}};
  for (const auto& [type, holds] : kTypes) {
    Request request;
    request.With("content-type", type);
    EXPECT_EQ(predicates.Match(request.head, 0), holds) << type;
  }
  EXPECT_FALSE(predicates.Match(Request().head, 0));
}

TEST(Predicates, AFractionTakesItsShareOfTheRandomNumbers) {
  Predicates predicates;
  predicates.fraction = Fraction{25, 100};
  const Request request;
  int taken = 0;
  for (uint64_t random = 0; random < 1000; ++random)
    taken += predicates.Match(request.head, random);
  EXPECT_EQ(taken, 250);
}

TEST(Predicates, AllMustHold) {
  Predicates predicates;
  predicates.headers = {FieldIs("x-a", "1"), FieldIs(":method", "GET")};
  predicates.query = {{"q", true, {}}};
  Request all("/?q");
  all.With("x-a", "1");
  EXPECT_TRUE(predicates.Match(all.head, 0));
  EXPECT_FALSE(predicates.Match(Request("/?q").head, 0));
  Request no_query;
  no_query.With("x-a", "1");
  EXPECT_FALSE(predicates.Match(no_query.head, 0));
  EXPECT_FALSE(predicates.Match(all.Method("POST").head, 0));
}

}  // namespace
}  // namespace sluice::route
