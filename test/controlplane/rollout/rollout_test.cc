#include "controlplane/rollout/rollout.h"

#include <gtest/gtest.h>

#include "test/controlplane/rollout/fleet_of_fakes.h"

namespace sluice::rollout {
namespace {

using fleet::Client;
using Withdrawals = std::vector<std::pair<uint64_t, uint64_t>>;

TEST_F(RolloutTest, AllPrepareThenItIsDecidedThenAllServe) {
  Begin(1);
  auto a = Serving("a"), b = Serving("b");
  rollout_->Publish(View(2));
  EXPECT_EQ(a->Told(), Texts{"prepare 2"});
  EXPECT_EQ(b->Told(), Texts{"prepare 2"});
  a->Prepared(2);
  EXPECT_TRUE(a->Told().empty());
  EXPECT_TRUE(decided_.empty());
  EXPECT_EQ(rollout_->live()->number(), 1u);
  b->Prepared(2);
  EXPECT_EQ(decided_, std::vector<uint64_t>{2});
  EXPECT_EQ(rollout_->live()->number(), 2u);
  EXPECT_EQ(a->Told(), Texts{"serve 2"});
  EXPECT_EQ(b->Told(), Texts{"serve 2"});
  a->Served(2);
  EXPECT_FALSE(Progress(2).done());
  b->Served(2);
  EXPECT_TRUE(Progress(2).all_served());
  EXPECT_EQ(Progress(2).served(), 2u);
}

TEST_F(RolloutTest, NobodyIsToldToServeBeforeTheStoreHasTheDecision) {
  Begin(1);
  auto a = Serving("a"), b = Serving("b"), envoy = Join("e", Client::kStandardDelta);
  envoy->Served(1);
  envoy->Told();
  slow_store_ = true;
  rollout_->Publish(View(2));
  a->Prepared(2);
  b->Prepared(2);
  EXPECT_EQ(decided_, std::vector<uint64_t>{2});
  auto late = Join("late");
  EXPECT_EQ(late->Told(), Texts{"prepare 1"});  // what is known to outlive us
  Pass(Rollout::kVoteTime * 2);                 // it waits for the store, not for proxies
  EXPECT_EQ(a->Told(), Texts{"prepare 2"});
  EXPECT_TRUE(envoy->Told().empty());
  EXPECT_EQ(rollout_->live()->number(), 1u);
  EXPECT_EQ(Progress(2).silent_size(), 0);
  store_answers_();
  EXPECT_EQ(rollout_->live()->number(), 2u);
  EXPECT_EQ(a->Told(), Texts{"serve 2"});
  EXPECT_EQ(b->Told(), (Texts{"prepare 2", "serve 2"}));
}

TEST_F(RolloutTest, WhatHappensWhileTheStoreIsWaitedForDoesNotTurnTheDecision) {
  Begin(1);
  auto a = Serving("a"), gone = Serving("gone"), slow = Serving("slow");
  slow_store_ = true;
  rollout_->Publish(View(2));
  a->Prepared(2);
  gone->Prepared(2);
  Pass(Rollout::kVoteTime);
  EXPECT_EQ(decided_, std::vector<uint64_t>{2});
  gone.reset();
  slow->Refuses(2);
  rollout_->Publish(View(3));
  EXPECT_TRUE(withdrawn_.empty());
  store_answers_();
  EXPECT_EQ(a->Told(), (Texts{"prepare 2", "serve 2"}));
  EXPECT_EQ(slow->Told(), Texts{"prepare 2"});
  a->Served(2);
  EXPECT_EQ(a->Told(), Texts{"prepare 3"});
  EXPECT_EQ(decided_, std::vector<uint64_t>{2});
}

TEST_F(RolloutTest, WhenAllHaveGoneBeforeTheStoreAnswersTheVoteEnds) {
  Begin(1);
  auto a = Serving("a");
  slow_store_ = true;
  rollout_->Publish(View(2));
  a->Prepared(2);
  a.reset();
  store_answers_();
  EXPECT_EQ(rollout_->live()->number(), 2u);
  rollout_->Publish(View(3));
  EXPECT_EQ(decided_, (std::vector<uint64_t>{2, 3}));
}

TEST_F(RolloutTest, WithoutProxiesARevisionIsDecidedAtOnce) {
  Begin(0);
  rollout_->Publish(View(1));
  EXPECT_EQ(decided_, std::vector<uint64_t>{1});
  EXPECT_TRUE(Progress(1).done());
}

TEST_F(RolloutTest, WhatARestartFindsUndecidedWaitsForThoseWhoMayRefuseIt) {
  Begin(1);
  rollout_->Resume(View(2));
  Pass(std::chrono::seconds(29));
  EXPECT_TRUE(decided_.empty());  // nobody is back yet
  auto a = Serving("a"), b = Serving("b");
  EXPECT_EQ(rollout_->live()->number(), 1u);
  Pass(Rollout::kReturn - std::chrono::seconds(29));
  EXPECT_EQ(a->Told(), Texts{"prepare 2"});
  a->Refuses(2);
  b->Refuses(2);
  EXPECT_TRUE(decided_.empty());
  EXPECT_EQ(withdrawn_, (Withdrawals{{2, 1}}));
}

TEST_F(RolloutTest, WhatIsPublishedWhileARestartWaitsGoesAtOnceAndForAll) {
  Begin(1);
  auto a = Serving("a");
  rollout_->Resume(View(2));
  rollout_->Publish(View(3));
  EXPECT_EQ(a->Told(), Texts{"prepare 3"});
  a->Prepared(3);
  a->Served(3);
  a->Told();
  Pass(Rollout::kReturn * 2);
  EXPECT_TRUE(a->Told().empty());
  EXPECT_EQ(decided_, std::vector<uint64_t>{3});
}

TEST_F(RolloutTest, BeforeTheFirstRevisionNobodyIsTold) {
  Begin(0);
  auto a = Join("a"), envoy = Join("e", Client::kStandardDelta);
  EXPECT_TRUE(a->Told().empty());
  EXPECT_TRUE(envoy->Told().empty());
  EXPECT_EQ(fleet_.List()[0].group(), "@z");
  rollout_->Publish(View(1));
  EXPECT_EQ(a->Told(), Texts{"prepare 1"});
  a->Prepared(1);
  EXPECT_EQ(fleet_.List()[0].group(), "web@z");
}

TEST_F(RolloutTest, OfRevisionsPublishedDuringAVoteOnlyTheNewestIsRolledOut) {
  Begin(1);
  auto a = Serving("a");
  rollout_->Publish(View(2));
  rollout_->Publish(View(3));
  rollout_->Publish(View(4));
  EXPECT_EQ(a->Told(), Texts{"prepare 2"});
  a->Prepared(2);
  EXPECT_EQ(a->Told(), Texts{"serve 2"});
  a->Served(2);
  EXPECT_EQ(a->Told(), Texts{"prepare 4"});
  a->Prepared(4);
  a->Served(4);
  EXPECT_EQ(decided_, (std::vector<uint64_t>{2, 4}));
  EXPECT_TRUE(Progress(3).all_served());
}

TEST_F(RolloutTest, ASingleRefuserStaysAndIsNamedWhileTheOtherServes) {
  Begin(1);
  auto a = Serving("a"), b = Serving("b");
  rollout_->Publish(View(2));
  a->Refuses(2);
  b->Prepared(2);
  EXPECT_EQ(a->Told(), Texts{"prepare 2"});
  EXPECT_EQ(b->Told(), (Texts{"prepare 2", "serve 2"}));
  b->Served(2);
  const auto progress = Progress(2);
  EXPECT_TRUE(progress.done());
  EXPECT_FALSE(progress.all_served());
  ASSERT_EQ(progress.refused_size(), 1);
  EXPECT_EQ(progress.refused(0).proxy(), "a");
  EXPECT_EQ(progress.refused(0).reason(), "cannot");
  EXPECT_EQ(progress.refused(0).object().name(), "web");
  EXPECT_TRUE(withdrawn_.empty());
  EXPECT_TRUE(a->Told().empty());  // its content is wrong for it: nobody asks again
  Pass(Rollout::kRetry);
  EXPECT_TRUE(a->Told().empty());
  rollout_->Publish(View(3));
  EXPECT_EQ(a->Told(), Texts{"prepare 3"});
  a->Prepared(3);
  b->Prepared(3);
  a->Served(3);
  b->Served(3);
  EXPECT_TRUE(Progress(3).all_served());
}

TEST_F(RolloutTest, WhatAllRefuseIsWithdrawnOnceAndWhatWasLiveStays) {
  Begin(1);
  auto a = Serving("a"), b = Serving("b");
  rollout_->Publish(View(2));
  a->Refuses(2);
  b->Refuses(2);
  EXPECT_EQ(withdrawn_, (Withdrawals{{2, 1}}));
  EXPECT_TRUE(decided_.empty());
  EXPECT_EQ(rollout_->live()->number(), 1u);
  EXPECT_FALSE(Progress(2).done());  // what takes its place is not known yet
  fleet_.Withdrawn(2, 3);
  EXPECT_TRUE(Progress(2).done());
  EXPECT_EQ(Progress(2).withdrawn_for(), 3u);
  Pass(Rollout::kVoteTime * 3);
  EXPECT_EQ(withdrawn_.size(), 1u);
  a->Told();
  // The restored content is what they serve: nobody is asked, all count.
  rollout_->Publish(View(3, 1));
  EXPECT_TRUE(a->Told().empty());
  EXPECT_EQ(decided_, std::vector<uint64_t>{3});
  EXPECT_TRUE(Progress(3).all_served());
}

TEST_F(RolloutTest, WhoRefusesWhatIsLiveDoesNotStopTheRevisionThatRestoresIt) {
  Begin(1);
  auto a = Serving("a"), b = Serving("b");
  rollout_->Publish(View(2));
  a->Refuses(2, Problem::LOCAL);
  b->Prepared(2);
  b->Served(2);
  rollout_->Publish(View(3));
  a->Refuses(3, Problem::LOCAL);
  b->Refuses(3, Problem::LOCAL);
  EXPECT_EQ(withdrawn_, (Withdrawals{{3, 2}}));
  a->Told();
  b->Told();
  rollout_->Publish(View(4, 2));
  EXPECT_EQ(decided_, (std::vector<uint64_t>{2, 4}));
  EXPECT_EQ(a->Told(), Texts{"prepare 4"});  // without a vote
  a->Refuses(4, Problem::LOCAL);
  EXPECT_EQ(withdrawn_.size(), 1u);
  EXPECT_EQ(rollout_->live()->number(), 4u);
  EXPECT_EQ(Progress(4).served(), 1u);
}

TEST_F(RolloutTest, WhatIsPublishedAfterSomethingNewerIsPassedOver) {
  Begin(1);
  auto a = Serving("a");
  rollout_->Publish(View(3));
  a->Prepared(3);
  a->Served(3);
  a->Told();
  rollout_->Publish(View(2));
  EXPECT_TRUE(a->Told().empty());
  EXPECT_EQ(rollout_->live()->number(), 3u);
}

TEST_F(RolloutTest, AFirstRevisionThatIsTakenBackEmptiesNobody) {
  Begin(0);
  auto a = Join("a");  // it may serve from its own state
  rollout_->Publish(View(1));
  a->Refuses(1);
  EXPECT_EQ(withdrawn_, (Withdrawals{{1, 0}}));
  a->Told();
  rollout_->Publish(std::make_shared<const snapshot::RevisionView>(2, model::Config(), nullptr));
  EXPECT_EQ(rollout_->live()->number(), 2u);
  EXPECT_TRUE(a->Told().empty());
}

TEST_F(RolloutTest, WhenAllWhoWereAskedLeaveTheRevisionIsWithdrawn) {
  Begin(1);
  auto a = Serving("a");
  rollout_->Publish(View(2));
  a.reset();  // perhaps it died of it
  EXPECT_EQ(withdrawn_, (Withdrawals{{2, 1}}));
  EXPECT_TRUE(decided_.empty());
}

TEST_F(RolloutTest, AfterAWithdrawalWhatWaitsIsPutToTheVote) {
  Begin(1);
  auto a = Serving("a");
  rollout_->Publish(View(2));
  rollout_->Publish(View(3));
  a->Refuses(2);
  EXPECT_EQ(withdrawn_, (Withdrawals{{2, 1}}));
  EXPECT_EQ(a->Told(), (Texts{"prepare 2", "prepare 3"}));
}

TEST_F(RolloutTest, ASilentProxyIsListedAndNotWaitedForUntilItAnswers) {
  Begin(1);
  auto slow = Serving("slow"), quick = Serving("quick");
  rollout_->Publish(View(2));
  quick->Prepared(2);
  Pass(Rollout::kVoteTime - std::chrono::milliseconds(1));
  EXPECT_TRUE(decided_.empty());
  Pass(std::chrono::milliseconds(1));
  EXPECT_EQ(decided_, std::vector<uint64_t>{2});
  quick->Served(2);
  ASSERT_EQ(Progress(2).silent_size(), 1);
  EXPECT_EQ(Progress(2).silent(0), "slow");
  EXPECT_FALSE(Progress(2).done());
  // The next vote does not wait for it, but tells it.
  rollout_->Publish(View(3));
  quick->Prepared(3);
  EXPECT_EQ(decided_, (std::vector<uint64_t>{2, 3}));
  quick->Served(3);
  EXPECT_EQ(slow->Told(), (Texts{"prepare 2", "prepare 3"}));
  slow->Prepared(2);  // too late: it is asked for another one
  EXPECT_TRUE(slow->Told().empty());
  slow->Prepared(3);
  EXPECT_EQ(slow->Told(), Texts{"serve 3"});
  slow->Served(3);
  EXPECT_TRUE(Progress(3).all_served());
  EXPECT_EQ(Progress(3).silent_size(), 0);
  // It has answered: the vote waits for it again.
  rollout_->Publish(View(4));
  quick->Prepared(4);
  EXPECT_EQ(decided_.size(), 2u);
}

TEST_F(RolloutTest, AProxyThatDoesNotConfirmServingHoldsUpTheNextRevisionForTheVotesTimeOnly) {
  Begin(1);
  auto a = Serving("a");
  rollout_->Publish(View(2));
  a->Prepared(2);
  rollout_->Publish(View(3));
  Pass(Rollout::kVoteTime);
  EXPECT_EQ(a->Told(), (Texts{"prepare 2", "serve 2", "prepare 3"}));
  a->Served(2);  // late, but true
  EXPECT_EQ(fleet_.List()[0].served(), 2u);
  a->Prepared(3);
  EXPECT_EQ(a->Told(), Texts{"serve 3"});
}

TEST_F(RolloutTest, WhatWasServedLateIsWhatTheNextRevisionIsComparedWith) {
  Begin(1);
  auto a = Serving("a");
  rollout_->Publish(View(2));
  a->Prepared(2);
  rollout_->Publish(View(3));
  Pass(Rollout::kVoteTime);
  a->Served(2);
  a->Refuses(3);
  a->Told();
  rollout_->Publish(View(4, 1));  // not what it serves: 2 is
  EXPECT_EQ(a->Told(), Texts{"prepare 4"});
}

TEST_F(RolloutTest, AJoinerDuringAVoteGetsWhatIsLiveAndCatchesUpAfterwards) {
  Begin(1);
  auto a = Serving("a");
  rollout_->Publish(View(2));
  auto late = Join("late");
  EXPECT_EQ(late->Told(), Texts{"prepare 1"});
  a->Prepared(2);
  EXPECT_EQ(decided_, std::vector<uint64_t>{2});  // nobody waits for the joiner
  a->Served(2);
  EXPECT_TRUE(late->Told().empty());  // it owes an answer
  late->Prepared(1);
  EXPECT_EQ(late->Told(), Texts{"prepare 2"});
  late->Prepared(2);
  EXPECT_EQ(late->Told(), Texts{"serve 2"});
  late->Served(2);
  EXPECT_TRUE(Progress(2).all_served());
  EXPECT_EQ(Progress(2).audience(), 2u);
}

TEST_F(RolloutTest, WhoLeavesDuringAVoteIsNotWaitedFor) {
  Begin(1);
  auto a = Serving("a"), b = Serving("b");
  rollout_->Publish(View(2));
  a->Prepared(2);
  b.reset();
  EXPECT_EQ(decided_, std::vector<uint64_t>{2});
  EXPECT_EQ(a->Told(), (Texts{"prepare 2", "serve 2"}));
  auto c = Join("c");
  rollout_->Publish(View(3));
  a.reset();  // it owed SERVE
  EXPECT_EQ(c->Told(), (Texts{"prepare 2", "prepare 3"}));
  EXPECT_EQ(Progress(3).absent_size(), 2);
}

TEST_F(RolloutTest, WhoRefusedForAReasonOfItsOwnIsAskedAgain) {
  Begin(1);
  auto a = Serving("a"), b = Serving("b");
  rollout_->Publish(View(2));
  a->Refuses(2, Problem::LOCAL);
  b->Prepared(2);
  b->Served(2);
  a->Told();
  Pass(Rollout::kRetry - std::chrono::milliseconds(1));
  EXPECT_TRUE(a->Told().empty());
  Pass(std::chrono::milliseconds(1));
  EXPECT_EQ(a->Told(), Texts{"prepare 2"});
  a->Refuses(2, Problem::LOCAL);
  Pass(Rollout::kRetry);
  EXPECT_EQ(a->Told(), Texts{"prepare 2"});
  a->Prepared(2);
  a->Served(2);
  EXPECT_TRUE(Progress(2).all_served());
  EXPECT_TRUE(fleet_.Refusals().empty());
}

TEST_F(RolloutTest, WhoHoldsSomethingElseIsNamedAtOnceAndAskedAgainAfterPausesThatGrow) {
  Begin(1);
  auto a = Serving("a"), b = Serving("b");
  rollout_->Publish(View(2));
  b->Prepared(2);
  a->Mismatches(2);
  ASSERT_EQ(Progress(2).refused_size(), 1);
  EXPECT_EQ(Progress(2).refused(0).reason(), "mismatch: cannot");
  a->Refuses(2, Problem::MISMATCH);
  b->Served(2);
  a->Told();
  base::Duration pause = Rollout::kRetry;
  for (int round = 0; round < Rollout::kMismatchRounds; ++round, pause *= 2) {
    EXPECT_EQ(fleet_.Refusals().size(), 1u);
    for (base::Duration waited{}; waited < pause; waited += Rollout::kRetry) {
      EXPECT_TRUE(a->Told().empty()) << round;
      Pass(Rollout::kRetry);
    }
    EXPECT_EQ(a->Told(), Texts{"prepare 2"}) << round;
    a->Mismatches(2);
    EXPECT_FALSE(Progress(2).done());  // it may help yet
    a->Refuses(2, Problem::MISMATCH);
    EXPECT_TRUE(Progress(2).done());
  }
  for (int i = 0; i < 100; ++i) Pass(Rollout::kRetry);
  EXPECT_TRUE(a->Told().empty());  // that was enough
  rollout_->Publish(View(3));
  EXPECT_EQ(a->Told(), Texts{"prepare 3"});
}

TEST_F(RolloutTest, WhoRefusesTheContentIsNotAskedAgainBecauseAnotherIs) {
  Begin(1);
  auto a = Serving("a"), b = Serving("b");
  rollout_->Publish(View(2));
  a->Prepared(2);
  b->Refuses(2);
  a->Served(2);
  auto c = Join("c");
  c->Refuses(2, Problem::LOCAL);
  b->Told();
  c->Told();
  Pass(Rollout::kRetry);
  EXPECT_EQ(c->Told(), Texts{"prepare 2"});
  EXPECT_TRUE(b->Told().empty());
}

TEST_F(RolloutTest, AProxyThatIsTooOldIsListedWithItsReasonAndHasNoVote) {
  Begin(1);
  auto a = Serving("a"), old = Serving("old");
  old->IsTooOld();
  EXPECT_EQ(fleet_.List()[1].refusals(0).reason(), "cannot");
  rollout_->Publish(View(2));
  EXPECT_TRUE(old->Told().empty());
  a->Prepared(2);
  a->Served(2);
  Pass(Rollout::kRetry);
  EXPECT_TRUE(old->Told().empty());
  EXPECT_TRUE(Progress(2).done());
  EXPECT_FALSE(Progress(2).all_served());
  ASSERT_EQ(Progress(2).refused_size(), 1);
  EXPECT_EQ(Progress(2).refused(0).proxy(), "old");
  EXPECT_EQ(Progress(2).refused(0).revision(), 2u);
  rollout_->OnReady(*old);  // it asked for the rest
  EXPECT_TRUE(fleet_.Refusals().empty());
  EXPECT_EQ(old->Told(), Texts{"prepare 2"});
}

TEST_F(RolloutTest, AnOldLinkThatIsTooOldSaysNothingOfAProxyThatCameBack) {
  Begin(1);
  auto half_open = Join("a"), back = Serving("a");
  half_open->Told();
  half_open->IsTooOld();
  EXPECT_TRUE(fleet_.Refusals().empty());
  EXPECT_TRUE(Progress(1).all_served());
  rollout_->Publish(View(2));
  EXPECT_TRUE(half_open->Told().empty());
  EXPECT_EQ(back->Told(), Texts{"prepare 2"});
}

TEST_F(RolloutTest, AStandardClientIsBroughtThereOnlyAfterTheDecision) {
  Begin(1);
  auto a = Serving("a"), envoy = Join("envoy", Client::kStandardSotw);
  EXPECT_EQ(envoy->Told(), Texts{"serve 1"});
  envoy->Served(1);
  rollout_->Publish(View(2));
  EXPECT_TRUE(envoy->Told().empty());
  a->Prepared(2);
  a->Served(2);
  EXPECT_EQ(envoy->Told(), Texts{"serve 2"});
  EXPECT_EQ(Progress(2).accepted_size(), 0);
  envoy->Served(2);
  ASSERT_EQ(Progress(2).accepted_size(), 1);
  EXPECT_EQ(Progress(2).audience(), 1u);
}

TEST_F(RolloutTest, AStandardClientThatRefusesHasNoVoteAndIsNotToldTheSameAgain) {
  Begin(1);
  auto envoy = Join("envoy", Client::kStandardDelta);
  envoy->Refuses(1);
  EXPECT_EQ(envoy->Told(), Texts{"serve 1"});
  EXPECT_EQ(fleet_.Refusals().size(), 1u);
  rollout_->Publish(View(2, 1));
  EXPECT_TRUE(envoy->Told().empty());
  EXPECT_EQ(fleet_.List()[0].served(), 0u);
  rollout_->Publish(View(3));
  EXPECT_EQ(envoy->Told(), Texts{"serve 3"});
}

TEST_F(RolloutTest, AProxyWhoseContentStaysCountsAsServed) {
  Begin(1);
  auto a = Serving("a");
  rollout_->Publish(View(2, 1));
  EXPECT_TRUE(a->Told().empty());
  EXPECT_EQ(decided_, std::vector<uint64_t>{2});
  EXPECT_TRUE(Progress(2).all_served());
}

TEST_F(RolloutTest, WhoNeedsNoChangeDoesNotEndTheWaitBeforeTheDecision) {
  Begin(1);
  auto a = Serving("a");
  slow_store_ = true;
  rollout_->Publish(View(2, 1));
  EXPECT_EQ(Progress(2).served(), 1u);
  EXPECT_FALSE(Progress(2).done());
  store_answers_();
  EXPECT_TRUE(Progress(2).all_served());
}

TEST_F(RolloutTest, AProxyThatComesBackBeforeItsOldLinkEndedIsAskedLikeANewOne) {
  Begin(1);
  auto old = Serving("a"), b = Serving("b");
  rollout_->Publish(View(2));
  old->Prepared(2);
  auto back = Join("a");
  EXPECT_EQ(back->Told(), Texts{"prepare 1"});
  b->Prepared(2);
  EXPECT_TRUE(back->Told().empty());  // it has not prepared 2
  old.reset();
  EXPECT_TRUE(fleet_.List()[0].connected());
  b->Served(2);
  back->Prepared(1);
  EXPECT_EQ(back->Told(), Texts{"prepare 2"});
  back->Prepared(2);
  EXPECT_EQ(back->Told(), Texts{"serve 2"});
  back->Served(2);
  EXPECT_TRUE(Progress(2).all_served());
}

TEST_F(RolloutTest, TheEndOfAnOldLinkThatWasAskedEndsTheWaitForIt) {
  Begin(1);
  auto old = Serving("a"), b = Serving("b");
  rollout_->Publish(View(2));
  b->Prepared(2);
  auto back = Join("a");
  EXPECT_TRUE(decided_.empty());
  old.reset();
  EXPECT_EQ(decided_, std::vector<uint64_t>{2});
}

TEST_F(RolloutTest, TellsTheFleetOfZonesGroupsAndEndpoints) {
  Begin(1);
  auto a = Serving("a");
  EXPECT_EQ(zones_changed_, 1);
  EXPECT_EQ(fleet_.List()[0].group(), "web@z");
  EXPECT_EQ(fleet_.List()[0].gateways(0), "web");
  EXPECT_EQ(fleet_.List()[0].workers(), 2u);
  EXPECT_FALSE(fleet_.EndpointProgressOf(7).done());
  rollout_->OnEndpointsSettled(*a, 7);
  EXPECT_TRUE(fleet_.EndpointProgressOf(7).done());
  a.reset();
  Pass(Rollout::kGather);
  EXPECT_EQ(zones_changed_, 2);
  EXPECT_FALSE(fleet_.List()[0].connected());
}

TEST_F(RolloutTest, MembersThatOnlyTheNextRevisionTellsApartAreListedBoth) {
  Begin(1);
  auto a = Join("a", Client::kCommitting, {{"tier", "edge"}}),
       b = Join("b", Client::kCommitting, {{"tier", "inner"}}),
       c = Join("c", Client::kStandardDelta, {{"tier", "inner"}});
  EXPECT_EQ(rollout_->Members().size(), 2u);
}

TEST_F(RolloutTest, AThousandProxiesThatJoinAtOnceChangeTheZonesTwice) {
  Begin(1);
  std::vector<std::unique_ptr<FakeLink>> links;
  for (int i = 0; i < 1000; ++i) links.push_back(Join("p" + std::to_string(i)));
  EXPECT_EQ(zones_changed_, 1);  // the first needs its weights now
  Pass(Rollout::kGather);
  EXPECT_EQ(zones_changed_, 2);
  links.clear();
  Pass(Rollout::kGather);
  EXPECT_EQ(zones_changed_, 3);
}

}  // namespace
}  // namespace sluice::rollout
