#include "dataplane/event/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <vector>

namespace sluice::event {
namespace {

TEST(SignalsTest, BlockedSignalsBecomeEventsOfTheLoop) {
  Signals::BlockAndIgnorePipe({SIGUSR1, SIGUSR2});
  const base::SystemClock clock;
  Loop loop(clock);
  std::vector<int> seen;
  Signals signals(loop, {SIGUSR1, SIGUSR2}, [&](int signal) { seen.push_back(signal); });
  // Another thread must not take them either.
  std::thread([] { kill(getpid(), SIGUSR1); }).join();
  loop.RunUntilIdle();
  EXPECT_EQ(seen, (std::vector<int>{SIGUSR1}));
  kill(getpid(), SIGUSR1);
  kill(getpid(), SIGUSR2);
  loop.RunUntilIdle();
  EXPECT_EQ(seen.size(), 3u);
}

TEST(SignalsTest, AWriteToAClosedPipeIsAnError) {
  Signals::BlockAndIgnorePipe({});
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  close(fds[0]);
  EXPECT_EQ(write(fds[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  close(fds[1]);
}

}  // namespace
}  // namespace sluice::event
