#include "dataplane/upstream/claims.h"

#include <gtest/gtest.h>

#include <memory>

namespace sluice::upstream {
namespace {

uint64_t WordOf(uint32_t worker, uint32_t fd) {
  ParkedConnection parked;
  parked.worker = worker;
  parked.fd = fd;
  return parked.Encode();
}

TEST(ClaimsTest, AWordKeepsWhatItNames) {
  ParkedConnection parked;
  parked.fd = ParkedConnection::kMaxFd - 1;
  parked.worker = 200;
  parked.generation = ParkedConnection::kMaxGeneration;
  parked.requests = ParkedConnection::kMaxRequests;
  parked.counted = true;
  const ParkedConnection back = ParkedConnection::Decode(parked.Encode());
  EXPECT_EQ(back.fd, parked.fd);
  EXPECT_EQ(back.worker, parked.worker);
  EXPECT_EQ(back.generation, parked.generation);
  EXPECT_EQ(back.requests, parked.requests);
  EXPECT_TRUE(back.counted);
  EXPECT_NE(WordOf(0, 0), 0u) << "0 means that a slot is free";
}

TEST(ClaimsTest, OnlyOneTakerWins) {
  // On the heap, as in an Endpoint: ASan's stacks do not keep the alignment.
  const auto claims = std::make_unique<Claims>();
  const uint64_t word = WordOf(1, 7);
  const uint32_t slot = claims->Park(word, 3);
  EXPECT_EQ(slot, 3u);
  EXPECT_EQ(claims->TakeForeign(2), word);
  EXPECT_FALSE(claims->Take(slot, word));
  EXPECT_EQ(claims->TakeForeign(2), 0u);
}

TEST(ClaimsTest, AnOldWordDoesNotTakeANewParking) {
  const auto claims = std::make_unique<Claims>();
  ParkedConnection parked;
  parked.fd = 7;
  const uint64_t old_word = parked.Encode();
  const uint32_t slot = claims->Park(old_word, 0);
  EXPECT_TRUE(claims->Take(slot, old_word));
  parked.generation = 2;
  EXPECT_EQ(claims->Park(parked.Encode(), 0), slot);
  EXPECT_FALSE(claims->Take(slot, old_word));
}

TEST(ClaimsTest, NobodyTakesFromHimself) {
  const auto claims = std::make_unique<Claims>();
  claims->Park(WordOf(1, 7), 0);
  EXPECT_EQ(claims->TakeForeign(1), 0u);
}

TEST(ClaimsTest, IsFullAtSixteen) {
  const auto claims = std::make_unique<Claims>();
  for (uint32_t i = 0; i < Claims::kSlots; ++i) {
    EXPECT_NE(claims->Park(WordOf(1, i), 9), Claims::kSlots);
  }
  EXPECT_EQ(claims->Park(WordOf(1, 99), 9), Claims::kSlots);
}

}  // namespace
}  // namespace sluice::upstream
