#include "dataplane/upstream/breaker.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace sluice::upstream {
namespace {

TEST(BreakerTest, ToldOnceAtFourFifthsAndBeforeTheFirstRefusal) {
  std::string told;
  // Not on the stack: ASan's stacks do not keep the alignment of a cache line.
  const auto owned = std::make_unique<Breaker>([&](Limit limit, uint32_t in_use, uint32_t most) {
    told += std::string(LimitName(limit)) + " " + std::to_string(in_use) + "/" +
            std::to_string(most) + "\n";
  });
  Breaker& breaker = *owned;
  bool counted = false;
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(breaker.requests.Acquire(10, &counted));
  EXPECT_EQ(told, "");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(breaker.requests.Acquire(10, &counted));
  EXPECT_FALSE(breaker.requests.Acquire(10, &counted));
  EXPECT_EQ(told, "max_requests 8/10\n");
  EXPECT_TRUE(breaker.of(Limit::kRequests).near());
  EXPECT_FALSE(breaker.of(Limit::kRetries).near());
  breaker.requests.Rearm();
  breaker.requests.Release();
  ASSERT_TRUE(breaker.requests.Acquire(10, &counted));
  EXPECT_EQ(told, "max_requests 8/10\nmax_requests 10/10\n");
  EXPECT_EQ(breaker.requests.times_near(), 2u);
}

TEST(BreakerTest, NeverMoreThanTheLimitWhateverTheThreadsDo) {
  constexpr uint32_t kLimit = 100;
  const auto owned = std::make_unique<Breaker>(LimitWatcher());
  Breaker& breaker = *owned;
  std::atomic<uint32_t> most{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        std::array<Ticket, 40> tickets;
        uint32_t got = 0;
        for (Ticket& ticket : tickets) got += ticket.Take(breaker.connections, kLimit) ? 1 : 0;
        static_cast<void>(got);
        const uint32_t now = breaker.connections.count();
        uint32_t seen = most.load();
        // Three others may be in the middle of being refused.
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most.load(), kLimit + 3);
  EXPECT_EQ(breaker.connections.count(), 0u);
}

}  // namespace
}  // namespace sluice::upstream
