#include "dataplane/balance/maglev.h"

#include <gtest/gtest.h>

#include "test/dataplane/balance/crowd.h"

namespace sluice::balance {
namespace {

constexpr uint64_t kSize = 65537;
const std::vector<double> kEqual(10, 1);
const std::vector<double> kUnequal = {1, 2, 3, 4, 5, 10, 1, 7, 2, 3};

// The letters are what Envoy 1.40 answered for the same addresses, weights and header values.
TEST(MaglevTest, ChoosesWhatEnvoyChooses) {
  const Crowd crowd = Crowd::Normalised(kEqual);
  EXPECT_EQ(LettersOfKeys(Maglev(crowd.candidates(), kSize), crowd, 60),
            "ehihfaegjaeffhjhghieiaaadadfhigdehgfhcdhedjfahdbjaejiaaefgja");
}

TEST(MaglevTest, ChoosesWhatEnvoyChoosesByWeight) {
  const Crowd crowd = Crowd::Normalised(kUnequal);
  EXPECT_EQ(LettersOfKeys(Maglev(crowd.candidates(), kSize), crowd, 60),
            "ehfhfeecjheffhhhffiefffhdfdfhifdefgfhcdhedjfehdbhaejchhefejd");
}

TEST(MaglevTest, ChoosesWhatEnvoyChoosesFromASmallTable) {
  const Crowd crowd = Crowd::Normalised(kUnequal);
  EXPECT_EQ(LettersOfKeys(Maglev(crowd.candidates(), 1009), crowd, 60),
            "effeifaefcfdjdebbccehhahiefjhhbebehhffiehdhhhfhfdeffjfghifeh");
}

std::vector<int> EntriesOf(const Maglev& table, size_t members) {
  std::vector<int> counts(members);
  for (size_t i = 0; i < table.entries(); ++i) ++counts[table.owner(i)];
  return counts;
}

// The paper, section 3.4: the difference of entries between members is at most 1 % if the table has a
// hundred times as many entries as there are members; equal weights even differ by one at most.
TEST(MaglevTest, GivesEqualMembersEqualParts) {
  const Crowd crowd = Crowd::Normalised(std::vector<double>(600, 1));
  const Maglev table(crowd.candidates(), kSize);
  for (int count : EntriesOf(table, 600)) EXPECT_NEAR(count, 65537.0 / 600, 1);
}

TEST(MaglevTest, GivesUnequalMembersTheirParts) {
  const Crowd crowd = Crowd::Normalised(kUnequal);
  const std::vector<int> counts = EntriesOf(Maglev(crowd.candidates(), kSize), 10);
  for (size_t i = 0; i < 10; ++i) EXPECT_NEAR(counts[i], kUnequal[i] * 65537 / 38, 10) << i;
}

// The paper, section 5.3: with 1,000 backends of which one fails in a table of 65537 entries, about
// 2 % of the entries that did not belong to it change hands (figure 12).
TEST(MaglevTest, MovesFewRequestsOfMembersThatStay) {
  const Crowd all = Crowd::Normalised(std::vector<double>(1000, 1));
  std::vector<Candidate> rest(all.candidates().begin(), all.candidates().end());
  rest.erase(rest.begin() + 400);
  for (Candidate& one : rest) one.weight = 1.0 / 999;
  const Maglev before(all.candidates(), kSize);
  const Maglev after(rest, kSize);
  int own = 0;
  int others = 0;
  for (size_t i = 0; i < kSize; ++i) {
    own += before.owner(i) == 400;
    others += before.owner(i) != 400 && before.owner(i) != after.owner(i);
  }
  EXPECT_NEAR(own, 65.5, 1);
  EXPECT_LT(others, kSize * 0.03);
}

TEST(MaglevTest, AMemberThatIsDownMovesOnlyItsOwnRequestsAndToAllOthersAlike) {
  Crowd crowd = Crowd::Normalised(kEqual);
  const Maglev table(crowd.candidates(), kSize);
  const std::string before = LettersOfKeys(table, crowd, 30000);
  crowd[2].health = Health::kUnhealthy;
  const std::string after = LettersOfKeys(table, crowd, 30000);
  std::map<uint32_t, int> heirs;
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i] == 'c') {
      ++heirs[static_cast<uint32_t>(after[i] - 'a')];
    } else {
      ASSERT_EQ(before[i], after[i]);
    }
  }
  EXPECT_LT(ChiSquare(heirs, {1, 1, 0, 1, 1, 1, 1, 1, 1, 1}), 26.1) << "8 degrees of freedom";
}

TEST(MaglevTest, OrderOfMembersDoesNotMatter) {
  const Crowd crowd = Crowd::Normalised(kEqual);
  const std::vector<Candidate> reversed(crowd.candidates().rbegin(), crowd.candidates().rend());
  EXPECT_EQ(LettersOfKeys(Maglev(reversed, kSize), crowd, 200),
            LettersOfKeys(Maglev(crowd.candidates(), kSize), crowd, 200));
}

TEST(MaglevTest, OneMemberNeedsNoTableAndFewNeedASmallOne) {
  const Crowd one = Crowd::Normalised({1});
  EXPECT_EQ(Maglev(one.candidates(), kSize).bytes(), 0u);
  EXPECT_EQ(LettersOfKeys(Maglev(one.candidates(), kSize), one, 3), "aaa");
  const Crowd ten = Crowd::Normalised(kEqual);
  EXPECT_EQ(Maglev(ten.candidates(), kSize).bytes(), kSize);
  const Crowd many = Crowd::Normalised(std::vector<double>(257, 1));
  EXPECT_EQ(Maglev(many.candidates(), kSize).bytes(), 2 * kSize);
}

TEST(MaglevTest, FindsTheLastOneStanding) {
  for (const size_t members : {size_t{1}, size_t{200}, size_t{2000}}) {
    Crowd crowd = Crowd::Normalised(std::vector<double>(members, 1));
    const Maglev table(crowd.candidates(), 1009);  // smaller than 2,000
    for (size_t i = 0; i < members; ++i) crowd[i].health = Health::kUnhealthy;
    PickState state(1);
    EXPECT_EQ(table.Pick(state, 77, crowd.states(), Serve::kUsable), kNobody);
    crowd[members / 2].health = Health::kDegraded;
    EXPECT_EQ(table.Pick(state, 77, crowd.states(), Serve::kUsable), members / 2);
  }
  PickState state(1);
  EXPECT_EQ(Maglev({}, 1009).Pick(state, 77, {}, Serve::kAnybody), kNobody);
}

}  // namespace
}  // namespace sluice::balance
