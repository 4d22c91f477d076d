#include "dataplane/upstream/outlier_counts.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace sluice::upstream {
namespace {

// Not on the stack: ASan's stacks do not keep the alignment of a cache line.
std::unique_ptr<OutlierCounts> Counts() { return std::make_unique<OutlierCounts>(); }

TEST(OutlierCountsTest, AThresholdIsReachedOnceAndASuccessBeginsAnew) {
  const auto owned = Counts();
  OutlierCounts& counts = *owned;
  EXPECT_FALSE(counts.Fail(Ejection::kConsecutive5xx, 2));
  counts.Succeed(Ejection::kConsecutive5xx);
  EXPECT_FALSE(counts.Fail(Ejection::kConsecutive5xx, 2));
  EXPECT_TRUE(counts.Fail(Ejection::kConsecutive5xx, 2));
  EXPECT_FALSE(counts.Fail(Ejection::kConsecutive5xx, 2)) << "one message is enough";
  counts.Reset(Ejection::kConsecutive5xx);
  EXPECT_FALSE(counts.Fail(Ejection::kConsecutive5xx, 2));
}

TEST(OutlierCountsTest, KindsDoNotMix) {
  const auto owned = Counts();
  OutlierCounts& counts = *owned;
  EXPECT_FALSE(counts.Fail(Ejection::kConsecutiveLocal, 2));
  EXPECT_FALSE(counts.Fail(Ejection::kConsecutiveGateway, 2));
  counts.Succeed(Ejection::kConsecutiveLocal);
  EXPECT_TRUE(counts.Fail(Ejection::kConsecutiveGateway, 2));
}

TEST(OutlierCountsTest, EachWorkerHasOneBlockAndTheSumIsOfAll) {
  const auto owned = Counts();
  OutlierCounts& counts = *owned;
  OutlierCounts::Block& first = counts.BlockOf(0);
  EXPECT_EQ(&counts.BlockOf(0), &first);
  std::vector<std::thread> workers;
  for (uint32_t worker = 0; worker < 4; ++worker) {
    workers.emplace_back([&counts, worker] {
      for (int i = 0; i < 1000; ++i) counts.BlockOf(worker).answers.Add();
      counts.BlockOf(worker).good_answers.Add(900);
      counts.BlockOf(worker).attempts.Add(worker);
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(counts.answers().all, 4000u);
  EXPECT_EQ(counts.answers().good, 3600u);
  EXPECT_EQ(counts.attempts().all, 6u);
}

}  // namespace
}  // namespace sluice::upstream
