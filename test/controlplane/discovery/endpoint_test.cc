#include "controlplane/discovery/endpoint.h"

#include <gtest/gtest.h>

#include "test/controlplane/discovery/endpoints.h"

namespace sluice::discovery {
namespace {

TEST(EndpointTest, TakesIpLiteralsOnly) {
  EXPECT_TRUE(CheckEndpoint(At("10.0.0.1", 80)).ok());
  EXPECT_TRUE(CheckEndpoint(At("2001:db8::1", 65535, "z", 128)).ok());
  for (const char* address : {"", "localhost", "10.0.0", "10.0.0.1:80", "[::1]"}) {
    EXPECT_EQ(CheckEndpoint(At(address, 80)).message(), "address: must be an IPv4 or IPv6 literal")
        << address;
  }
}

TEST(EndpointTest, RefusesPortsAndWeightsOutOfRange) {
  EXPECT_EQ(CheckEndpoint(At("10.0.0.1", 0)).message(), "port: must be 1 to 65535");
  EXPECT_EQ(CheckEndpoint(At("10.0.0.1", 65536)).message(), "port: must be 1 to 65535");
  EXPECT_EQ(CheckEndpoint(At("10.0.0.1", 80, "", 129)).message(), "weight: at most 128");
}

TEST(EndpointTest, NormalizedIsSortedAndKeepsTheFirstOfTwo) {
  const std::vector<Endpoint> endpoints = Normalized(
      {At("10.0.0.2", 80), At("10.0.0.1", 81, "a"), At("10.0.0.1", 80), At("10.0.0.1", 81, "b")});
  EXPECT_EQ(Text(endpoints), "10.0.0.1:80 10.0.0.1:81@a 10.0.0.2:80");
  EXPECT_EQ(endpoints[0].weight(), 1u);
}

TEST(EndpointTest, WritesIpv6InBrackets) { EXPECT_EQ(AddressOf(At("::1", 80)), "[::1]:80"); }

TEST(EndpointTest, EveryFieldMakesADifference) {
  EXPECT_TRUE(Same(At("::1", 80, "z", 1), At("::1", 80, "z", 1)));
  EXPECT_FALSE(Same(At("::1", 80, "z", 1), At("::1", 80, "y", 1)));
  EXPECT_FALSE(Same(At("::1", 80, "z", 1), At("::1", 80, "z", 2)));
  EXPECT_FALSE(Same(Ports(80, 2), Ports(80, 3)));
}

}  // namespace
}  // namespace sluice::discovery
