#include "dataplane/upstream/health_reasons.h"

#include <gtest/gtest.h>

#include "test/dataplane/upstream/world.h"

namespace sluice::upstream {
namespace {

using balance::Health;

EndpointSet OneEndpoint(Health health, bool draining = false) {
  EndpointSet set = World::SetOf({net::Address::Parse("127.0.0.1:1").value()});
  set.endpoints[0].health = health;
  set.endpoints[0].draining = draining;
  return set;
}

TEST(HealthReasonsTest, AnyReasonToStayAwayOutweighsADegradedOne) {
  EXPECT_EQ(EffectiveHealth(0), Health::kHealthy);
  EXPECT_EQ(EffectiveHealth(kPendingActive | kActiveTimeout | kDrainingEds), Health::kHealthy);
  EXPECT_EQ(EffectiveHealth(kDegradedEds), Health::kDegraded);
  EXPECT_EQ(EffectiveHealth(kDegradedActive), Health::kDegraded);
  for (const HealthReason reason : {kFailedActive, kEjected, kFailedEds}) {
    EXPECT_EQ(EffectiveHealth(reason | kDegradedEds), Health::kUnhealthy) << reason;
  }
}

TEST(HealthReasonsTest, FlagsAreNamedAsInEnvoy) {
  EXPECT_EQ(HealthFlags(0), "healthy");
  EXPECT_EQ(HealthFlags(kFailedActive), "/failed_active_hc");
  EXPECT_EQ(HealthFlags(kEjected | kDegradedEds), "/failed_outlier_check/degraded_eds_health");
}

TEST(HealthReasonsTest, AnEndpointStaysOutUntilTheLastReasonIsGone) {
  World world;
  world.Serve(Spec(), {net::Address::Parse("127.0.0.1:1").value()});
  Endpoint& endpoint = world.EndpointAt(0);
  world.registry.Mark(*world.cluster, endpoint, kEjected, kEjected);
  world.registry.Mark(*world.cluster, endpoint, kActiveReasons, kFailedActive);
  world.registry.Mark(*world.cluster, endpoint, kEjected, 0);
  EXPECT_EQ(endpoint.health().load(), Health::kUnhealthy);
  world.registry.Mark(*world.cluster, endpoint, kActiveReasons, 0);
  EXPECT_EQ(endpoint.health().load(), Health::kHealthy);
}

TEST(HealthReasonsTest, AnAssignmentChangesItsOwnReasonsOnly) {
  World world;
  world.Serve(Spec(), {net::Address::Parse("127.0.0.1:1").value()});
  Endpoint& endpoint = world.EndpointAt(0);
  world.registry.Mark(*world.cluster, endpoint, kEjected, kEjected);
  world.registry.SetEndpoints(*world.cluster, OneEndpoint(Health::kUnhealthy, true));
  EXPECT_EQ(&world.EndpointAt(0), &endpoint);
  EXPECT_EQ(endpoint.reasons(), kEjected | kFailedEds | kDrainingEds);
  world.registry.SetEndpoints(*world.cluster, OneEndpoint(Health::kHealthy));
  EXPECT_EQ(endpoint.reasons(), kEjected) << "an ejected endpoint stays ejected";
  EXPECT_EQ(endpoint.health().load(), Health::kUnhealthy);
}

}  // namespace
}  // namespace sluice::upstream
