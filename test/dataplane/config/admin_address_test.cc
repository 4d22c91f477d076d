#include "dataplane/config/admin_address.h"

#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"

namespace sluice::config {
namespace {

using envoy::config::bootstrap::v3::Bootstrap;

TEST(AdminAddressTest, IsOptional) {
  ErrorList errors;
  EXPECT_FALSE(AdminAddress(Bootstrap(), errors).is_ip());
  const auto with = FromText<Bootstrap>(
      "admin { address { socket_address { address: '127.0.0.1' port_value: 9901 } } }");
  EXPECT_EQ(AdminAddress(with, errors).ToString(), "127.0.0.1:9901");
  EXPECT_TRUE(errors.empty());
  const auto bad = FromText<Bootstrap>(
      "admin { address { socket_address { address: 'here' port_value: 9901 } } }");
  EXPECT_FALSE(AdminAddress(bad, errors).is_ip());
  EXPECT_EQ(errors.errors()[0].field_path, "admin.address.socket_address.address");
}

}  // namespace
}  // namespace sluice::config
