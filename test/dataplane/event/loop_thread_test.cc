#include "dataplane/event/loop_thread.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>

#include <future>
#include <string>

namespace sluice::event {
namespace {

const base::SystemClock kClock;

// Runs `f` on the loop and returns what it returned.
template <typename F>
auto On(LoopThread& thread, F f) {
  std::promise<decltype(f())> result;
  thread.loop().mailbox().Post([&] { result.set_value(f()); });
  return result.get_future().get();
}

TEST(LoopThreadTest, RunsItsLoopUnderItsNameOnItsCpu) {
  LoopThread thread(kClock);
  thread.Start({.name = "worker-with-a-long-name", .cpu = 0});
  const std::string name = On(thread, [] {
    char text[32];
    pthread_getname_np(pthread_self(), text, sizeof(text));
    return std::string(text);
  });
  EXPECT_EQ(name, "worker-with-a-l");
  const int cpus = On(thread, [] {
    cpu_set_t set;
    pthread_getaffinity_np(pthread_self(), sizeof(set), &set);
    return CPU_COUNT(&set);
  });
  EXPECT_EQ(cpus, 1);
}

TEST(LoopThreadTest, ACpuThatDoesNotExistIsIgnored) {
  LoopThread thread(kClock);
  thread.Start({.name = "worker", .cpu = 1'000'000});
  EXPECT_TRUE(On(thread, [] { return true; }));
}

TEST(LoopThreadTest, KnowsWhoRunsIt) {
  LoopThread thread(kClock);
  EXPECT_TRUE(thread.IsCurrent());  // nobody runs it yet: set-up
  thread.Start({.name = "worker"});
  EXPECT_TRUE(On(thread, [&] { return thread.IsCurrent(); }));
  EXPECT_FALSE(thread.IsCurrent());
  thread.Stop();
  thread.Join();
  EXPECT_TRUE(thread.IsCurrent());
}

TEST(LoopThreadTest, StopBeforeTheThreadCameUpIsNotLost) {
  for (int i = 0; i < 50; ++i) {
    LoopThread thread(kClock);
    thread.Start({.name = "worker"});
    thread.Stop();
    thread.Join();
  }
}

TEST(LoopThreadTest, RunHereRunsOnTheCaller) {
  LoopThread thread(kClock);
  bool current = false;
  thread.loop().mailbox().Post([&] {
    current = thread.IsCurrent();
    thread.Stop();
  });
  thread.RunHere();
  EXPECT_TRUE(current);
}

TEST(LoopThreadDeathTest, AssertCurrentStopsAStranger) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        LoopThread thread(kClock);
        thread.Start({.name = "worker"});
        On(thread, [] { return true; });
        thread.AssertCurrent();
      },
      "on its own loop only");
}

}  // namespace
}  // namespace sluice::event
