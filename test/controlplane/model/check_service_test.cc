#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

Strings Problems(const std::string& spec) { return ProblemsWith("Service", "shop/s", "service { " + spec + " }"); }

TEST(CheckServiceTest, ASourceIsRequired) {
  EXPECT_EQ(Problems(""), Strings{"Service shop/s spec invalid"});
}

TEST(CheckServiceTest, EndpointsAreAddressesWithPorts) {
  EXPECT_EQ(Problems("static {}"), Strings{"Service shop/s spec.static.endpoints invalid"});
  EXPECT_EQ(Problems(R"(static { endpoints { address: "a" port: 1 } endpoints { address: "10.0.0.1" }
                        endpoints { address: "10.0.0.1" port: 1 weight: 129 }
                        endpoints { address: "10.0.0.1" port: 1 } })"),
            (Strings{"Service shop/s spec.static.endpoints[0] invalid",
                     "Service shop/s spec.static.endpoints[1] invalid",
                     "Service shop/s spec.static.endpoints[2] invalid",
                     "Service shop/s spec.static.endpoints[3] conflict"}));
}

TEST(CheckServiceTest, OtherSourcesAreChecked) {
  EXPECT_EQ(Problems("dns { name: 'a b' port: 0 }"),
            (Strings{"Service shop/s spec.dns.name invalid", "Service shop/s spec.dns.port invalid"}));
  EXPECT_EQ(Problems("file {}"), Strings{"Service shop/s spec.file.path invalid"});
  EXPECT_EQ(Problems("registered { ttl { nanos: 5 } }"), Strings{"Service shop/s spec.registered.ttl invalid"});
  EXPECT_EQ(Problems("registered {}"), Strings{});
}

TEST(CheckServiceTest, ConnectTimeoutIsBoundedAndZonesKnown) {
  EXPECT_EQ(Problems("registered {} connect_timeout {} zones: 9"),
            (Strings{"Service shop/s spec.connect_timeout invalid", "Service shop/s spec.zones not_implemented"}));
}

}  // namespace
}  // namespace sluice::model
