#include "controlplane/model/hash_key.h"

#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

std::string Key(const std::string& balancing) {
  return HashKey(Obj("Service", "shop/s", "service { balancing { " + balancing + " } }")->service());
}

TEST(HashKeyTest, IsEqualWhereRequestsAreHashedAlike) {
  EXPECT_EQ(Key("policy: MAGLEV hash { header: 'a' }"), Key("policy: RING_HASH hash { header: 'a' } panic_percent: 1"));
  EXPECT_NE(Key("hash { header: 'a' }"), Key("hash { header: 'b' }"));
  EXPECT_NE(Key("hash { header: 'a' }"), Key("hash { query: 'a' }"));
  EXPECT_NE(Key("hash { header: 'a' }"), Key("hash { header: 'a' last: true }"));
  EXPECT_NE(Key("hash { header: 'a' } hash { header: 'b' }"), Key("hash { header: 'b' } hash { header: 'a' }"));
}

TEST(HashKeyTest, IsEmptyWithoutAHash) { EXPECT_EQ(Key("policy: RANDOM panic_percent: 3"), ""); }

}  // namespace
}  // namespace sluice::model
