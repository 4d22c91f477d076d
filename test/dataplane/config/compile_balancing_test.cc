#include "dataplane/config/compile_balancing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"

namespace sluice::config {
namespace {

using balance::Balancing;
using balance::HashFunction;
using balance::PolicyKind;
using envoy::config::cluster::v3::Cluster;
using envoy::config::endpoint::v3::ClusterLoadAssignment;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Balancing Compiled(const std::string& text) {
  ErrorList errors;
  const Balancing balancing = CompileBalancing(FromText<Cluster>(text), "", errors);
  EXPECT_THAT(Lines(errors), IsEmpty()) << text;
  return balancing;
}

std::vector<std::string> Errors(const std::string& text) {
  ErrorList errors;
  CompileBalancing(FromText<Cluster>(text), "c", errors);
  return Lines(errors);
}

// One entry of a load_balancing_policy; `message` is the last two words of its type.
std::string Policy(const std::string& package, const std::string& message,
                   const std::string& body = "") {
  return "policies { typed_extension_config { name: '" + package +
         "' typed_config { [type.googleapis.com/envoy.extensions.load_balancing_policies." +
         package + ".v3." + message + "] { " + body + " } } } } ";
}

std::string Extensions(const std::string& list) { return "load_balancing_policy { " + list + "} "; }

constexpr char kUnknown[] =
    "policies { typed_extension_config { name: 'acme' typed_config { type_url: "
    "'type.googleapis.com/acme.Policy' } } } ";
constexpr char kAt[] = "c.load_balancing_policy.policies[0].typed_extension_config.typed_config";

TEST(CompileBalancing, DefaultsAreEnvoys) {
  const Balancing balancing = Compiled("");
  EXPECT_EQ(balancing.policy, PolicyKind::kRoundRobin);
  EXPECT_EQ(balancing.panic_percent, 50u);
  EXPECT_EQ(balancing.slow_start.window, seconds(0));
  EXPECT_FALSE(balancing.locality_weighted);
  EXPECT_EQ(Compiled("lb_policy: LEAST_REQUEST").choice_count, 2u);
  EXPECT_EQ(Compiled("lb_policy: LEAST_REQUEST").active_request_bias, 1.0);
  EXPECT_EQ(Compiled("lb_policy: RING_HASH").min_ring_size, 1024u);
  EXPECT_EQ(Compiled("lb_policy: RING_HASH").max_ring_size, 8388608u);
  EXPECT_EQ(Compiled("lb_policy: RING_HASH").hash_function, HashFunction::kXxHash);
  EXPECT_EQ(Compiled("lb_policy: MAGLEV").maglev_table_size, 65537u);
}

TEST(CompileBalancing, TakesCommonSettings) {
  const Balancing balancing = Compiled(
      "lb_policy: MAGLEV common_lb_config { healthy_panic_threshold { value: 33.5 } "
      "locality_weighted_lb_config {} "
      "consistent_hashing_lb_config { use_hostname_for_hashing: true } }");
  EXPECT_EQ(balancing.panic_percent, 34u);
  EXPECT_TRUE(balancing.locality_weighted);
  EXPECT_TRUE(balancing.hash_hostname);
}

constexpr char kSlow[] =
    "slow_start_config { slow_start_window { seconds: 30 } aggression { default_value: 1.5 "
    "runtime_key: 'a' } min_weight_percent { value: 20 } }";
constexpr char kLeast[] = "choice_count { value: 4 } active_request_bias { default_value: 0.5 "
                          "runtime_key: 'b' } ";
constexpr char kRing[] = "hash_function: MURMUR_HASH_2 minimum_ring_size { value: 10 } "
                         "maximum_ring_size { value: 20 } ";

void ExpectSlow(const Balancing& balancing) {
  EXPECT_EQ(balancing.slow_start,
            (balance::SlowStart{.window = seconds(30), .aggression = 1.5, .min_weight = 0.2}));
}
void ExpectLeast(const Balancing& balancing) {
  EXPECT_EQ(balancing.policy, PolicyKind::kLeastRequest);
  EXPECT_EQ(balancing.choice_count, 4u);
  EXPECT_EQ(balancing.active_request_bias, 0.5);
  ExpectSlow(balancing);
}
void ExpectRing(const Balancing& balancing) {
  EXPECT_EQ(balancing.policy, PolicyKind::kRingHash);
  EXPECT_EQ(balancing.hash_function, HashFunction::kMurmurHash2);
  EXPECT_EQ(balancing.min_ring_size, 10u);
  EXPECT_EQ(balancing.max_ring_size, 20u);
}

TEST(CompileBalancing, TakesTheOptionsOfEachPolicy) {
  ExpectSlow(Compiled(std::string("round_robin_lb_config { ") + kSlow + "}"));
  ExpectLeast(Compiled(std::string("lb_policy: LEAST_REQUEST least_request_lb_config { ") + kLeast +
                       kSlow + "}"));
  ExpectRing(Compiled(std::string("lb_policy: RING_HASH ring_hash_lb_config { ") + kRing + "}"));
  const Balancing maglev =
      Compiled("lb_policy: MAGLEV maglev_lb_config { table_size { value: 1009 } }");
  EXPECT_EQ(maglev.policy, PolicyKind::kMaglev);
  EXPECT_EQ(maglev.maglev_table_size, 1009u);
}

TEST(CompileBalancing, TakesTheSameOptionsFromExtensions) {
  const std::string by_locality = "locality_lb_config { locality_weighted_lb_config {} } ";
  const Balancing round_robin =
      Compiled(Extensions(Policy("round_robin", "RoundRobin", by_locality + kSlow)));
  EXPECT_EQ(round_robin.policy, PolicyKind::kRoundRobin);
  EXPECT_TRUE(round_robin.locality_weighted);
  ExpectSlow(round_robin);
  ExpectLeast(Compiled(Extensions(
      Policy("least_request", "LeastRequest", std::string(kLeast) + kSlow + by_locality))));
  const Balancing random = Compiled(Extensions(Policy("random", "Random", by_locality)));
  EXPECT_EQ(random.policy, PolicyKind::kRandom);
  EXPECT_TRUE(random.locality_weighted);
  const Balancing ring = Compiled(Extensions(
      Policy("ring_hash", "RingHash",
             std::string(kRing) + "consistent_hashing_lb_config { use_hostname_for_hashing: true } "
                                  "locality_weighted_lb_config {}")));
  ExpectRing(ring);
  EXPECT_TRUE(ring.hash_hostname && ring.locality_weighted);
  EXPECT_TRUE(Compiled(Extensions(Policy("ring_hash", "RingHash", "use_hostname_for_hashing: true")))
                  .hash_hostname);
  const Balancing maglev = Compiled(Extensions(
      Policy("maglev", "Maglev",
             "table_size { value: 1009 } locality_weighted_lb_config {} "
             "consistent_hashing_lb_config { use_hostname_for_hashing: true }")));
  EXPECT_EQ(maglev.policy, PolicyKind::kMaglev);
  EXPECT_EQ(maglev.maglev_table_size, 1009u);
  EXPECT_TRUE(maglev.hash_hostname && maglev.locality_weighted);
}

TEST(CompileBalancing, TheFirstExtensionThatIsKnownWinsOverThoseBehindItAndOverTheEnum) {
  const Balancing balancing =
      Compiled("lb_policy: RING_HASH common_lb_config { healthy_panic_threshold {} } " +
               Extensions(kUnknown + Policy("random", "Random") + Policy("maglev", "Maglev")));
  EXPECT_EQ(balancing.policy, PolicyKind::kRandom);
  EXPECT_EQ(balancing.panic_percent, 0u) << "still from common_lb_config";
}

TEST(CompileBalancing, WrrLocalityWeighsLocalitiesAroundItsPolicy) {
  const Balancing balancing = Compiled(Extensions(
      Policy("wrr_locality", "WrrLocality",
             "endpoint_picking_policy { " + std::string(kUnknown) +
                 Policy("least_request", "LeastRequest", "choice_count { value: 3 }") + "}")));
  EXPECT_EQ(balancing.policy, PolicyKind::kLeastRequest);
  EXPECT_EQ(balancing.choice_count, 3u);
  EXPECT_TRUE(balancing.locality_weighted);
}

TEST(CompileBalancing, ReportsExtensionsThatCannotBeUsed) {
  EXPECT_THAT(Errors(Extensions("")),
              ElementsAre("c.load_balancing_policy.policies: must not be empty"));
  EXPECT_THAT(Errors(Extensions(kUnknown)),
              ElementsAre("c.load_balancing_policy.policies: none is known here: 'acme'"));
  EXPECT_THAT(Errors("lb_policy: LOAD_BALANCING_POLICY_CONFIG"),
              ElementsAre("c.load_balancing_policy: is required for lb_policy "
                          "LOAD_BALANCING_POLICY_CONFIG"));
  EXPECT_THAT(
      Errors(Extensions(Policy("wrr_locality", "WrrLocality",
                               "endpoint_picking_policy { " +
                                   Policy("wrr_locality", "WrrLocality") + "}"))),
      ElementsAre(std::string(kAt) +
                  ".endpoint_picking_policy.policies: none is known here: 'wrr_locality'"));
  EXPECT_THAT(Errors(Extensions(Policy("least_request", "LeastRequest",
                                       "selection_method: FULL_SCAN locality_lb_config { "
                                       "zone_aware_lb_config {} }"))),
              UnorderedElementsAre(
                  std::string(kAt) + ".selection_method: FULL_SCAN: not implemented yet",
                  std::string(kAt) + ".locality_lb_config.zone_aware_lb_config: not implemented yet"));
  EXPECT_THAT(Errors(Extensions(Policy("ring_hash", "RingHash", "hash_balance_factor { value: 120 } "
                                       "consistent_hashing_lb_config { hash_balance_factor { "
                                       "value: 120 } }"))),
              UnorderedElementsAre(
                  std::string(kAt) + ".hash_balance_factor: not implemented yet",
                  std::string(kAt) +
                      ".consistent_hashing_lb_config.hash_balance_factor: not implemented yet"));
}

TEST(CompileBalancing, ReportsEveryErrorWithItsPath) {
  EXPECT_THAT(Errors("lb_policy: RANDOM round_robin_lb_config {} common_lb_config { "
                     "healthy_panic_threshold { value: 101 } zone_aware_lb_config {} "
                     "update_merge_window {} "
                     "consistent_hashing_lb_config { hash_balance_factor { value: 150 } } }"),
              UnorderedElementsAre(
                  "c.common_lb_config.healthy_panic_threshold: must be between 0 and 100",
                  "c.common_lb_config.zone_aware_lb_config: not implemented yet",
                  "c.common_lb_config.update_merge_window: not implemented yet",
                  "c.common_lb_config.consistent_hashing_lb_config.hash_balance_factor: not "
                  "implemented yet",
                  "c.round_robin_lb_config: does not belong to lb_policy RANDOM"));
  EXPECT_THAT(Errors("lb_policy: LEAST_REQUEST least_request_lb_config { choice_count { value: 1 } "
                     "active_request_bias { default_value: -1 } slow_start_config { "
                     "slow_start_window { seconds: -1 } aggression { default_value: 0 } "
                     "min_weight_percent { value: -0.5 } } }"),
              UnorderedElementsAre(
                  "c.least_request_lb_config.choice_count: must be at least 2",
                  "c.least_request_lb_config.active_request_bias.default_value: must not be negative",
                  "c.least_request_lb_config.slow_start_config.slow_start_window: must not be "
                  "negative",
                  "c.least_request_lb_config.slow_start_config.aggression.default_value: must be "
                  "greater than 0",
                  "c.least_request_lb_config.slow_start_config.min_weight_percent: must be between "
                  "0 and 100"));
  EXPECT_THAT(Errors("lb_policy: MAGLEV maglev_lb_config { table_size { value: 65536 } }"),
              ElementsAre("c.maglev_lb_config.table_size: must be a prime; 65536 is not"));
  EXPECT_THAT(Errors("lb_policy: MAGLEV maglev_lb_config { table_size { value: 5000077 } }"),
              ElementsAre("c.maglev_lb_config.table_size: must be at most 5000011"));
  EXPECT_THAT(Errors("lb_policy: RING_HASH ring_hash_lb_config { minimum_ring_size { value: 30 } "
                     "maximum_ring_size { value: 20 } }"),
              ElementsAre("c.ring_hash_lb_config.minimum_ring_size: is 30, more than "
                          "maximum_ring_size, which is 20"));
  EXPECT_THAT(Errors("lb_policy: RING_HASH ring_hash_lb_config { minimum_ring_size {} }"),
              ElementsAre("c.ring_hash_lb_config.minimum_ring_size: must be at least 1"));
}

TEST(CompileBalancing, TakesTheProvisioningOfAnAssignment) {
  ErrorList errors;
  const auto provisioning = [&](const std::string& text) {
    return CompileProvisioning(FromText<ClusterLoadAssignment::Policy>(text), "p", errors);
  };
  EXPECT_EQ(provisioning(""), balance::Provisioning());
  EXPECT_EQ(provisioning("overprovisioning_factor { value: 200 } weighted_priority_health: true"),
            (balance::Provisioning{.factor_percent = 200, .weighted_by_endpoint = true}));
  EXPECT_THAT(Lines(errors), IsEmpty());
  provisioning("overprovisioning_factor {} endpoint_stale_after { seconds: 1 }");
  EXPECT_THAT(Lines(errors),
              UnorderedElementsAre("p.overprovisioning_factor: must be greater than 0",
                                   "p.endpoint_stale_after: not implemented yet"));
}

}  // namespace
}  // namespace sluice::config
