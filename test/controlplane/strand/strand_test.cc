#include "controlplane/strand/strand.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

#include "test/support/manual_clock.h"

namespace sluice::strand {
namespace {

using std::chrono::milliseconds;

TEST(StrandTest, RunsTasksInTheOrderTheyWerePosted) {
  test::ManualClock clock;
  Strand strand(clock);
  std::vector<int> ran;
  strand.Post([&] {
    ran.push_back(1);
    strand.Post([&] { ran.push_back(3); });
  });
  strand.Post([&] { ran.push_back(2); });
  strand.RunUntilIdle();
  EXPECT_EQ(ran, (std::vector<int>{1, 2, 3}));
}

TEST(StrandTest, TimersRunWhenTheyAreDueAndNotBefore) {
  test::ManualClock clock;
  Strand strand(clock);
  std::vector<int> ran;
  strand.After(milliseconds(20), [&] { ran.push_back(20); });
  strand.After(milliseconds(10), [&] { ran.push_back(10); });
  strand.RunUntilIdle();
  EXPECT_TRUE(ran.empty());
  clock.Advance(milliseconds(10));
  strand.RunUntilIdle();
  EXPECT_EQ(ran, std::vector<int>{10});
  clock.Advance(milliseconds(10));
  strand.RunUntilIdle();
  EXPECT_EQ(ran, (std::vector<int>{10, 20}));
}

TEST(StrandTest, ACancelledTimerNeverRuns) {
  test::ManualClock clock;
  Strand strand(clock);
  bool ran = false;
  const Strand::TimerId id = strand.After(milliseconds(1), [&] { ran = true; });
  strand.Cancel(id);
  strand.Cancel(id);
  clock.Advance(milliseconds(5));
  strand.RunUntilIdle();
  EXPECT_FALSE(ran);
}

TEST(StrandTest, AThreadOfItsOwnRunsTasksAndTimers) {
  const base::SystemClock clock;
  Strand strand(clock);
  strand.Start();
  std::promise<std::thread::id> task, timer;
  strand.After(milliseconds(2), [&] { timer.set_value(std::this_thread::get_id()); });
  strand.Post([&] { task.set_value(std::this_thread::get_id()); });
  const std::thread::id id = task.get_future().get();
  EXPECT_NE(id, std::this_thread::get_id());
  EXPECT_EQ(timer.get_future().get(), id);
}

TEST(StrandTest, StopRunsWhatWasPostedBeforeAndDropsTheRest) {
  const base::SystemClock clock;
  Strand strand(clock);
  int ran = 0;
  strand.Post([&] { ++ran; });
  strand.After(std::chrono::hours(1), [&] { ran += 100; });
  strand.Start();
  strand.Stop();
  strand.Post([&] { ran += 10; });
  EXPECT_EQ(ran, 1);
}

}  // namespace
}  // namespace sluice::strand
