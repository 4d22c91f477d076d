#include "dataplane/event/mailbox.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace sluice::event {
namespace {

bool Woken(const Mailbox& mailbox, int wait_ms = 0) {
  pollfd fd{.fd = mailbox.wake_fd(), .events = POLLIN, .revents = 0};
  return poll(&fd, 1, wait_ms) == 1;
}

TEST(MailboxTest, RunsMessagesInTheOrderOfPosting) {
  Mailbox mailbox;
  std::string order;
  for (const char c : {'a', 'b', 'c'}) mailbox.Post([&order, c] { order += c; });
  EXPECT_FALSE(mailbox.Drain());
  EXPECT_EQ(order, "abc");
}

TEST(MailboxTest, DrainStopsAtItsMaximumAndKeepsTheOrder) {
  Mailbox mailbox;
  std::string order;
  for (const char c : {'a', 'b', 'c'}) mailbox.Post([&order, c] { order += c; });
  EXPECT_TRUE(mailbox.Drain(2));
  mailbox.Post([&order] { order += 'd'; });
  EXPECT_FALSE(mailbox.Drain());
  EXPECT_EQ(order, "abcd");
}

TEST(MailboxTest, AMessagePostedByAMessageWaitsForTheNextDrain) {
  Mailbox mailbox;
  int runs = 0;
  mailbox.Post([&] { mailbox.Post([&] { ++runs; }); });
  EXPECT_TRUE(mailbox.Drain());
  EXPECT_EQ(runs, 0);
  EXPECT_FALSE(mailbox.Drain());
  EXPECT_EQ(runs, 1);
}

TEST(MailboxTest, WritesItsDescriptorOnlyWhenTheLoopSleeps) {
  Mailbox mailbox;
  mailbox.Post([] {});
  EXPECT_FALSE(Woken(mailbox));
  EXPECT_FALSE(mailbox.PrepareSleep());  // a message waits
  mailbox.Drain();
  EXPECT_TRUE(mailbox.PrepareSleep());
  mailbox.Post([] {});
  EXPECT_TRUE(Woken(mailbox));
}

TEST(MailboxTest, DestroysWhatWasNeverRun) {
  auto token = std::make_shared<int>(1);
  {
    Mailbox mailbox;
    for (int i = 0; i < 3; ++i) mailbox.Post([token] {});
    mailbox.Drain(1);
    EXPECT_EQ(token.use_count(), 3);
  }
  EXPECT_EQ(token.use_count(), 1);
}

// The consumer sleeps whenever it may: a lost wake-up would hang it, which the long poll reports.
TEST(MailboxTest, ManyProducersLoseNoMessageAndNoWakeUp) {
  constexpr int kProducers = 4;
  constexpr int kMessages = 20'000;
  Mailbox mailbox;
  std::vector<int> next(kProducers, 0);
  int received = 0;
  bool in_order = true;
  std::vector<std::thread> producers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&, p] {
      for (int i = 0; i < kMessages; ++i) {
        mailbox.Post([&, p, i] {
          in_order = in_order && next[p] == i;
          next[p] = i + 1;
          ++received;
        });
      }
    });
  }
  while (received < kProducers * kMessages) {
    if (mailbox.PrepareSleep()) {
      const bool woken = Woken(mailbox, 20'000);
      mailbox.EndSleep();
      ASSERT_TRUE(woken) << "lost wake-up after " << received;
      uint64_t count;
      ASSERT_EQ(read(mailbox.wake_fd(), &count, sizeof(count)), 8);
    }
    mailbox.Drain();
  }
  for (std::thread& producer : producers) producer.join();
  EXPECT_TRUE(in_order);
  EXPECT_TRUE(mailbox.empty());
}

}  // namespace
}  // namespace sluice::event
