#include "dataplane/health/outlier_detector.h"

#include <gtest/gtest.h>

#include "test/dataplane/health/world.h"

namespace sluice::health {
namespace {

using std::chrono::seconds;
using upstream::ClusterSpec;
using upstream::Ejection;

constexpr std::string_view kEjected = "/failed_outlier_check";
constexpr std::string_view kIn = "healthy";

ClusterSpec Watched() {
  ClusterSpec spec = upstream::Spec();
  spec.outlier.emplace().max_ejection_percent = 50;
  return spec;
}

int64_t Count(const upstream::HealthStats& stats, bool enforced, Ejection type) {
  const auto& all = enforced ? stats.enforced : stats.detected;
  return static_cast<int64_t>(all[static_cast<size_t>(type)].value());
}

TEST(OutlierDetectorTest, EjectsAfterFiveServerErrorsInARowAndBringsBackAfterTheBaseTime) {
  HealthWorld w;
  w.Serve(Watched(), 4);
  w.Answer(0, 500, 4);
  EXPECT_EQ(w.Flags(0), kIn);
  w.Answer(0, 500);
  EXPECT_EQ(w.Flags(0), kEjected);
  EXPECT_EQ(w.At(0).health().load(), balance::Health::kUnhealthy);
  EXPECT_EQ(w.stats().ejections_active.value(), 1);
  EXPECT_EQ(Count(w.stats(), true, Ejection::kConsecutive5xx), 1);
  w.world.Advance(seconds(29));
  EXPECT_EQ(w.Flags(0), kEjected);
  w.world.Advance(seconds(11));  // sweeps are each 10 s
  EXPECT_EQ(w.Flags(0), kIn);
  EXPECT_EQ(w.stats().ejections_active.value(), 0);
  w.Answer(0, 500, 4);
  EXPECT_EQ(w.Flags(0), kIn) << "what led to the ejection is forgotten";
}

TEST(OutlierDetectorTest, EachEjectionLastsLongerUpToTheMaximumAndGoodTimesShortenItAgain) {
  HealthWorld w;
  ClusterSpec spec = Watched();
  spec.outlier->interval = seconds(1);
  spec.outlier->base_ejection_time = seconds(10);
  spec.outlier->max_ejection_time = seconds(25);
  w.Serve(spec, 4);
  // How many seconds until it is back.
  const auto eject = [&] {
    w.Answer(0, 500, 5);
    int lasted = 0;
    for (; w.Flags(0) == kEjected && lasted < 100; ++lasted) w.world.Advance(seconds(1));
    return lasted;
  };
  EXPECT_NEAR(eject(), 10, 1);
  EXPECT_NEAR(eject(), 20, 1);
  EXPECT_NEAR(eject(), 25, 1);
  EXPECT_NEAR(eject(), 25, 1);
  w.world.Advance(seconds(1));
  for (int i = 0; i < 5; ++i) w.world.Advance(seconds(1));
  EXPECT_NEAR(eject(), 10, 1);
}

TEST(OutlierDetectorTest, NeverEjectsMoreThanTheShareAllowed) {
  HealthWorld w;
  w.Serve(Watched(), 4);
  for (size_t i = 0; i < 4; ++i) w.Answer(i, 500, 5);
  EXPECT_EQ(w.stats().ejections_active.value(), 2);
  EXPECT_EQ(w.stats().ejections_overflow.value(), 2u);
  EXPECT_EQ(w.Flags(2), kIn);
}

TEST(OutlierDetectorTest, OneMayAlwaysGoIfTheClusterSaysSo) {
  for (const bool always : {false, true}) {
    HealthWorld w;
    ClusterSpec spec = Watched();
    spec.outlier->max_ejection_percent = 10;
    spec.outlier->always_eject_one = always;
    w.Serve(spec, 3);
    w.Answer(0, 500, 5);
    w.Answer(1, 500, 5);
    EXPECT_EQ(w.Flags(0), always ? kEjected : kIn);
    EXPECT_EQ(w.Flags(1), kIn);
  }
}

TEST(OutlierDetectorTest, OnlyEnforcedDetectionsEject) {
  HealthWorld w;
  ClusterSpec spec = Watched();
  spec.outlier->consecutive_gateway = 3;
  w.Serve(spec, 4);
  w.Answer(0, 503, 4);
  EXPECT_EQ(w.Flags(0), kIn) << "enforcing_consecutive_gateway_failure is 0 by default";
  EXPECT_EQ(Count(w.stats(), false, Ejection::kConsecutiveGateway), 1);
  EXPECT_EQ(Count(w.stats(), true, Ejection::kConsecutiveGateway), 0);
}

TEST(OutlierDetectorTest, AnEjectedEndpointStaysEjectedThroughUpdatesAndOtherSpecs) {
  HealthWorld w;
  w.Serve(Watched(), 4);
  w.Answer(0, 500, 5);
  // Another order, a new neighbour, another name of the ejected address.
  upstream::EndpointSet set = upstream::World::SetOf(
      {HealthWorld::AddressAt(9), HealthWorld::AddressAt(1), HealthWorld::AddressAt(0)});
  set.endpoints[2].hostname = "renamed";
  w.world.registry.SetEndpoints(*w.world.cluster, set);
  EXPECT_EQ(w.Flags(2), kEjected);
  EXPECT_EQ(w.Flags(0), kIn);
  ClusterSpec other = Watched();
  other.breaker.max_connections = 7;
  other.outlier->consecutive_5xx = 3;
  w.Publish(other);
  EXPECT_EQ(w.Flags(2), kEjected);
  w.world.Advance(seconds(40));
  EXPECT_EQ(w.Flags(2), kIn);
  w.Answer(2, 500, 3);
  EXPECT_EQ(w.Flags(2), kEjected) << "by the new threshold";
}

TEST(OutlierDetectorTest, WhoLeavesMakesRoomAndASpecWithoutDetectionEndsAllEjections) {
  HealthWorld w;
  w.Serve(Watched(), 4);
  w.Answer(0, 500, 5);
  w.Answer(1, 500, 5);
  w.world.registry.SetEndpoints(*w.world.cluster,
                                upstream::World::SetOf({HealthWorld::AddressAt(1),
                                                        HealthWorld::AddressAt(2)}));
  EXPECT_EQ(w.stats().ejections_active.value(), 1);
  EXPECT_EQ(w.Flags(0), kEjected);
  w.Publish(upstream::Spec());
  EXPECT_EQ(w.Flags(0), kIn);
  EXPECT_EQ(w.stats().ejections_active.value(), 0);
}

TEST(OutlierDetectorTest, EjectsWhoAnswersFarWorseThanTheOthers) {
  HealthWorld w;
  ClusterSpec spec = Watched();
  spec.outlier->consecutive_5xx = 0;
  w.Serve(spec, 6);
  const auto traffic = [&](int bad) {
    for (size_t i = 0; i < 6; ++i) w.Answer(i, 200, 100);
    w.Answer(3, 500, bad);
  };
  traffic(0);
  w.world.Advance(seconds(10));
  EXPECT_EQ(Count(w.stats(), false, Ejection::kSuccessRate), 0);
  traffic(100);
  w.world.Advance(seconds(10));
  EXPECT_EQ(w.Flags(3), kEjected);
  EXPECT_EQ(Count(w.stats(), true, Ejection::kSuccessRate), 1);
  EXPECT_EQ(w.stats().ejections_active.value(), 1);
}

TEST(OutlierDetectorTest, TooFewRequestsOrEndpointsSayNothing) {
  for (const bool few_requests : {false, true}) {
    HealthWorld w;
    ClusterSpec spec = Watched();
    spec.outlier->consecutive_5xx = 0;
    const size_t endpoints = few_requests ? 6 : 4;
    w.Serve(spec, endpoints);
    for (size_t i = 0; i < endpoints; ++i) w.Answer(i, i == 0 ? 500 : 200, few_requests ? 40 : 200);
    w.world.Advance(seconds(10));
    EXPECT_EQ(w.Flags(0), kIn);
  }
}

TEST(OutlierDetectorTest, EjectsByTheShareOfFailures) {
  HealthWorld w;
  ClusterSpec spec = Watched();
  spec.outlier->consecutive_5xx = 0;
  spec.outlier->enforcing = {0, 0, 0, 0, 0, 100, 0};
  w.Serve(spec, 6);
  for (size_t i = 0; i < 6; ++i) w.Answer(i, 200, 50);
  w.Answer(1, 500, 450);  // 90 % in all
  w.Answer(2, 500, 150);  // 75 %
  w.world.Advance(seconds(10));
  EXPECT_EQ(w.Flags(1), kEjected);
  EXPECT_EQ(w.Flags(2), kIn);
  EXPECT_EQ(Count(w.stats(), true, Ejection::kFailurePercentage), 1);
}

}  // namespace
}  // namespace sluice::health
