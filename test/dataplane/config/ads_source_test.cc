#include "dataplane/config/ads_source.h"

#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"

namespace sluice::config {
namespace {

std::vector<std::string> ErrorsOfSource(const std::string& text) {
  ErrorList errors;
  CheckAdsSource(FromText<envoy::config::core::v3::ConfigSource>(text), "at", errors);
  return Lines(errors);
}

TEST(AdsSourceTest, TakesTheStreamByBothNames) {
  EXPECT_TRUE(ErrorsOfSource("ads {} resource_api_version: V3").empty());
  EXPECT_TRUE(ErrorsOfSource("self {} initial_fetch_timeout { seconds: 3 }").empty());
}

TEST(AdsSourceTest, RefusesOtherSourcesByName) {
  EXPECT_EQ(ErrorsOfSource("path: '/etc/x'"),
            (std::vector<std::string>{"at.path: not implemented yet",
                                      "at: only ads and self are implemented yet"}));
  EXPECT_EQ(ErrorsOfSource(""),
            (std::vector<std::string>{"at: only ads and self are implemented yet"}));
}

}  // namespace
}  // namespace sluice::config
