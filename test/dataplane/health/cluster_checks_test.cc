#include "dataplane/health/cluster_checks.h"

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
constexpr std::string_view kPending = "/failed_active_hc/pending_active_hc";
constexpr std::string_view kIn = "healthy";

class ClusterChecksTest : public testing::Test {
 protected:
  ClusterChecksTest() {
    good.AnswerWith("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    bad.AnswerWith("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n");
  }
  void Turn(base::Duration by = milliseconds(16)) { w.world.Advance(by); }

  HealthWorld w;
  FakeUpstream good{w.world.worker.loop};
  FakeUpstream bad{w.world.worker.loop};
};

TEST_F(ClusterChecksTest, WhatIsKnownStaysThroughUpdatesAndNewcomersArePending) {
  w.Serve(CheckedSpec(HttpCheck()), {good.address(), bad.address()});
  Turn();
  EXPECT_EQ(w.Flags(0), kIn);
  EXPECT_EQ(w.Flags(1), kFailed);
  FakeUpstream late(w.world.worker.loop);
  w.world.registry.SetEndpoints(
      *w.world.cluster,
      upstream::World::SetOf({late.address(), bad.address(), good.address()}));
  EXPECT_EQ(w.Flags(0), kPending);
  EXPECT_EQ(w.Flags(1), kFailed);
  EXPECT_EQ(w.Flags(2), kIn);
  EXPECT_EQ(w.stats().healthy.value(), 1);
  ClusterSpec other = CheckedSpec(HttpCheck());
  other.breaker.max_connections = 3;
  w.Publish(other);
  EXPECT_EQ(w.Flags(1), kFailed);
  EXPECT_EQ(w.Flags(2), kIn);
}

TEST_F(ClusterChecksTest, AServingEndpointIsNotTakenOutBecauseChecksWereConfigured) {
  w.Serve(upstream::Spec(), {good.address(), bad.address()});
  w.Publish(CheckedSpec(HttpCheck()));
  EXPECT_EQ(w.Flags(0), kIn);
  EXPECT_EQ(w.Flags(1), kIn);
  Turn();
  EXPECT_EQ(w.Flags(1), kFailed);
  w.Publish(upstream::Spec());
  EXPECT_EQ(w.Flags(1), kIn) << "nobody checks any more";
  EXPECT_EQ(w.stats().healthy.value(), 0);
}

TEST_F(ClusterChecksTest, AnotherCheckIsUsedFromNowOn) {
  w.Serve(CheckedSpec(HttpCheck("/old")), {good.address()});
  Turn();
  w.Publish(CheckedSpec(HttpCheck("/new")));
  Turn();
  EXPECT_EQ(w.Flags(0), kIn);
  ASSERT_EQ(good.size(), 2u);
  EXPECT_TRUE(good[1].received().starts_with("GET /new "));
  EXPECT_TRUE(good[0].closed() || good[0].peer_ended());
}

TEST_F(ClusterChecksTest, AnEndpointMayOptOutOrNameItsOwnHostAndPort) {
  upstream::EndpointSet set = upstream::World::SetOf({bad.address(), bad.address().WithPort(9)});
  set.endpoints[0].check.disabled = true;
  set.endpoints[1].check = {.hostname = "own", .port = good.address().port()};
  w.Serve(CheckedSpec(HttpCheck()), {bad.address()});
  w.world.registry.SetEndpoints(*w.world.cluster, set);
  Turn();
  EXPECT_EQ(w.Flags(0), kIn);
  EXPECT_EQ(w.Flags(1), kIn);
  ASSERT_EQ(good.size(), 1u);
  EXPECT_NE(good[0].received().find("host: own"), std::string::npos);
}

}  // namespace
}  // namespace sluice::health
