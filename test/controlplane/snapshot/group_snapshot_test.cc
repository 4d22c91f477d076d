#include "controlplane/snapshot/group_snapshot.h"

#include <gtest/gtest.h>

namespace sluice::snapshot {
namespace {

WireMap One(Type type, const char* name, const char* version) {
  return {{name, MakeWireResource(type, name, version, version)}};
}

TEST(GroupSnapshotTest, KeepsEachTypeAndItsDigest) {
  const GroupSnapshot snapshot(7, "web@z", One(Type::kCluster, "c", "1"), One(Type::kListener, "l", "1"), {});
  EXPECT_EQ(snapshot.revision(), 7u);
  EXPECT_EQ(snapshot.group(), "web@z");
  EXPECT_TRUE(snapshot.of(Type::kCluster).contains("c"));
  EXPECT_TRUE(snapshot.of(Type::kListener).contains("l"));
  EXPECT_TRUE(snapshot.of(Type::kRoute).empty());
  DigestSum sum;
  sum.Add("c", "1");
  EXPECT_EQ(snapshot.digest(Type::kCluster), sum);
  EXPECT_EQ(snapshot.digest(Type::kRoute), DigestSum());
}

TEST(GroupSnapshotTest, TheSameContentIsTheSameUnderAnyNumber) {
  const GroupSnapshot one(1, "a", One(Type::kCluster, "c", "1"), {}, {});
  EXPECT_TRUE(one.SameContent(GroupSnapshot(2, "b", One(Type::kCluster, "c", "1"), {}, {})));
  EXPECT_FALSE(one.SameContent(GroupSnapshot(1, "a", One(Type::kCluster, "c", "2"), {}, {})));
  EXPECT_FALSE(one.SameContent(GroupSnapshot(1, "a", {}, One(Type::kListener, "c", "1"), {})));
}

}  // namespace
}  // namespace sluice::snapshot
