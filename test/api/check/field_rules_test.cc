#include "api/check/field_rules.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/core/v3/protocol.pb.h"
#include "envoy/config/listener/v3/listener_components.pb.h"
#include "envoy/config/route/v3/route_components.pb.h"

namespace sluice::api {
namespace {

using testing::ElementsAre;

// Errors of the rules of one field alone.
std::vector<FieldError> Check(const google::protobuf::Message& message, std::string_view name) {
  ErrorList errors;
  for (const FieldRules& rules : RulesOf(*message.GetDescriptor())->fields) {
    if (rules.field->name() == name) CheckField(rules, message, FieldPath("m"), errors);
  }
  return errors.errors();
}

template <typename M>
M Parse(const std::string& text) {
  M message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

TEST(FieldRules, ReportsEachBadItemAtItsIndex) {
  const auto match =
      Parse<envoy::config::listener::v3::FilterChainMatch>("source_ports: [1, 0, 65535, 65536]");
  EXPECT_THAT(Check(match, "source_ports"),
              ElementsAre(FieldError{"m.source_ports[1]", "must be at least 1, is 0"},
                          FieldError{"m.source_ports[3]", "must be at most 65535, is 65536"}));
}

TEST(FieldRules, ARuleOnAWrappedValueHoldsOnceItIsSet) {
  using LeastRequest = envoy::config::cluster::v3::Cluster::LeastRequestLbConfig;
  EXPECT_THAT(Check(LeastRequest(), "choice_count"), ElementsAre());
  EXPECT_THAT(Check(Parse<LeastRequest>("choice_count {}"), "choice_count"),
              ElementsAre(FieldError{"m.choice_count", "must be at least 2, is 0"}));
}

TEST(FieldRules, ARuleOnAPlainScalarHoldsForItsZeroToo) {
  EXPECT_THAT(Check(envoy::config::route::v3::DirectResponseAction(), "status"),
              ElementsAre(FieldError{"m.status", "must be at least 200, is 0"}));
}

TEST(FieldRules, ARequiredFieldIsReportedOnceAndItsValueOnlyWhenSet) {
  using BackOff = envoy::config::route::v3::RetryPolicy::RetryBackOff;
  EXPECT_THAT(Check(BackOff(), "base_interval"),
              ElementsAre(FieldError{"m.base_interval", "is required"}));
  EXPECT_THAT(Check(Parse<BackOff>("base_interval {}"), "base_interval"),
              ElementsAre(FieldError{"m.base_interval", "must be greater than 0s, is 0s"}));
}

TEST(FieldRules, LeavesNegativeDurationsToTheWalk) {
  using BackOff = envoy::config::route::v3::RetryPolicy::RetryBackOff;
  EXPECT_THAT(Check(Parse<BackOff>("base_interval { seconds: -1 }"), "base_interval"),
              ElementsAre());
}

TEST(FieldRules, CountsItems) {
  using Policy = envoy::config::route::v3::InternalRedirectPolicy;
  EXPECT_THAT(Check(Parse<Policy>("redirect_response_codes: [1, 2, 3, 4, 5, 6]"),
                    "redirect_response_codes"),
              ElementsAre(FieldError{"m.redirect_response_codes", "must have at most 5 items"}));
  EXPECT_THAT(Check(envoy::config::route::v3::VirtualHost(), "domains"),
              ElementsAre(FieldError{"m.domains", "must not be empty"}));
}

TEST(FieldRules, AnEmptyTextMayBeLeftAlone) {
  using Options = envoy::config::core::v3::UpstreamHttpProtocolOptions;
  EXPECT_THAT(Check(Options(), "override_auto_sni_header"), ElementsAre());
  EXPECT_THAT(Check(Parse<Options>("override_auto_sni_header: 'a b'"), "override_auto_sni_header"),
              ElementsAre(FieldError{"m.override_auto_sni_header", "is no valid header name"}));
}

}  // namespace
}  // namespace sluice::api
