#include "controlplane/xds/sotw_subscription.h"

#include <gtest/gtest.h>

#include "test/controlplane/xds/xds_fixture.h"

namespace sluice::xds {
namespace {

class SotwSubscriptionTest : public testing::Test {
 protected:
  static envoy::service::discovery::v3::DiscoveryRequest Request(std::vector<std::string> names,
                                                                 const std::string& nonce) {
    envoy::service::discovery::v3::DiscoveryRequest request;
    for (const auto& name : names) request.add_resource_names(name);
    request.set_response_nonce(nonce);
    return request;
  }
  // Asks with the newest nonce.
  Answer Ask(SotwSubscription& subscription, std::vector<std::string> names) {
    return subscription.OnRequest(Request(std::move(names), nonce_));
  }
  // What is sent; `names` are in the answer to it.
  std::string Sent(SotwSubscription& subscription, std::vector<std::string> names) {
    auto update = subscription.Next(desired_);
    if (!update) return "nothing";
    nonce_ = std::to_string(++nonces_);
    subscription.Sent(nonce_);
    EXPECT_EQ(Ask(subscription, std::move(names)), Answer::kAck);
    return Text(*update);
  }

  int nonces_ = 0;
  std::string nonce_;
  snapshot::WireMap desired_ = Clusters({{"a", "1"}, {"b", "1"}});
  SotwSubscription full_{SotwSubscription::State::kFull};
  SotwSubscription partial_{SotwSubscription::State::kPartial};
};

TEST_F(SotwSubscriptionTest, R32TheWildcardSequence) {
  Ask(full_, {});
  EXPECT_EQ(Sent(full_, {"*", "a"}), "a=1 b=1");
  EXPECT_EQ(Sent(full_, {"a"}), "a=1 b=1");  // a was added
  EXPECT_EQ(Sent(full_, {"a"}), "nothing");  // R18: names were only taken away
  desired_ = Clusters({{"a", "2"}, {"b", "2"}});
  EXPECT_EQ(Sent(full_, {}), "a=2");
  desired_ = Clusters({{"a", "3"}, {"b", "3"}});
  EXPECT_EQ(Sent(full_, {}), "nothing");     // not all
}

TEST_F(SotwSubscriptionTest, R21EveryResponseIsTheFullStateAndTheLastOneEmpty) {
  Ask(full_, {});
  Sent(full_, {});
  desired_ = Clusters({{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(Sent(full_, {}), "a=1 b=2");
  desired_.clear();
  EXPECT_EQ(Sent(full_, {}), "");
  EXPECT_EQ(Sent(full_, {}), "nothing");
}

TEST_F(SotwSubscriptionTest, R21TheFirstAnswerMayBeEmpty) {
  desired_.clear();
  Ask(full_, {});
  EXPECT_EQ(Sent(full_, {}), "");
}

TEST_F(SotwSubscriptionTest, R23OtherTypesSendOnlyWhatChangedAndNothingForNothing) {
  Ask(partial_, {"a", "b", "missing"});
  EXPECT_EQ(Sent(partial_, {"a", "b", "missing"}), "a=1 b=1");
  desired_ = Clusters({{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(Sent(partial_, {"a", "b", "missing"}), "b=2");
  desired_.clear();
  EXPECT_EQ(Sent(partial_, {}), "nothing");
  desired_ = Clusters({{"missing", "1"}});
  EXPECT_EQ(Sent(partial_, {}), "missing=1");  // R47
}

TEST_F(SotwSubscriptionTest, R17AddedNamesAreAnsweredEvenIfSentBefore) {
  Ask(partial_, {"a"});
  EXPECT_EQ(Sent(partial_, {"a"}), "a=1");
  Ask(partial_, {});
  Ask(partial_, {"a"});
  EXPECT_EQ(Sent(partial_, {"a"}), "a=1");
}

TEST_F(SotwSubscriptionTest, R14OutdatedRequestsAreDropped) {
  Ask(partial_, {"a"});
  ASSERT_TRUE(partial_.Next(desired_));
  partial_.Sent("7");
  EXPECT_EQ(partial_.OnRequest(Request({"a", "b"}, "6")), Answer::kNone);
  EXPECT_EQ(partial_.OnRequest(Request({"a", "b"}, "")), Answer::kNone);
  EXPECT_FALSE(partial_.Covers("b"));
  EXPECT_TRUE(partial_.waiting());
  EXPECT_EQ(partial_.OnRequest(Request({"a", "b"}, "7")), Answer::kAck);
  EXPECT_TRUE(partial_.Covers("b"));
}

TEST_F(SotwSubscriptionTest, R13R19ANackIsSeenByItsErrorAndTheVersionNotSentAgain) {
  Ask(full_, {});
  ASSERT_TRUE(full_.Next(desired_));
  full_.Sent("1");
  auto request = Request({}, "1");
  request.set_version_info("1");  // the refused one: what real clients do
  request.mutable_error_detail()->set_code(13);
  EXPECT_EQ(full_.OnRequest(request), Answer::kNack);
  EXPECT_FALSE(full_.Next(desired_));
  desired_ = Clusters({{"a", "1"}, {"b", "2"}});
  EXPECT_TRUE(full_.Next(desired_));
}

TEST_F(SotwSubscriptionTest, R34AnEmptyFirstRequestMeansNothingForOtherTypes) {
  Ask(partial_, {});
  EXPECT_FALSE(partial_.Next(desired_));
}

}  // namespace
}  // namespace sluice::xds
