#include "dataplane/health/health_watch.h"

#include <gtest/gtest.h>

#include "test/dataplane/health/world.h"
#include "test/support/fake_upstream.h"

namespace sluice::health {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::FakeUpstream;
using upstream::ClusterSpec;

ClusterSpec CheckedAndWatched() {
  ClusterSpec spec = CheckedSpec(HttpCheck());
  spec.outlier.emplace().max_ejection_percent = 100;
  return spec;
}

TEST(HealthWatchTest, APassedCheckEndsAnEjectionUnlessItMayNot) {
  for (const bool may : {true, false}) {
    HealthWorld w;
    FakeUpstream backend(w.world.worker.loop);
    backend.AnswerWith(std::string(upstream::kOk));
    ClusterSpec spec = CheckedAndWatched();
    spec.outlier->uneject_on_check = may;
    w.Serve(spec, {backend.address()});
    w.world.Advance(milliseconds(16));
    w.Answer(0, 500, 5);
    EXPECT_EQ(w.Flags(0), "/failed_outlier_check");
    w.world.Advance(seconds(1) + milliseconds(16));
    EXPECT_EQ(w.Flags(0), may ? "healthy" : "/failed_outlier_check");
  }
}

TEST(HealthWatchTest, AnEndedEjectionDoesNotOutvoteAFailedCheck) {
  HealthWorld w;
  FakeUpstream backend(w.world.worker.loop);
  backend.AnswerWith("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n");
  w.Serve(CheckedAndWatched(), {backend.address()});
  w.world.Advance(milliseconds(16));
  w.Answer(0, 500, 5);
  EXPECT_EQ(w.Flags(0), "/failed_active_hc/failed_outlier_check");
  for (int i = 0; i < 50; ++i) w.world.Advance(seconds(1));
  EXPECT_EQ(w.Flags(0), "/failed_active_hc");
}

TEST(HealthWatchTest, FailedRequestsLeadTrafficAway) {
  HealthWorld w;
  FakeUpstream good(w.world.worker.loop);
  good.AnswerWith(std::string(upstream::kOk));
  ClusterSpec spec = upstream::Spec();
  spec.outlier.emplace().max_ejection_percent = 50;
  upstream::WorkerCluster& cluster =
      w.Serve(spec, {good.address(), test::RefusingAddress()});
  upstream::Client client(w.world.worker.blocks);
  int failed = 0;
  for (int i = 0; i < 50; ++i) {
    client.Forget();
    client.Get(cluster);
    w.world.Run();
    failed += client.failed() ? 1 : 0;
  }
  EXPECT_EQ(failed, 5) << "consecutive_5xx of them";
  EXPECT_EQ(w.Flags(1), "/failed_outlier_check");
}

TEST(HealthWatchTest, AClusterThatNoSnapshotNamesIsNotWatchedAndOneThatIsBackIs) {
  HealthWorld w;
  FakeUpstream backend(w.world.worker.loop);
  backend.AnswerWith(std::string(upstream::kOk));
  w.Serve(CheckedAndWatched(), {backend.address()});
  w.world.Advance(milliseconds(16));
  EXPECT_EQ(backend.requests(), 1u);
  w.world.cluster = nullptr;
  w.world.registry.Collect();
  for (int i = 0; i < 5; ++i) w.world.Advance(seconds(1));
  EXPECT_EQ(backend.requests(), 1u);
  EXPECT_EQ(backend.open(), 0u);
  w.Serve(CheckedAndWatched(), {backend.address()});
  w.world.Advance(milliseconds(16));
  EXPECT_EQ(backend.requests(), 2u);
}

TEST(HealthWatchTest, ChecksTakeNothingOfTheClustersOwnLimitsAndCounts) {
  HealthWorld w;
  FakeUpstream backend(w.world.worker.loop);
  backend.AnswerWith(std::string(upstream::kOk));
  ClusterSpec spec = CheckedSpec(HttpCheck());
  spec.breaker.max_connections = spec.breaker.max_requests = 0;
  w.Serve(spec, {backend.address()});
  w.world.Advance(milliseconds(16));
  EXPECT_EQ(w.Flags(0), "healthy");
  EXPECT_EQ(w.world.Count(&upstream::PoolStats::rq_total), 0u);
}

}  // namespace
}  // namespace sluice::health
