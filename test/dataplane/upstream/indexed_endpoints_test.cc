#include "dataplane/upstream/indexed_endpoints.h"

#include <gtest/gtest.h>

#include "dataplane/upstream/endpoint_table.h"

namespace sluice::upstream {
namespace {

EndpointSpec At(std::string_view address, std::string_view hostname = "") {
  EndpointSpec spec;
  spec.address = net::Address::Parse(address).value();
  spec.hostname = hostname;
  return spec;
}

EndpointSet SetOf(std::vector<EndpointSpec> endpoints) {
  return {.endpoints = std::move(endpoints), .locality_weights = {}};
}

TEST(IndexedEndpointsTest, FindsEachAddressAndKeepsTheFirstOfTwo) {
  const IndexedEndpoints all(
      SetOf({At("127.0.0.1:1", "a"), At("127.0.0.1:1", "b"), At("127.0.0.1:2")}));
  ASSERT_EQ(all.set().endpoints.size(), 2u);
  EXPECT_EQ(all.set().endpoints[0].hostname, "a");
  EXPECT_EQ(all.Find(At("127.0.0.1:1").address), 0u);
  EXPECT_EQ(all.Find(At("127.0.0.1:2").address), 1u);
  EXPECT_EQ(all.Find(At("127.0.0.1:3").address), IndexedEndpoints::kNowhere);
}

TEST(IndexedEndpointsTest, MakesEndpointsAheadForWhatIsNotKnown) {
  const IndexedEndpoints before(SetOf({At("127.0.0.1:1"), At("127.0.0.1:2", "old")}));
  const IndexedEndpoints after(
      SetOf({At("127.0.0.1:1"), At("127.0.0.1:2", "new"), At("127.0.0.1:3")}), &before);
  EXPECT_EQ(after.TakeSpare(0), nullptr) << "it is known";
  const auto renamed = after.TakeSpare(1), added = after.TakeSpare(2);
  ASSERT_NE(renamed, nullptr);
  EXPECT_EQ(renamed->hostname(), "new");
  ASSERT_NE(added, nullptr);
  EXPECT_EQ(added->address(), At("127.0.0.1:3").address);
  EXPECT_EQ(after.TakeSpare(2), nullptr) << "an endpoint is of one cluster";
}

TEST(IndexedEndpointsTest, TwoClustersOfOneSetShareNoEndpoint) {
  const auto set = std::make_shared<const IndexedEndpoints>(SetOf({At("127.0.0.1:1")}));
  const ClusterSpec spec;
  const EndpointTable first(spec, set, nullptr), second(spec, set, nullptr);
  EXPECT_NE(first.endpoints()[0], second.endpoints()[0]);
}

TEST(IndexedEndpointsTest, AWrongGuessOfWhatIsKnownCostsNoEndpoint) {
  const IndexedEndpoints guessed(SetOf({At("127.0.0.1:1")}));
  const auto set = std::make_shared<const IndexedEndpoints>(SetOf({At("127.0.0.1:1")}), &guessed);
  const EndpointTable table(ClusterSpec(), set, nullptr);
  ASSERT_EQ(table.endpoints().size(), 1u);
  EXPECT_EQ(table.endpoints()[0]->address(), At("127.0.0.1:1").address);
}

}  // namespace
}  // namespace sluice::upstream
