#include "dataplane/upstream/endpoint_table.h"

#include <gtest/gtest.h>

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

TEST(EndpointTableTest, PicksNobodyFromNothing) {
  const EndpointTable table(ClusterSpec(), Indexed({}), nullptr);
  balance::PickState state(1);
  EXPECT_EQ(table.Pick(state, 0), nullptr);
}

}  // namespace
}  // namespace sluice::upstream
