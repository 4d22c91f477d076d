#include "dataplane/xds/delta_subscription.h"

#include <gtest/gtest.h>

#include "test/dataplane/xds/messages.h"

namespace sluice::xds {
namespace {

class DeltaSubscriptionTest : public testing::Test {
 protected:
  void Use(DiscoveryType type) { subscription.emplace(type, interest); }
  // The next request, "(none)" if there is none.
  std::string Next(const Subscription::Node* node = nullptr) {
    const auto bytes = subscription->TakeRequest(node);
    return bytes.has_value() ? Short(Parse<DeltaRequest>(*bytes)) : "(none)";
  }
  Interest interest;
  std::optional<DeltaSubscription> subscription;
};

TEST_F(DeltaSubscriptionTest, R37EverythingIsAskedForByNamingNothing) {
  Use(kCds);
  EXPECT_EQ(Next(), "(none)");
  interest.WantAll(Interest::Wish::kLegacy);
  EXPECT_EQ(Next(), "");
  EXPECT_EQ(Next(), "(none)");
  EXPECT_TRUE(subscription->open());
}

TEST_F(DeltaSubscriptionTest, R3TheNodeIsInTheFirstRequest) {
  Use(kCds);
  interest.WantAll(Interest::Wish::kLegacy);
  Subscription::Node node;
  node.set_id("edge-1");
  const auto request = Parse<DeltaRequest>(*subscription->TakeRequest(&node));
  EXPECT_EQ(request.node().id(), "edge-1");
  EXPECT_EQ(request.type_url(), TypeUrl(kCds));
}

TEST_F(DeltaSubscriptionTest, OnACommittingStreamEverythingIsAStar) {
  Use(kRds);
  interest.WantAll(Interest::Wish::kStar);
  EXPECT_EQ(Next(), "+*");
}

TEST_F(DeltaSubscriptionTest, R40OnlyChangesOfNamesAreSentAndNoNonce) {
  Use(kEds);
  interest.Want({});
  EXPECT_EQ(Next(), "(none)") << "an empty first request could mean everything";
  interest.Want({"a", "b"});
  EXPECT_EQ(Next(), "+a +b");
  interest.Want({"b", "c"});
  EXPECT_EQ(Next(), "+c -a");
  interest.Want({});
  EXPECT_EQ(Next(), "-b -c");
}

TEST_F(DeltaSubscriptionTest, R42ANewStreamIsToldAllNamesAndWhatIsHeld) {
  Use(kEds);
  interest.Want({"a", "b"});
  EXPECT_EQ(Next(), "+a +b") << "nothing is held on the first stream";
  interest.Hold("a", "7");
  interest.Want({"a", "b", "c"});
  EXPECT_EQ(Next(), "+c") << "no map in later messages";
  subscription->StartStream();
  EXPECT_FALSE(subscription->open());
  EXPECT_EQ(Next(), "+a +b +c a=7");
}

TEST_F(DeltaSubscriptionTest, R10OneAnswerWithTheNonceOfItsResponse) {
  Use(kCds);
  interest.WantAll(Interest::Wish::kLegacy);
  Next();
  const Response response = Decode(Delta(kCds, "n1", "1", {"a"}));
  EXPECT_EQ(Short(Parse<DeltaRequest>(subscription->Answer(response, std::nullopt))), "n1");
  const auto nack =
      Parse<DeltaRequest>(subscription->Answer(response, Refusal({ContentProblem("t", "a", "b")})));
  EXPECT_EQ(Short(nack), "n1!");
  EXPECT_EQ(nack.error_detail().message(), "'a': b");
}

TEST_F(DeltaSubscriptionTest, R51OnlyHeldNamesAreRemovedAndAbsenceMeansNothing) {
  Use(kCds);
  interest.WantAll(Interest::Wish::kLegacy);
  interest.Hold("a", "1");
  interest.Hold("b", "1");
  DeltaMessage message = Delta(kCds, "n", "2", {"c"});
  message.add_removed_resources("a");
  message.add_removed_resources("never");
  EXPECT_EQ(subscription->Removals(Decode(message)), NameList{"a"});
}

TEST_F(DeltaSubscriptionTest, ARestartLeavesAndComesBack) {
  Use(kCds);
  EXPECT_TRUE(subscription->TakeRestart().empty());
  interest.WantAll(Interest::Wish::kLegacy);
  Next();
  const auto requests = subscription->TakeRestart();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(Short(Parse<DeltaRequest>(requests[0])), "-*");
  EXPECT_EQ(Short(Parse<DeltaRequest>(requests[1])), "+*");
  EXPECT_EQ(Next(), "(none)");
}

}  // namespace
}  // namespace sluice::xds
