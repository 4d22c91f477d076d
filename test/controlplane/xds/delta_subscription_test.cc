#include "controlplane/xds/delta_subscription.h"

#include <gtest/gtest.h>

#include "test/controlplane/xds/xds_fixture.h"

namespace sluice::xds {
namespace {

using Names = std::vector<std::string>;

class DeltaSubscriptionTest : public testing::Test {
 protected:
  struct Request {
    Names subscribe;
    Names unsubscribe = {};
    std::string nonce = {};
    bool nack = false;
    std::map<std::string, std::string> initial = {};
  };
  Answer Ask(const Request& in) {
    envoy::service::discovery::v3::DeltaDiscoveryRequest request;
    for (const auto& name : in.subscribe) request.add_resource_names_subscribe(name);
    for (const auto& name : in.unsubscribe) request.add_resource_names_unsubscribe(name);
    for (const auto& [name, version] : in.initial) (*request.mutable_initial_resource_versions())[name] = version;
    request.set_response_nonce(in.nonce);
    if (in.nack) request.mutable_error_detail()->set_code(3);
    return subscription_.OnRequest(request);
  }
  // What is sent towards `desired_`, answered at once; "nothing" if nothing is.
  std::string Sent() {
    auto update = subscription_.Next(desired_);
    if (!update) return "nothing";
    subscription_.Sent("n");
    Ask({.subscribe = {}, .nonce = "n"});
    return Text(*update);
  }

  snapshot::WireMap desired_ = Clusters({{"a", "1"}, {"b", "1"}});
  DeltaSubscription subscription_{DeltaSubscription::EmptyMeansAll::kYes};
};

TEST_F(DeltaSubscriptionTest, R33TheWildcardSequence) {
  Ask({.subscribe = {}});
  EXPECT_EQ(Sent(), "a=1 b=1");
  Ask({.subscribe = {"a"}});
  EXPECT_EQ(Sent(), "a=1");  // R44: answered even though it was sent
  desired_ = Clusters({{"a", "2"}, {"b", "2"}});
  Ask({.subscribe = {}, .unsubscribe = {"*"}});
  EXPECT_EQ(Sent(), "a=2");
  desired_ = Clusters({{"a", "3"}, {"b", "3"}});
  Ask({.subscribe = {}, .unsubscribe = {"a"}});
  EXPECT_EQ(Sent(), "nothing");
}

TEST_F(DeltaSubscriptionTest, R34AnEmptyFirstRequestMeansNothingForOtherTypes) {
  DeltaSubscription endpoints(DeltaSubscription::EmptyMeansAll::kNo);
  endpoints.OnRequest({});
  EXPECT_FALSE(endpoints.Next(desired_));
}

TEST_F(DeltaSubscriptionTest, OnlyChangesAndRemovalsAreSent) {
  Ask({.subscribe = {"*"}});
  EXPECT_EQ(Sent(), "a=1 b=1");
  EXPECT_EQ(Sent(), "nothing");
  desired_ = Clusters({{"b", "2"}, {"c", "1"}});
  EXPECT_EQ(Sent(), "b=2 c=1 -a");
}

TEST_F(DeltaSubscriptionTest, R43WhatTheClientHoldsIsNotSentAgain) {
  Ask({.subscribe = {"*"}, .initial = {{"a", "1"}, {"b", "0"}, {"gone", "1"}}});
  EXPECT_EQ(Sent(), "b=1 -gone");
}

TEST_F(DeltaSubscriptionTest, R44TheFirstMessageOfAStreamMaySkipHeldNames) {
  Ask({.subscribe = {"a"}, .initial = {{"a", "1"}}});
  EXPECT_EQ(Sent(), "nothing");
}

TEST_F(DeltaSubscriptionTest, R45AMissingNameIsAnsweredAsRemoved) {
  Ask({.subscribe = {"missing"}});
  EXPECT_EQ(Sent(), "-missing");
  EXPECT_EQ(Sent(), "nothing");
  desired_ = Clusters({{"missing", "1"}});
  EXPECT_EQ(Sent(), "missing=1");  // R47: it appears later
}

TEST_F(DeltaSubscriptionTest, R48UnsubscribingGetsNoAnswer) {
  Ask({.subscribe = {"a", "b"}});
  Sent();
  Ask({.subscribe = {}, .unsubscribe = {"a", "never asked for"}});
  EXPECT_EQ(Sent(), "nothing");
}

TEST_F(DeltaSubscriptionTest, R49UnsubscribingANameUnderTheWildcardIsAnswered) {
  Ask({.subscribe = {"*", "a", "missing"}});
  Sent();
  Ask({.subscribe = {}, .unsubscribe = {"a", "missing"}});
  EXPECT_EQ(Sent(), "a=1 -missing");
}

TEST_F(DeltaSubscriptionTest, R53TheFirstWildcardAnswerMayBeEmpty) {
  desired_.clear();
  Ask({.subscribe = {"*"}});
  EXPECT_EQ(Sent(), "");
  EXPECT_EQ(Sent(), "nothing");
}

TEST_F(DeltaSubscriptionTest, R68NothingNewBeforeTheAnswer) {
  Ask({.subscribe = {"*"}});
  ASSERT_TRUE(subscription_.Next(desired_));
  subscription_.Sent("1");
  desired_ = Clusters({{"a", "2"}});
  EXPECT_FALSE(subscription_.Next(desired_));
  EXPECT_EQ(Ask({.subscribe = {}, .nonce = "0"}), Answer::kNone);
  EXPECT_FALSE(subscription_.Next(desired_));
  EXPECT_EQ(Ask({.subscribe = {}, .nonce = "1"}), Answer::kAck);
  EXPECT_EQ(Sent(), "a=2 -b");
}

TEST_F(DeltaSubscriptionTest, R19ARefusedVersionIsNotSentAgain) {
  Ask({.subscribe = {"*"}});
  ASSERT_TRUE(subscription_.Next(desired_));
  subscription_.Sent("1");
  EXPECT_EQ(Ask({.subscribe = {}, .nonce = "1", .nack = true}), Answer::kNack);
  EXPECT_EQ(Sent(), "nothing");
  desired_ = Clusters({{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(Sent(), "b=2");
}

TEST_F(DeltaSubscriptionTest, R41NamesInAnOutdatedRequestCount) {
  Ask({.subscribe = {"a"}});
  Sent();
  Ask({.subscribe = {"b"}, .nonce = "long ago"});
  EXPECT_EQ(Sent(), "b=1");
}

TEST_F(DeltaSubscriptionTest, SubscribingAgainAfterTheWildcardWasGivenUpSendsEverything) {
  Ask({.subscribe = {"*"}});
  Sent();
  Ask({.subscribe = {"*"}, .unsubscribe = {"*"}});
  EXPECT_EQ(Sent(), "a=1 b=1");
}

TEST_F(DeltaSubscriptionTest, ForgettingSendsEverything) {
  Ask({.subscribe = {"*"}});
  Sent();
  subscription_.Forget();
  EXPECT_EQ(Sent(), "a=1 b=1");
}

}  // namespace
}  // namespace sluice::xds
