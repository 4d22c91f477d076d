#include "dataplane/health/endpoint_checker.h"

#include <gtest/gtest.h>

#include "test/dataplane/health/world.h"
#include "test/support/fake_upstream.h"

namespace sluice::health {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::FakeUpstream;
using upstream::ClusterSpec;

constexpr std::string_view kFailed = "/failed_active_hc";
constexpr std::string_view kIn = "healthy";

std::string Answer(int status) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\ncontent-length: 0\r\n\r\n";
}

class EndpointCheckerTest : public testing::Test {
 protected:
  void Serve(ClusterSpec spec = CheckedSpec(HttpCheck())) {
    w.Serve(std::move(spec), {backend.address()});
  }
  // One interval later.
  void Next(base::Duration after = seconds(1)) { w.world.Advance(after + milliseconds(16)); }

  HealthWorld w;
  FakeUpstream backend{w.world.worker.loop};
};

TEST_F(EndpointCheckerTest, ANewEndpointIsOutUntilItsFirstCheckWhichDecidesAlone) {
  backend.AnswerWith(Answer(200));
  Serve();
  EXPECT_EQ(w.Flags(0), "/failed_active_hc/pending_active_hc");
  Next(seconds(0));
  EXPECT_EQ(w.Flags(0), kIn);
  EXPECT_EQ(w.stats().attempt.value(), 1u);
  EXPECT_EQ(w.stats().success.value(), 1u);
  EXPECT_EQ(w.stats().healthy.value(), 1);
}

TEST_F(EndpointCheckerTest, AFirstCheckThatFailsLeavesItOut) {
  backend.AnswerWith(Answer(503));
  Serve();
  Next(seconds(0));
  EXPECT_EQ(w.Flags(0), kFailed);
  EXPECT_EQ(w.stats().healthy.value(), 0);
}

TEST_F(EndpointCheckerTest, AnUnexpectedStatusMakesItUnhealthyAtOnce) {
  backend.AnswerWith(Answer(200));
  Serve();
  Next(seconds(0));
  backend.AnswerWith(Answer(503));
  Next();
  EXPECT_EQ(w.Flags(0), kFailed);
  EXPECT_EQ(w.stats().failure.value(), 1u);
  EXPECT_EQ(w.stats().network_failure.value(), 0u);
}

TEST_F(EndpointCheckerTest, ARetriableStatusCountsTowardsTheThreshold) {
  upstream::HttpCheckSpec http = HttpCheck();
  http.retriable = {{500, 600}};
  backend.AnswerWith(Answer(200));
  Serve(CheckedSpec(http));
  Next(seconds(0));
  backend.AnswerWith(Answer(503));
  Next();
  EXPECT_EQ(w.Flags(0), kIn);
  Next();
  EXPECT_EQ(w.Flags(0), kFailed);
}

TEST_F(EndpointCheckerTest, NoAnswerInTimeCountsTowardsTheThresholdAndIsNamed) {
  backend.AnswerWith(Answer(200));
  Serve();
  Next(seconds(0));
  backend.AnswerWith("");
  Next();
  Next(milliseconds(500));
  EXPECT_EQ(w.Flags(0), "/active_hc_timeout");
  EXPECT_EQ(w.At(0).health().load(), balance::Health::kHealthy) << "one of two";
  Next();
  Next(milliseconds(500));
  EXPECT_EQ(w.Flags(0), "/failed_active_hc/active_hc_timeout");
  EXPECT_EQ(w.stats().network_failure.value(), 2u);
}

TEST_F(EndpointCheckerTest, ComesBackAfterEnoughPassedChecksInARow) {
  backend.AnswerWith(Answer(503));
  Serve();
  Next(seconds(0));
  backend.AnswerWith(Answer(200));
  Next();
  EXPECT_EQ(w.Flags(0), kFailed) << "one of two";
  backend.AnswerWith(Answer(503));
  Next();
  backend.AnswerWith(Answer(200));
  Next();
  EXPECT_EQ(w.Flags(0), kFailed) << "a failure began the count anew";
  Next();
  EXPECT_EQ(w.Flags(0), kIn);
}

TEST_F(EndpointCheckerTest, IntervalsDependOnHowItGoes) {
  ClusterSpec spec = CheckedSpec(HttpCheck());
  spec.check->unhealthy_interval = seconds(5);
  spec.check->healthy_edge_interval = seconds(2);
  spec.check->no_traffic_interval = seconds(60);
  spec.check->no_traffic_healthy_interval = seconds(30);
  backend.AnswerWith(Answer(200));
  Serve(spec);
  Next(seconds(0));
  Next(seconds(29));
  EXPECT_EQ(w.stats().attempt.value(), 1u) << "no traffic: no_traffic_healthy_interval";
  w.world.cluster->stats_of(0).cx_total.Add();
  backend.AnswerWith(Answer(503));
  Next(seconds(1));
  EXPECT_EQ(w.stats().attempt.value(), 2u);
  backend.AnswerWith(Answer(200));
  Next(seconds(4));
  EXPECT_EQ(w.stats().attempt.value(), 2u) << "unhealthy_interval";
  Next(seconds(1));
  EXPECT_EQ(w.stats().attempt.value(), 3u);
  Next(seconds(1));
  EXPECT_EQ(w.stats().attempt.value(), 3u) << "healthy_edge_interval";
  Next(seconds(1));
  EXPECT_EQ(w.Flags(0), kIn);
  Next(seconds(1));
  EXPECT_EQ(w.stats().attempt.value(), 5u) << "interval";
}

TEST_F(EndpointCheckerTest, ADegradedServiceSaysSo) {
  backend.AnswerWith("HTTP/1.1 200 OK\r\nx-envoy-degraded: true\r\ncontent-length: 0\r\n\r\n");
  Serve();
  Next(seconds(0));
  EXPECT_EQ(w.Flags(0), "/degraded_active_hc");
  EXPECT_EQ(w.At(0).health().load(), balance::Health::kDegraded);
  backend.AnswerWith(Answer(200));
  Next();
  EXPECT_EQ(w.Flags(0), kIn);
}

TEST_F(EndpointCheckerTest, ThePortMayBeAnother) {
  FakeUpstream checked(w.world.worker.loop);
  checked.AnswerWith(Answer(200));
  ClusterSpec spec = CheckedSpec(HttpCheck());
  spec.check->alt_port = checked.address().port();
  Serve(spec);
  Next(seconds(0));
  EXPECT_EQ(w.Flags(0), kIn);
  EXPECT_EQ(checked.requests(), 1u);
  EXPECT_EQ(backend.size(), 0u);
}

TEST_F(EndpointCheckerTest, OnlySoManyChecksAreUnderWayAtOnce) {
  HealthWorld limited({.checks_at_once = 2, .outlier_log = {}, .post_io = {}, .seed = 1});
  FakeUpstream a(limited.world.worker.loop), b(limited.world.worker.loop),
      c(limited.world.worker.loop);
  limited.Serve(CheckedSpec(HttpCheck()), {a.address(), b.address(), c.address()});
  limited.world.Advance(milliseconds(16));
  EXPECT_EQ(limited.stats().attempt.value(), 2u);
  EXPECT_EQ(limited.stats().delayed.value(), 1u);
  limited.world.Advance(milliseconds(516));
  EXPECT_EQ(limited.stats().attempt.value(), 3u) << "the first two had their time";
}

}  // namespace
}  // namespace sluice::health
