#include "controlplane/rollout/ballot.h"

#include <gtest/gtest.h>

namespace sluice::rollout {
namespace {

std::set<std::string> Proxies(int n) {
  std::set<std::string> ids;
  for (int i = 0; i < n; ++i) ids.insert("p" + std::to_string(i));
  return ids;
}

TEST(BallotTest, IsOpenUntilTheLastOneAnswered) {
  Ballot ballot(Proxies(2));
  EXPECT_EQ(ballot.Count(), Verdict::kOpen);
  ballot.Prepared("p0");
  EXPECT_EQ(ballot.Count(), Verdict::kOpen);
  ballot.Prepared("p1");
  EXPECT_EQ(ballot.Count(), Verdict::kServe);
}

TEST(BallotTest, AnEmptyAudienceIsServed) { EXPECT_EQ(Ballot({}).Count(), Verdict::kServe); }

TEST(BallotTest, ASingleRefuserOfTwoDoesNotStopTheOther) {
  Ballot ballot(Proxies(2));
  ballot.Refused("p0");
  ballot.Prepared("p1");
  EXPECT_EQ(ballot.Count(), Verdict::kServe);
}

TEST(BallotTest, NobodyServesWhenAllRefuse) {
  Ballot ballot(Proxies(2));
  ballot.Refused("p0");
  ballot.Refused("p1");
  EXPECT_EQ(ballot.Count(), Verdict::kWithdraw);
  Ballot alone(Proxies(1));
  alone.Refused("p0");
  EXPECT_EQ(alone.Count(), Verdict::kWithdraw);
}

TEST(BallotTest, MoreThanATenthAndAtLeastTwoStopARevision) {
  struct Row {
    int all, refused;
    Verdict verdict;
  };
  for (const Row& row :
       {Row{20, 2, Verdict::kServe}, Row{19, 2, Verdict::kWithdraw}, Row{30, 3, Verdict::kServe},
        Row{30, 4, Verdict::kWithdraw}, Row{9, 1, Verdict::kServe}}) {
    Ballot ballot(Proxies(row.all));
    for (int i = 0; i < row.all; ++i) {
      const std::string id = "p" + std::to_string(i);
      i < row.refused ? ballot.Refused(id) : ballot.Prepared(id);
    }
    EXPECT_EQ(ballot.Count(), row.verdict) << row.refused << " of " << row.all;
  }
}

TEST(BallotTest, TheSilentAreListedWhenTheTimeIsOver) {
  Ballot ballot(Proxies(3));
  ballot.Prepared("p0");
  ballot.Close();
  EXPECT_EQ(ballot.Count(), Verdict::kServe);
  EXPECT_EQ(ballot.silent(), (std::set<std::string>{"p1", "p2"}));
  ballot.Prepared("p1");  // late
  EXPECT_TRUE(ballot.prepared().contains("p1"));
}

TEST(BallotTest, WhoLeavesIsNotWaitedFor) {
  Ballot ballot(Proxies(2));
  ballot.Prepared("p0");
  ballot.Gone("p1");
  EXPECT_EQ(ballot.Count(), Verdict::kServe);
  EXPECT_FALSE(ballot.Asked("p1"));
}

TEST(BallotTest, WhenAllWhoWereAskedHaveGoneNobodyServes) {
  Ballot ballot(Proxies(2));
  ballot.Gone("p0");
  ballot.Gone("p1");
  EXPECT_EQ(ballot.Count(), Verdict::kWithdraw);
}

TEST(BallotTest, StrangersHaveNoVote) {
  Ballot ballot(Proxies(1));
  ballot.Refused("stranger");
  EXPECT_EQ(ballot.Count(), Verdict::kOpen);
}

}  // namespace
}  // namespace sluice::rollout
