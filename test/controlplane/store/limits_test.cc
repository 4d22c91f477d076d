#include "controlplane/store/limits.h"

#include "test/controlplane/store/stores.h"

namespace sluice::store {
namespace {

TEST(LimitsTest, CountsKeysAndValues) {
  EXPECT_EQ(BytesOf(Put("a/x", "12")), 5u + 3u + 2u);
  EXPECT_EQ(BytesOf(Erase("a/x")), 5u + 3u);
}

TEST(LimitsTest, TakesTheLimitAndNothingBeyond) {
  EXPECT_TRUE(CheckWrites(std::vector<Write>(kMaxWrites, Put("a/x", ""))).ok());
  const absl::Status refused = CheckWrites(std::vector<Write>(kMaxWrites + 1, Put("a/x", "")));
  EXPECT_EQ(refused.message(), "store: 101 writes in one transaction, at most 100");
  const size_t key = BytesOf(Erase("a/x"));
  EXPECT_TRUE(CheckWrites(std::vector{Put("a/x", std::string(kMaxWriteBytes - key, 'x'))}).ok());
  EXPECT_FALSE(
      CheckWrites(std::vector{Put("a/x", std::string(kMaxWriteBytes - key + 1, 'x'))}).ok());
}

TEST(LimitsTest, LiveBatchesCountTogether) {
  const LiveBatch half{"endpoints", 0, std::vector<LiveWrite>(kMaxWrites / 2, {"k", "v"})};
  EXPECT_TRUE(CheckLive(std::vector{half, half}).ok());
  EXPECT_FALSE(CheckLive(std::vector{half, half, half}).ok());
  EXPECT_FALSE(CheckLive(std::vector{LiveBatch{"endpoints", 0, {}}}).ok());
  EXPECT_TRUE(CheckLive({}).ok());
}

}  // namespace
}  // namespace sluice::store
