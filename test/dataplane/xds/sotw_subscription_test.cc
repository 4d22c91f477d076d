#include "dataplane/xds/sotw_subscription.h"

#include <gtest/gtest.h>

#include "test/dataplane/xds/messages.h"

namespace sluice::xds {
namespace {

class SotwSubscriptionTest : public testing::Test {
 protected:
  void Use(DiscoveryType type) { subscription.emplace(type, interest); }
  std::string Next() {
    const auto bytes = subscription->TakeRequest(nullptr);
    return bytes.has_value() ? Short(Parse<SotwRequest>(*bytes)) : "(none)";
  }
  std::string Ack(const SotwMessage& message) {
    return Short(Parse<SotwRequest>(subscription->Answer(Decode(message), std::nullopt)));
  }
  std::string Nack(const SotwMessage& message) {
    return Short(Parse<SotwRequest>(
        subscription->Answer(Decode(message), Refusal({ContentProblem("t", "a", "b")}))));
  }
  Interest interest;
  std::optional<SotwSubscription> subscription;
};

TEST_F(SotwSubscriptionTest, R8TheFirstRequestHasNeitherVersionNorNonce) {
  Use(kCds);
  interest.WantAll(Interest::Wish::kLegacy);
  EXPECT_EQ(Next(), "- -");
  EXPECT_EQ(Next(), "(none)");
}

TEST_F(SotwSubscriptionTest, R34NothingIsAskedForWhileNoNameIsKnown) {
  Use(kEds);
  interest.Want({});
  EXPECT_EQ(Next(), "(none)");
  interest.Want({"a"});
  EXPECT_EQ(Next(), "- - a");
}

TEST_F(SotwSubscriptionTest, R11AnAckHasTheVersionAndR15AllNames) {
  Use(kEds);
  interest.Want({"a", "b"});
  Next();
  EXPECT_EQ(Ack(Sotw(kEds, "v1", "n1", {"a"})), "v1 n1 a b");
  interest.Want({"b", "c"});
  EXPECT_EQ(Next(), "v1 n1 b c");
  EXPECT_EQ(Ack(Sotw(kEds, "v2", "n2", {})), "v2 n2 b c");
  interest.Want({});
  EXPECT_EQ(Next(), "v2 n2") << "later an empty list is the end of interest";
}

TEST_F(SotwSubscriptionTest, R12ANackHasTheVersionAcceptedLast) {
  Use(kCds);
  interest.WantAll(Interest::Wish::kLegacy);
  Next();
  EXPECT_EQ(Nack(Sotw(kCds, "v1", "n1", {})), "- n1!");
  EXPECT_EQ(Ack(Sotw(kCds, "v2", "n2", {})), "v2 n2");
  EXPECT_EQ(Nack(Sotw(kCds, "v3", "n3", {})), "v2 n3!");
}

TEST_F(SotwSubscriptionTest, R8ANewStreamBeginsWithTheVersionAcceptedLast) {
  Use(kCds);
  interest.WantAll(Interest::Wish::kLegacy);
  Next();
  Ack(Sotw(kCds, "v1", "n1", {}));
  subscription->StartStream();
  EXPECT_EQ(Next(), "v1 -");
}

TEST_F(SotwSubscriptionTest, R22WhatIsAbsentOfListenersAndClustersIsRemoved) {
  for (const DiscoveryType type : {kCds, kLds}) {
    Use(type);
    interest.WantAll(Interest::Wish::kLegacy);
    interest.SetHeld({{"a", "1"}, {"b", "1"}});
    EXPECT_EQ(subscription->Removals(Decode(Sotw(type, "v", "n", {"b", "c"}))), NameList{"a"});
    EXPECT_EQ(subscription->Removals(Decode(Sotw(type, "v", "n", {}))), (NameList{"a", "b"}));
  }
}

TEST_F(SotwSubscriptionTest, R23AbsenceOfOtherTypesMeansNothing) {
  for (const DiscoveryType type : {kEds, kRds}) {
    Use(type);
    interest.Want({"a", "b"});
    interest.SetHeld({{"a", "1"}, {"b", "1"}});
    EXPECT_EQ(subscription->Removals(Decode(Sotw(type, "v", "n", {"b"}))), NameList{});
  }
}

TEST_F(SotwSubscriptionTest, R30NobodyIsAbsentWhoMayBeTheOneThatCannotBeRead) {
  Use(kCds);
  interest.WantAll(Interest::Wish::kLegacy);
  interest.SetHeld({{"a", "1"}, {"b", "1"}});
  SotwMessage message = Sotw(kCds, "v", "n", {"b", "a"});
  message.mutable_resources(1)->set_value("\xff");
  EXPECT_EQ(subscription->Removals(Decode(message)), NameList{});
}

}  // namespace
}  // namespace sluice::xds
