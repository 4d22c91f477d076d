#include "dataplane/balance/ring_hash.h"

#include <gtest/gtest.h>

#include "dataplane/base/hash.h"
#include "test/dataplane/balance/crowd.h"

namespace sluice::balance {
namespace {

const std::vector<double> kEqual(10, 1);
const std::vector<double> kUnequal = {1, 2, 3, 4, 5, 10, 1, 7, 2, 3};

// The letters are what Envoy 1.40 answered for the same addresses, weights and header values.
TEST(RingHashTest, ChoosesWhatEnvoyChooses) {
  const Crowd crowd = Crowd::Normalised(kEqual);
  EXPECT_EQ(LettersOfKeys(RingHash(crowd.candidates(), {}), crowd, 60),
            "gdihcjaahecfifhbajbjhgcieeehdafghbgbediejgjjfefcggdjijheicge");
}

TEST(RingHashTest, ChoosesWhatEnvoyChoosesByWeight) {
  const Crowd crowd = Crowd::Normalised(kUnequal);
  EXPECT_EQ(LettersOfKeys(RingHash(crowd.candidates(), {}), crowd, 60),
            "gdifcgafhecfdfhfajeihccdeehhdafchbbdediffghifefcgddjijhehffe");
}

TEST(RingHashTest, ChoosesWhatEnvoyChoosesWithMurmurHash) {
  const Crowd crowd = Crowd::Normalised(kEqual);
  const Balancing balancing{.hash_function = HashFunction::kMurmurHash2};
  EXPECT_EQ(LettersOfKeys(RingHash(crowd.candidates(), balancing), crowd, 60),
            "fdgdiajaihehbegibgfgiagggccidhjjfibabcahhfbgbbbbgaecegcaidhh");
}

TEST(RingHashTest, ChoosesWhatEnvoyChoosesOnARingOfPartsOfPoints) {
  const Crowd crowd = Crowd::Normalised(kUnequal);
  const Balancing balancing{.min_ring_size = 1, .max_ring_size = 17};
  const RingHash ring(crowd.candidates(), balancing);
  EXPECT_EQ(ring.points(), 17u);
  EXPECT_EQ(LettersOfKeys(ring, crowd, 60),
            "dfbdfdefjddfhedjdbehahebafeafdfafdjdhhddfddhdhbedfdefefdabdf");
}

TEST(RingHashTest, FindsTheFirstPointAtOrAfterTheHashAnywhereOnTheRing) {
  const Crowd crowd = Crowd::Normalised(kUnequal);
  const RingHash ring(crowd.candidates(), {});
  std::map<uint64_t, uint32_t> points;  // the same ring, searched another way
  for (uint32_t i = 0; i < kUnequal.size(); ++i) {
    for (int k = 0; k < 2000; ++k) {
      const std::string name(crowd.candidates()[i].key);
      const uint64_t hash = base::XxHash64(name + "_" + std::to_string(k));
      PickState state(1);
      if (ring.Pick(state, hash, crowd.states(), Serve::kHealthy) == i) points[hash] = i;
    }
  }
  base::Random random(5);
  PickState state(1);
  int wrong = 0;
  for (int i = 0; i < 20000; ++i) {
    const uint64_t hash = i == 0 ? 0 : i == 1 ? UINT64_MAX : random();
    auto point = points.lower_bound(hash);
    if (point == points.end()) point = points.begin();
    wrong += ring.Pick(state, hash, crowd.states(), Serve::kHealthy) != point->second;
  }
  // `points` holds a few that are on no ring but lie just before one of the same member.
  EXPECT_EQ(wrong, 0);
}

// Karger et al. 1997: only what the member had moves, and all others get a part of it.
TEST(RingHashTest, MovesOnlyTheRequestsOfAMemberThatLeaves) {
  std::vector<double> weights(50, 1);
  const Crowd all = Crowd::Normalised(weights);
  const RingHash before(all.candidates(), {.min_ring_size = 50 * 100});
  std::vector<Candidate> rest(all.candidates().begin(), all.candidates().end());
  rest.erase(rest.begin() + 17);
  for (Candidate& one : rest) one.weight = 1.0 / 49;
  const RingHash after(rest, {.min_ring_size = 49 * 100});
  ASSERT_EQ(before.points(), 5000u);
  ASSERT_EQ(after.points(), 4900u);
  base::Random random(11);
  PickState state(1);
  int moved = 0;
  int moved_without_need = 0;
  std::map<uint32_t, int> heirs;
  for (int i = 0; i < 100000; ++i) {
    const uint64_t hash = random();
    const uint32_t old = before.Pick(state, hash, all.states(), Serve::kHealthy);
    const uint32_t now = after.Pick(state, hash, all.states(), Serve::kHealthy);
    if (old == now) continue;
    ++moved;
    ++heirs[now];
    moved_without_need += old != 17;
  }
  EXPECT_EQ(moved_without_need, 0);
  // Shares on a ring of v points each deviate by about 1 / sqrt(v) of a share: 10 % here.
  EXPECT_NEAR(moved, 2000, 2000 * 0.3);
  EXPECT_GT(heirs.size(), 35u) << "not one neighbour alone";
}

TEST(RingHashTest, AMemberThatIsDownMovesTheSameRequestsAsOneThatLeft) {
  std::vector<double> weights(10, 1);
  Crowd crowd = Crowd::Normalised(weights);
  const RingHash ring(crowd.candidates(), {.min_ring_size = 1000});
  std::vector<Candidate> rest(crowd.candidates().begin(), crowd.candidates().end());
  rest.erase(rest.begin() + 3);
  for (Candidate& one : rest) one.weight = 1.0 / 9;
  const RingHash without(rest, {.min_ring_size = 900});
  crowd[3].health = Health::kUnhealthy;
  EXPECT_EQ(LettersOfKeys(ring, crowd, 500), LettersOfKeys(without, crowd, 500));
}

TEST(RingHashTest, AnswersNobodyWhenNobodyIsGoodEnough) {
  Crowd crowd = Crowd::Normalised({1, 1});
  const RingHash ring(crowd.candidates(), {});
  crowd[0].health = crowd[1].health = Health::kUnhealthy;
  PickState state(1);
  EXPECT_EQ(ring.Pick(state, 9, crowd.states(), Serve::kUsable), kNobody);
  EXPECT_NE(ring.Pick(state, 9, crowd.states(), Serve::kAnybody), kNobody);
  EXPECT_EQ(RingHash({}, {}).Pick(state, 9, {}, Serve::kAnybody), kNobody);
}

// Shares on a ring are only near their weights; of 100 points each they stay within three deviations.
TEST(RingHashTest, SharesFollowTheWeights) {
  const Crowd crowd = Crowd::Normalised({1, 2, 4});
  const RingHash ring(crowd.candidates(), {.min_ring_size = 70000});
  PickState state(1);
  base::Random random(3);
  std::map<uint32_t, int> counts;
  for (int i = 0; i < 70000; ++i) ++counts[ring.Pick(state, random(), crowd.states(), Serve::kHealthy)];
  EXPECT_NEAR(counts[0], 10000, 500);
  EXPECT_NEAR(counts[1], 20000, 700);
  EXPECT_NEAR(counts[2], 40000, 900);
}

}  // namespace
}  // namespace sluice::balance
