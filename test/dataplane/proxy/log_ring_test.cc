#include "dataplane/proxy/log_ring.h"

#include <gtest/gtest.h>

#include <memory>

#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <thread>

namespace sluice::proxy {
namespace {

constexpr size_t kAll = LogRing::kBytes;
constexpr size_t kLarge = 8 * 1024;

// Fills a record of `size` bytes whose content follows from `number`.
std::string Content(uint32_t number, size_t size) {
  std::string content(size, static_cast<char>('a' + number % 26));
  std::memcpy(content.data(), &number, std::min(size, sizeof number));
  return content;
}

bool Put(LogRing& ring, const std::string& record, size_t reserve = kLarge) {
  char* out = ring.Reserve(reserve);
  if (out == nullptr) return false;
  EXPECT_EQ(reinterpret_cast<uintptr_t>(out) % 8, 0u);
  std::memcpy(out, record.data(), record.size());
  ring.Commit(record.size());
  return true;
}

TEST(LogRingTest, GivesBackWhatWasPutInOrder) {
  const auto owned = std::make_unique<LogRing>();  // aligned to 64: no place on a sanitized stack
  LogRing& ring = *owned;
  EXPECT_TRUE(ring.Empty());
  EXPECT_TRUE(Put(ring, "one"));
  EXPECT_TRUE(Put(ring, ""));
  EXPECT_TRUE(Put(ring, "three three"));
  std::string all;
  EXPECT_TRUE(ring.Consume(kAll, [&](std::string_view r) { all += "[" + std::string(r) + "]"; }));
  EXPECT_EQ(all, "[one][][three three]");
  EXPECT_FALSE(ring.Consume(kAll, [&](std::string_view) { FAIL(); }));
  EXPECT_TRUE(ring.Empty());
}

TEST(LogRingTest, AReservationThatIsNotCommittedLeavesNothing) {
  const auto owned = std::make_unique<LogRing>();  // aligned to 64: no place on a sanitized stack
  LogRing& ring = *owned;
  EXPECT_NE(ring.Reserve(kLarge), nullptr);
  EXPECT_TRUE(ring.Empty());
}

// Random sizes against a queue, one thread: wrapping, fullness and partial draining.
TEST(LogRingTest, BehavesLikeAQueueThatIsFullAtTimes) {
  const auto owned = std::make_unique<LogRing>();  // aligned to 64: no place on a sanitized stack
  LogRing& ring = *owned;
  std::mt19937 random(7);
  std::deque<std::string> model;
  size_t refused = 0;
  for (uint32_t i = 0; i < 20'000; ++i) {
    if (random() % 300 != 0) {
      const std::string record = Content(i, random() % (kLarge + 1));
      if (Put(ring, record, record.size() + random() % kLarge)) {
        model.push_back(record);
      } else {
        ++refused;
      }
    } else {
      ring.Consume(random() % kAll, [&](std::string_view r) {
        ASSERT_FALSE(model.empty());
        ASSERT_EQ(r, model.front());
        model.pop_front();
      });
    }
  }
  EXPECT_GT(refused, 0u);
  ring.Consume(kAll * 2, [&](std::string_view r) {
    ASSERT_EQ(r, model.front());
    model.pop_front();
  });
  EXPECT_TRUE(model.empty());
}

TEST(LogRingTest, AFullRingRefusesUntilItIsEmptied) {
  const auto owned = std::make_unique<LogRing>();  // aligned to 64: no place on a sanitized stack
  LogRing& ring = *owned;
  const std::string record(1000, 'r');
  size_t put = 0;
  while (Put(ring, record)) ++put;
  EXPECT_GT(put * 1008, LogRing::kBytes - 2 * kLarge);
  EXPECT_TRUE(ring.OverHalf());
  ring.Consume(kAll, [](std::string_view) {});
  EXPECT_FALSE(ring.OverHalf());
  EXPECT_TRUE(Put(ring, record));
}

TEST(LogRingTest, TheLargestRecordFitsIntoAnEmptyRingWhereverItStands) {
  const auto owned = std::make_unique<LogRing>();  // aligned to 64: no place on a sanitized stack
  LogRing& ring = *owned;
  const std::string largest(LogRing::kMaxRecord, 'l');
  for (size_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(Put(ring, largest, largest.size()));
    ASSERT_TRUE(ring.Consume(kAll, [&](std::string_view r) { ASSERT_EQ(r, largest); }));
  }
}

TEST(LogRingTest, OverHalfIsSeenAtHalf) {
  const auto owned = std::make_unique<LogRing>();  // aligned to 64: no place on a sanitized stack
  LogRing& ring = *owned;
  const std::string record(kLarge - 8, 'r');
  for (size_t i = 0; i < LogRing::kBytes / 2 / kLarge; ++i) {
    EXPECT_FALSE(ring.OverHalf());
    Put(ring, record);
  }
  Put(ring, record);
  EXPECT_TRUE(ring.OverHalf());
}

// Both sides at once; meant for the thread sanitizer too. Each record is whole and in order, and
// nothing is lost but what the producer was refused.
TEST(LogRingTest, TwoThreadsSeeTheSameRecords) {
  const auto owned = std::make_unique<LogRing>();  // aligned to 64: no place on a sanitized stack
  LogRing& ring = *owned;
  constexpr uint32_t kRecords = 60'000;
  std::thread producer([&] {
    std::mt19937 random(11);
    for (uint32_t i = 0; i < kRecords; ++i) {
      const std::string record = Content(i, 4 + random() % 300);
      while (!Put(ring, record)) std::this_thread::yield();
    }
  });
  uint32_t next = 0;
  while (next < kRecords) {
    ring.Consume(4096, [&](std::string_view r) {
      uint32_t number = 0;
      ASSERT_GE(r.size(), sizeof number);
      std::memcpy(&number, r.data(), sizeof number);
      ASSERT_EQ(number, next);
      ASSERT_EQ(r, Content(number, r.size()));
      ++next;
    });
    std::this_thread::yield();
  }
  producer.join();
  EXPECT_TRUE(ring.Empty());
}

}  // namespace
}  // namespace sluice::proxy
