#include "dataplane/upstream/endpoint_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sluice::upstream {
namespace {

EndpointSpec At(std::string_view address, uint32_t weight = 1) {
  EndpointSpec spec;
  spec.address = net::Address::Parse(address).value();
  spec.weight = weight;
  return spec;
}

std::shared_ptr<const IndexedEndpoints> Indexed(const EndpointSet& set) {
  return std::make_shared<const IndexedEndpoints>(set);
}

TEST(EndpointTableTest, KeepsTheEndpointOfAnAddressThatStays) {
  const ClusterSpec spec;
  EndpointSet set;
  set.endpoints = {At("127.0.0.1:1"), At("127.0.0.1:2")};
  const EndpointTable before(spec, Indexed(set), nullptr);
  set.endpoints = {At("127.0.0.1:3"), At("127.0.0.1:2", 9)};
  const EndpointTable after(spec, Indexed(set), &before);
  EXPECT_EQ(after.endpoints()[1], before.endpoints()[1]);
  EXPECT_TRUE(after.Contains(*before.endpoints()[1]));
  EXPECT_FALSE(after.Contains(*before.endpoints()[0]));
}

TEST(EndpointTableTest, KeepsTheEndpointOfAnAddressThatMoves) {
  const ClusterSpec spec;
  EndpointSet set;
  set.endpoints = {At("127.0.0.1:1"), At("127.0.0.1:2"), At("127.0.0.1:3")};
  const EndpointTable before(spec, Indexed(set), nullptr);
  set.endpoints = {At("127.0.0.1:3"), At("127.0.0.1:4"), At("127.0.0.1:5"), At("127.0.0.1:1")};
  const EndpointTable after(spec, Indexed(set), &before);
  EXPECT_EQ(after.endpoints()[0], before.endpoints()[2]);
  EXPECT_EQ(after.endpoints()[3], before.endpoints()[0]);
  EXPECT_TRUE(after.Contains(*before.endpoints()[0], 0));
  EXPECT_FALSE(after.Contains(*before.endpoints()[1], 1));
}

TEST(EndpointTableTest, MakesANewEndpointWhenTheNameOfAnAddressChanges) {
  const ClusterSpec spec;
  EndpointSet set;
  set.endpoints = {At("127.0.0.1:1")};
  const EndpointTable before(spec, Indexed(set), nullptr);
  set.endpoints[0].hostname = "other";
  const EndpointTable after(spec, Indexed(set), &before);
  EXPECT_NE(after.endpoints()[0], before.endpoints()[0]);
  EXPECT_EQ(after.endpoints()[0]->hostname(), "other");
}

TEST(EndpointTableTest, TakesAnAddressOnceAndTheFirstTimeCounts) {
  const ClusterSpec spec;
  EndpointSet set;
  set.endpoints = {At("127.0.0.1:1", 5), At("127.0.0.1:1", 7)};
  const EndpointTable table(spec, Indexed(set), nullptr);
  EXPECT_EQ(table.endpoints().size(), 1u);
  EXPECT_EQ(table.source().endpoints[0].weight, 5u);
}

TEST(EndpointTableTest, AppliesAssignedHealthToEndpointsThatStay) {
  const ClusterSpec spec;
  EndpointSet set;
  set.endpoints = {At("127.0.0.1:1"), At("127.0.0.1:2")};
  const EndpointTable before(spec, Indexed(set), nullptr);
  set.endpoints[0].health = balance::Health::kUnhealthy;
  const EndpointTable after(spec, Indexed(set), &before);
  balance::PickState state(1);
  for (int i = 0; i < 4; ++i) EXPECT_EQ((*after.Pick(state, 0))->address().port(), 2);
}

std::set<int> PortsOf(const EndpointTable& table, int picks) {
  balance::PickState state(1);
  std::set<int> ports;
  for (int i = 0; i < picks; ++i) ports.insert((*table.Pick(state, 0))->address().port());
  return ports;
}

TEST(EndpointTableTest, HealthChangesInPlaceForItsEndpointsOnly) {
  const ClusterSpec spec;
  EndpointSet set;
  set.endpoints = {At("127.0.0.1:1"), At("127.0.0.1:2"), At("127.0.0.1:3")};
  set.endpoints[2].priority = 1;
  const EndpointTable table(spec, Indexed(set), nullptr);
  EXPECT_EQ(PortsOf(table, 100), (std::set<int>{1, 2}));
  EXPECT_TRUE(table.SetHealth(*table.endpoints()[0], balance::Health::kUnhealthy, {}));
  EXPECT_EQ(PortsOf(table, 1000), (std::set<int>{2, 3})) << "half of level 0 is 70 % of the load";
  EXPECT_TRUE(table.SetHealth(*table.endpoints()[0], balance::Health::kHealthy, {}, 0));
  EXPECT_EQ(PortsOf(table, 100), (std::set<int>{1, 2}));
  // Not on the stack: ASan's stacks do not keep the alignment of a cache line.
  const auto stranger = std::make_unique<Endpoint>(At("127.0.0.1:1").address, "");
  EXPECT_FALSE(table.SetHealth(*stranger, balance::Health::kUnhealthy, {}));
  EXPECT_EQ(PortsOf(table, 100), (std::set<int>{1, 2}));
}

TEST(EndpointTableTest, SlowStartBeginsWithANewcomerAndWithRecoveryButNotWithTheCluster) {
  const ClusterSpec spec;
  const base::MonoTime now(std::chrono::seconds(100));
  EndpointSet set;
  set.endpoints = {At("127.0.0.1:1"), At("127.0.0.1:2")};
  const EndpointTable first(spec, Indexed(set), nullptr, now);
  const auto since = [](const EndpointTable& table, size_t i) {
    return table.endpoints()[i]->state().healthy_since.load();
  };
  EXPECT_EQ(since(first, 0), balance::EndpointState::kLongAgo);
  set.endpoints.push_back(At("127.0.0.1:3"));
  const EndpointTable second(spec, Indexed(set), &first, now);
  EXPECT_EQ(since(second, 0), balance::EndpointState::kLongAgo);
  EXPECT_EQ(since(second, 2), now);
  const base::MonoTime later = now + std::chrono::seconds(7);
  second.SetHealth(*second.endpoints()[1], balance::Health::kUnhealthy, now);
  second.SetHealth(*second.endpoints()[1], balance::Health::kHealthy, later);
  EXPECT_EQ(since(second, 1), later);
}

TEST(EndpointTableTest, UsesAnArrangementMadeAheadWhenItIsForItsBalancing) {
  ClusterSpec spec;
  spec.balancing.policy = balance::PolicyKind::kMaglev;
  EndpointSet set;
  set.endpoints = {At("127.0.0.1:1"), At("127.0.0.1:2", 7)};
  const auto ahead = std::make_shared<const IndexedEndpoints>(set, nullptr, &spec.balancing);
  ASSERT_NE(ahead->picks(), nullptr);
  const EndpointTable with(spec, ahead, nullptr);
  const EndpointTable without(spec, Indexed(set), nullptr);
  EXPECT_EQ(ahead->picks().use_count(), 2) << "one in the set, one in the table";
  spec.balancing.policy = balance::PolicyKind::kRandom;
  const EndpointTable other(spec, ahead, nullptr);
  EXPECT_EQ(ahead->picks().use_count(), 2);
  balance::PickState state(1);
  for (uint64_t hash = 1; hash < 100; ++hash) {
    EXPECT_EQ((*with.Pick(state, hash * 12345))->address(),
              (*without.Pick(state, hash * 12345))->address());
  }
}

TEST(EndpointTableTest, HashesNamesOrAddressesAsToldSoThatANameMayMove) {
  ClusterSpec spec;
  spec.balancing.policy = balance::PolicyKind::kRingHash;
  spec.balancing.hash_hostname = true;
  EndpointSet set;
  set.endpoints = {At("127.0.0.1:1"), At("127.0.0.1:2"), At("127.0.0.1:3")};
  for (size_t i = 0; i < 3; ++i) set.endpoints[i].hostname = std::string(1, static_cast<char>('a' + i));
  const auto names = [&] {
    const EndpointTable table(spec, Indexed(set), nullptr);
    balance::PickState state(1);
    std::string picked;
    for (uint64_t i = 1; i < 100; ++i) picked += (*table.Pick(state, i << 56))->hostname();
    return picked;
  };
  const std::string before = names();
  std::swap(set.endpoints[0].hostname, set.endpoints[2].hostname);
  EXPECT_EQ(names(), before);
  spec.balancing.hash_hostname = false;
  const std::string by_address = names();
  std::swap(set.endpoints[0].hostname, set.endpoints[2].hostname);
  EXPECT_NE(names(), by_address);
}

TEST(EndpointTableTest, PicksNobodyFromNothing) {
  const EndpointTable table(ClusterSpec(), Indexed({}), nullptr);
  balance::PickState state(1);
  EXPECT_EQ(table.Pick(state, 0), nullptr);
}

}  // namespace
}  // namespace sluice::upstream
