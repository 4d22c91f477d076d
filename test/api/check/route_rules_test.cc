#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envoy/config/route/v3/route.pb.h"
#include "envoy/type/matcher/v3/regex.pb.h"
#include "test/api/check/errors_of.h"

namespace sluice::api {
namespace {

using envoy::config::route::v3::RedirectAction;
using envoy::config::route::v3::RetryPolicy;
using envoy::config::route::v3::RouteAction;
using envoy::config::route::v3::RouteConfiguration;
using envoy::config::route::v3::WeightedCluster;
using envoy::type::matcher::v3::RegexMatchAndSubstitute;
using envoy::type::matcher::v3::RegexMatcher;
using testing::ElementsAre;

TEST(RouteRules, ADomainBelongsToOneVirtualHost) {
  EXPECT_THAT(ErrorsOf<RouteConfiguration>(
                  "virtual_hosts { name: 'a' domains: ['x.test', 'X.test', 'y.test', 'y.test'] } "
                  "virtual_hosts { name: 'b' domains: ['*', 'X.Test.'] }"),
              ElementsAre("m.virtual_hosts[0].domains[3]: \"y.test\" is a domain of "
                          "virtual_hosts[0] already",
                          "m.virtual_hosts[1].domains[1]: \"X.Test.\" is a domain of "
                          "virtual_hosts[0] already"));
}

TEST(RouteRules, DirectBodiesKeepTheLimitOfTheConfiguration) {
  const auto config = [](const std::string& limit, size_t size) {
    return limit +
           "virtual_hosts { name: 'a' domains: '*' routes { match { prefix: '' } "
           "direct_response { status: 200 body { inline_string: '" +
           std::string(size, 'x') + "' } } } }";
  };
  EXPECT_THAT(ErrorsOf<RouteConfiguration>(config("", 4096)), ElementsAre());
  EXPECT_THAT(ErrorsOf<RouteConfiguration>(config("", 4097)),
              ElementsAre("m.virtual_hosts[0].routes[0].direct_response.body: has 4097 bytes, more "
                          "than the 4096 of max_direct_response_body_size_bytes"));
  EXPECT_THAT(ErrorsOf<RouteConfiguration>(
                  config("max_direct_response_body_size_bytes { value: 5000 } ", 5000)),
              ElementsAre());
}

TEST(RouteRules, OneRewriteOfThePathAndOneEntryPerUpgrade) {
  EXPECT_THAT(ErrorsOf<RouteAction>("cluster: 'c' prefix_rewrite: '/a' regex_rewrite { pattern { "
                                    "regex: 'x' } } upgrade_configs { upgrade_type: 'a' } "
                                    "upgrade_configs { upgrade_type: 'A' }"),
              ElementsAre("m.regex_rewrite: is set besides prefix_rewrite",
                          "m.upgrade_configs[1].upgrade_type: \"A\" is the type of "
                          "upgrade_configs[0] too"));
}

TEST(RouteRules, WeightsAddUpToOneTo32Bits) {
  EXPECT_THAT(ErrorsOf<WeightedCluster>("clusters { name: 'a' weight { value: 4294967295 } }"),
              ElementsAre());
  EXPECT_THAT(ErrorsOf<WeightedCluster>("clusters { name: 'a' weight { value: 4294967295 } } "
                                        "clusters { name: 'b' weight { value: 1 } }"),
              ElementsAre("m.clusters: the weights must add up to 1 to 4294967295, they add up to "
                          "4294967296"));
  EXPECT_THAT(ErrorsOf<WeightedCluster>("clusters { name: 'a' weight { value: 0 } }"),
              ElementsAre("m.clusters: the weights must add up to 1 to 4294967295, they add up to "
                          "0"));
  EXPECT_THAT(ErrorsOf<WeightedCluster>(
                  "clusters { name: 'a' weight { value: 7 } } total_weight { value: 100 }"),
              ElementsAre("m.total_weight: is 100, but the weights add up to 7"));
}

TEST(RouteRules, AWeightedOrMirroredClusterIsNamedInOneWay) {
  EXPECT_THAT(ErrorsOf<WeightedCluster>("clusters { weight { value: 1 } } clusters { name: 'a' "
                                        "cluster_header: 'h' weight { value: 1 } }"),
              ElementsAre("m.clusters[0]: exactly one of name and cluster_header is required",
                          "m.clusters[1]: exactly one of name and cluster_header is required"));
  EXPECT_THAT(ErrorsOf<RouteAction>("cluster: 'c' request_mirror_policies {}"),
              ElementsAre("m.request_mirror_policies[0]: exactly one of cluster and cluster_header "
                          "is required"));
}

TEST(RouteRules, BackOffAndPortStayInRange) {
  EXPECT_THAT(
      ErrorsOf<RetryPolicy::RetryBackOff>("base_interval { seconds: 1 } max_interval { nanos: 5 }"),
      ElementsAre("m.max_interval: is less than base_interval"));
  EXPECT_THAT(ErrorsOf<RedirectAction>("port_redirect: 65536"),
              ElementsAre("m.port_redirect: must be at most 65535, is 65536"));
}

TEST(RouteRules, RegularExpressionsAreRe2OfBoundedSize) {
  EXPECT_THAT(ErrorsOf<RegexMatcher>("regex: '/a+/.*'"), ElementsAre());
  EXPECT_THAT(ErrorsOf<RegexMatcher>("regex: '(a'"),
              ElementsAre("m.regex: is no valid RE2: missing ): (a"));
  EXPECT_THAT(ErrorsOf<RegexMatcher>("regex: '(?=a)b'"),
              ElementsAre("m.regex: is no valid RE2: invalid perl operator: (?="));
  EXPECT_THAT(ErrorsOf<RegexMatcher>("regex: '((a{100}){100}){100}'"),
              ElementsAre(testing::StartsWith("m.regex: is no valid RE2: ")));
  EXPECT_THAT(ErrorsOf<RegexMatcher>("regex: '" + std::string(20000, 'a') + "'"),
              ElementsAre("m.regex: must be at most 16384 bytes long"));
}

TEST(RouteRules, ASubstitutionUsesGroupsThatExist) {
  EXPECT_THAT(ErrorsOf<RegexMatchAndSubstitute>("pattern { regex: '(a)' } substitution: '\\\\1'"),
              ElementsAre());
  EXPECT_THAT(ErrorsOf<RegexMatchAndSubstitute>("pattern { regex: '(a)' } substitution: '\\\\2'"),
              ElementsAre(testing::StartsWith("m.substitution: ")));
}

}  // namespace
}  // namespace sluice::api
