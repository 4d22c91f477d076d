#include "dataplane/main/ads_settings.h"

#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"

namespace sluice::main {
namespace {

using envoy::config::bootstrap::v3::Bootstrap;

std::optional<xds::AdsOptions> Settings(const std::string& text, config::ErrorList& errors) {
  return AdsSettings(config::FromText<Bootstrap>(text), errors);
}

constexpr char kGood[] =
    "node { id: 'n' } dynamic_resources { ads_config { api_type: DELTA_GRPC grpc_services { "
    "envoy_grpc { cluster_name: 'control' authority: 'a' max_receive_message_length { value: 9 } } "
    "} } ";

TEST(AdsSettingsTest, ReadsTheServerAndTheNode) {
  config::ErrorList errors;
  const auto options = Settings(std::string(kGood) + "}", errors);
  ASSERT_TRUE(options.has_value()) << errors.ToStatus();
  EXPECT_EQ(options->cluster, "control");
  EXPECT_EQ(options->authority, "a");
  EXPECT_EQ(options->max_message, 9u);
  EXPECT_EQ(options->discovery.variant, xds::Variant::kDelta);
  EXPECT_EQ(options->discovery.node.id(), "n");
  EXPECT_EQ(options->discovery.initial_fetch_timeout, std::chrono::seconds(15));
}

TEST(AdsSettingsTest, TheLongerWaitCountsAndZeroIsTheLongest) {
  config::ErrorList errors;
  const std::string cds = "cds_config { ads {} initial_fetch_timeout { seconds: 20 } } ";
  EXPECT_EQ(Settings(kGood + cds + "}", errors)->discovery.initial_fetch_timeout,
            std::chrono::seconds(20));
  const std::string lds = "lds_config { ads {} initial_fetch_timeout {} } ";
  EXPECT_EQ(Settings(kGood + cds + lds + "}", errors)->discovery.initial_fetch_timeout,
            base::Duration::zero());
}

TEST(AdsSettingsTest, NoneIsNoError) {
  config::ErrorList errors;
  EXPECT_FALSE(Settings("dynamic_resources {}", errors).has_value());
  EXPECT_TRUE(errors.empty());
}

TEST(AdsSettingsTest, RefusesOtherTransportsByName) {
  config::ErrorList errors;
  EXPECT_FALSE(
      Settings("dynamic_resources { ads_config { api_type: REST grpc_services { google_grpc {} "
               "timeout { seconds: 1 } } rate_limit_settings {} } }",
               errors)
          .has_value());
  std::string all;
  for (const std::string& line : config::Lines(errors)) all += line + "\n";
  for (const char* path : {"ads_config.api_type: must be", "grpc_services[0].google_grpc: not impl",
                           "grpc_services[0].timeout: not impl", "rate_limit_settings: not impl"}) {
    EXPECT_NE(all.find(path), std::string::npos) << path << " in\n" << all;
  }
}

}  // namespace
}  // namespace sluice::main
