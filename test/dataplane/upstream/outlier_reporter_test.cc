#include "dataplane/upstream/outlier_reporter.h"

#include <gtest/gtest.h>

#include "test/dataplane/upstream/world.h"
#include "test/support/fake_upstream.h"

namespace sluice::upstream {
namespace {

using std::chrono::seconds;
using test::FakeUpstream;

std::string Answer(int status) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\ncontent-length: 0\r\n\r\n";
}

class OutlierReporterTest : public testing::Test {
 protected:
  static ClusterSpec Watched(bool split = false) {
    ClusterSpec spec = Spec();
    spec.outlier.emplace();
    spec.outlier->consecutive_5xx = spec.outlier->consecutive_gateway = 3;
    spec.outlier->consecutive_local = 2;
    spec.outlier->split_local = split;
    spec.connect_timeout = seconds(1);
    return spec;
  }
  void Get(WorkerCluster& cluster, int times = 1) {
    for (int i = 0; i < times; ++i) {
      client.Forget();
      client.Get(cluster);
      world.Run();
    }
  }
  size_t Trips(Ejection type) const {
    return static_cast<size_t>(std::count(trips.begin(), trips.end(), type));
  }

  std::vector<Ejection> trips;
  World world{{.workers = 1,
               .free_elsewhere = {},
               .on_trip = [this](ClusterId, std::shared_ptr<Endpoint>, Ejection type) {
                 trips.push_back(type);
               }}};
  FakeUpstream upstream{world.worker.loop};
  Client client{world.worker.blocks};
};

TEST_F(OutlierReporterTest, WithoutOutlierDetectionNothingIsCounted) {
  upstream.AnswerWith(Answer(503));
  Get(world.Serve(Spec(), {upstream.address()}), 5);
  EXPECT_TRUE(trips.empty());
  EXPECT_EQ(world.EndpointAt(0).outlier().answers().all, 0u);
}

TEST_F(OutlierReporterTest, TellsOnceWhenServerErrorsInARowReachTheThreshold) {
  WorkerCluster& cluster = world.Serve(Watched(), {upstream.address()});
  upstream.AnswerWith(Answer(500));
  Get(cluster, 2);
  upstream.AnswerWith(Answer(404));
  Get(cluster);
  upstream.AnswerWith(Answer(500));
  Get(cluster, 2);
  EXPECT_TRUE(trips.empty()) << "a good answer came in between";
  Get(cluster, 3);
  EXPECT_EQ(Trips(Ejection::kConsecutive5xx), 1u);
  EXPECT_EQ(Trips(Ejection::kConsecutiveGateway), 0u) << "500 is no failure of a gateway";
  EXPECT_EQ(world.EndpointAt(0).outlier().answers().all, 8u);
  EXPECT_EQ(world.EndpointAt(0).outlier().answers().good, 1u);
}

TEST_F(OutlierReporterTest, GatewayFailuresCountForBoth) {
  upstream.AnswerWith(Answer(503));
  Get(world.Serve(Watched(), {upstream.address()}), 3);
  EXPECT_EQ(Trips(Ejection::kConsecutive5xx), 1u);
  EXPECT_EQ(Trips(Ejection::kConsecutiveGateway), 1u);
}

TEST_F(OutlierReporterTest, UnsplitLocalFailuresCountAsAnswersOf503) {
  Get(world.Serve(Watched(), {test::RefusingAddress()}), 3);
  EXPECT_EQ(Trips(Ejection::kConsecutiveGateway), 1u);
  EXPECT_EQ(Trips(Ejection::kConsecutiveLocal), 0u);
}

TEST_F(OutlierReporterTest, SplitLocalFailuresCountApart) {
  Get(world.Serve(Watched(true), {test::RefusingAddress()}), 3);
  EXPECT_EQ(trips, std::vector<Ejection>{Ejection::kConsecutiveLocal});
  EXPECT_EQ(world.EndpointAt(0).outlier().answers().all, 0u);
  EXPECT_EQ(world.EndpointAt(0).outlier().attempts().all, 3u);
  EXPECT_EQ(world.EndpointAt(0).outlier().attempts().good, 0u);
}

TEST_F(OutlierReporterTest, AnAnswerOf503IsALocalSuccess) {
  upstream.AnswerWith(Answer(503));
  Get(world.Serve(Watched(true), {upstream.address()}), 2);
  EXPECT_EQ(world.EndpointAt(0).outlier().attempts().good, 2u);
  EXPECT_EQ(world.EndpointAt(0).outlier().answers().good, 0u);
}

TEST_F(OutlierReporterTest, TimeoutsOfTheOwnerCountAndOurOwnLimitsDoNot) {
  ClusterSpec spec = Watched(true);
  spec.breaker.max_requests = 1;
  WorkerCluster& cluster = world.Serve(spec, {upstream.address()});
  client.Get(cluster);
  Client second(world.worker.blocks);
  second.Get(cluster);
  world.Run();
  EXPECT_TRUE(second.failed()) << "over max_requests";
  EXPECT_EQ(world.EndpointAt(0).outlier().attempts().all, 0u);
  client.call.ReportTimeout();
  client.call.Cancel();
  EXPECT_EQ(world.EndpointAt(0).outlier().attempts().all, 1u);
  client.call.ReportTimeout();
  EXPECT_EQ(world.EndpointAt(0).outlier().attempts().all, 1u) << "the call is over";
}

}  // namespace
}  // namespace sluice::upstream
