#include "dataplane/xds/interest.h"

#include <gtest/gtest.h>

namespace sluice::xds {
namespace {

using std::chrono::seconds;
using NameList = std::vector<std::string>;

base::MonoTime At(int s) { return base::MonoTime(seconds(s)); }

TEST(InterestTest, R26CoversWhatItNamesOrEverything) {
  Interest interest;
  EXPECT_TRUE(interest.empty());
  EXPECT_FALSE(interest.Covers("a"));
  interest.Want({"a"});
  EXPECT_TRUE(interest.Covers("a"));
  EXPECT_FALSE(interest.Covers("b"));
  interest.WantAll(Interest::Wish::kLegacy);
  EXPECT_TRUE(interest.Covers("b"));
}

TEST(InterestTest, WhatIsNotWantedAnyMoreIsNotHeld) {
  Interest interest;
  interest.Want({"a", "b"});
  interest.Hold("a", "1");
  interest.Hold("b", "1");
  interest.SetExpiry("a", At(1));
  interest.Want({"b"});
  EXPECT_EQ(interest.held(), (Versions{{"b", "1"}}));
  EXPECT_EQ(interest.NextExpiry(), base::kNever);
}

TEST(InterestTest, R56ANameAskedForIsLateOnceAndAbsentThen) {
  Interest interest;
  interest.Want({"a", "b"});
  EXPECT_EQ(interest.missing(), 2u);
  EXPECT_EQ(interest.NextDeadline(), base::kNever) << "not asked for yet";
  interest.NoteAsked(At(15));
  interest.NoteAsked(At(20));  // the list is repeated; the clock runs from the first time
  interest.Hold("b", "1");
  EXPECT_EQ(interest.NextDeadline(), At(15));
  EXPECT_EQ(interest.TakeLate(At(14)), NameList{});
  EXPECT_EQ(interest.TakeLate(At(15)), NameList{"a"});
  EXPECT_EQ(interest.TakeLate(At(16)), NameList{});
  EXPECT_EQ(interest.missing(), 0u);
  interest.Hold("a", "1");
  EXPECT_EQ(interest.held().size(), 2u) << "a late arrival counts";
}

TEST(InterestTest, R56NobodyIsLateWhileThereIsNoStream) {
  Interest interest;
  interest.Want({"a"});
  interest.NoteAsked(At(15));
  interest.ForgetAsked();
  EXPECT_EQ(interest.TakeLate(At(99)), NameList{});
  EXPECT_EQ(interest.missing(), 1u);
}

TEST(InterestTest, R45WhatTheServerSaysDoesNotExistIsNotMissing) {
  Interest interest;
  interest.Want({"a"});
  interest.NoteAsked(At(15));
  interest.NoteAbsent("a");
  interest.NoteAbsent("unwanted");
  EXPECT_EQ(interest.missing(), 0u);
  EXPECT_EQ(interest.NextDeadline(), base::kNever);
}

TEST(InterestTest, R66TheTimeToLiveIsRenewedAndCleared) {
  Interest interest;
  interest.WantAll(Interest::Wish::kLegacy);
  interest.Hold("a", "1");
  interest.SetExpiry("a", At(5));
  interest.SetExpiry("a", At(9));
  EXPECT_EQ(interest.Expired(At(8)), NameList{});
  EXPECT_EQ(interest.Expired(At(9)), NameList{"a"});
  interest.SetExpiry("a", std::nullopt);
  EXPECT_EQ(interest.Expired(At(99)), NameList{});
}

}  // namespace
}  // namespace sluice::xds
