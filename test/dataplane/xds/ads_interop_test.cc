// The client against a server of gRPC's own, over real sockets. Time is virtual; only the server's
// threads take real time, and each wait for them has a bound.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "dataplane/xds/ads_client.h"
#include "test/dataplane/upstream/world.h"
#include "test/dataplane/xds/messages.h"
#include "test/support/grpc_ads_server.h"
#include "test/support/recording_consumer.h"

namespace sluice::xds {
namespace {

using config::ResourceType;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::sluice::xds::v1::Commit;

size_t PeakKilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<size_t>(usage.ru_maxrss);
}

class AdsInteropTest : public testing::Test {
 protected:
  AdsInteropTest() {
    options.cluster = "service";
    options.discovery.node.set_id("edge-1");
    options.discovery.node.set_cluster("edge");
    options.discovery.on_initial_fetch = [this] { ++initial_fetches; };
    options.post_build = [](const std::function<void()>& task) { task(); };
  }
  void Start() {
    upstream::ClusterSpec spec = upstream::Spec();
    spec.protocol = upstream::Protocol::kHttp2;
    world.Serve(spec, {*net::Address::Parse("127.0.0.1:" + std::to_string(server.port()))});
    client.emplace(world.worker.upstream, consumer, options, base::Random(1));
    client->Start();
  }
  // Until `done`; false after twenty seconds.
  template <typename F>
  bool Until(F&& done) {
    const auto end = std::chrono::steady_clock::now() + seconds(20);
    while (std::chrono::steady_clock::now() < end) {
      if (done()) return true;
      world.worker.loop.RunOnce(milliseconds(2));
    }
    return false;
  }
  // The next request, in short; "(none)" if none comes.
  std::string Next() {
    std::optional<std::string> bytes;
    if (!Until([&] { return (bytes = server.TakeRequest()).has_value(); })) return "(none)";
    if (options.discovery.variant == Variant::kSotw) return Short(Parse<SotwRequest>(*bytes));
    last = Parse<DeltaRequest>(*bytes);
    return Short(last);
  }
  template <typename Message>
  void Send(const Message& message) {
    server.Send(message.SerializeAsString());
  }
  // Requests that come while the client and the server have a quarter of a second for them.
  int CountRequests() {
    int count = 0;
    const auto end = std::chrono::steady_clock::now() + milliseconds(250);
    while (std::chrono::steady_clock::now() < end) {
      if (server.TakeRequest().has_value()) ++count, on_request();
      world.worker.loop.RunOnce(milliseconds(2));
    }
    return count;
  }

  test::GrpcAdsServer server;
  upstream::World world;
  test::RecordingConsumer consumer;
  AdsOptions options;
  int initial_fetches = 0;
  DeltaRequest last;
  std::function<void()> on_request = [] {};
  std::optional<AdsClient> client;
};

TEST_F(AdsInteropTest, FetchesEverythingByDelta) {
  Start();
  EXPECT_EQ(Next(), "");
  EXPECT_EQ(last.node().id(), "edge-1");
  EXPECT_TRUE(server.method().ends_with("/DeltaAggregatedResources"));
  Send(Delta(kCds, "1", "1", {"a@ea"}));
  EXPECT_EQ(Next(), "1");
  EXPECT_EQ(Next(), "+ea");
  Send(Delta(kEds, "2", "1", {"ea"}));
  EXPECT_EQ(Next(), "2");
  EXPECT_EQ(Next(), "");
  Send(Delta(kLds, "3", "1", {"web@r"}));
  EXPECT_EQ(Next(), "3");
  EXPECT_EQ(Next(), "+r");
  Send(Delta(kRds, "4", "1", {"r"}));
  EXPECT_EQ(Next(), "4");
  EXPECT_EQ(initial_fetches, 1);
}

TEST_F(AdsInteropTest, FetchesEverythingBySotw) {
  options.discovery.variant = Variant::kSotw;
  Start();
  EXPECT_EQ(Next(), "- -");
  EXPECT_TRUE(server.method().ends_with("/StreamAggregatedResources"));
  Send(Sotw(kCds, "c1", "1", {"a@ea"}));
  EXPECT_EQ(Next(), "c1 1");
  EXPECT_EQ(Next(), "- - ea");
  Send(Sotw(kEds, "e1", "2", {"ea"}));
  EXPECT_EQ(Next(), "e1 2 ea");
  EXPECT_EQ(Next(), "- -");
  Send(Sotw(kLds, "l1", "3", {}));
  EXPECT_EQ(Next(), "l1 3");
  EXPECT_EQ(initial_fetches, 1);
}

TEST_F(AdsInteropTest, R30RefusesAndRecovers) {
  consumer.refuses["b"] = "connect_timeout: must be > 0";
  Start();
  Next();
  Send(Delta(kCds, "1", "1", {"a", "b"}));
  EXPECT_EQ(Next(), "1!");
  EXPECT_EQ(last.error_detail().message(), "'b': connect_timeout: must be > 0");
  consumer.refuses.clear();
  Send(Delta(kCds, "2", "2", {"b"}));
  EXPECT_EQ(Next(), "");  // listeners: the refusal ended the first step
  EXPECT_EQ(Next(), "2");
  EXPECT_EQ(consumer.Names(ResourceType::kCluster), "a b");
}

TEST_F(AdsInteropTest, R20AServerThatResendsAtOnceCostsNothing) {
  options.discovery.variant = Variant::kSotw;
  consumer.refuses["a"] = "bad";
  Start();
  Next();
  int nonce = 0;
  on_request = [&] { Send(Sotw(kCds, "v", std::to_string(++nonce), {"a"})); };
  on_request();
  EXPECT_LE(CountRequests(), 3) << "a NACK, and the next type";
  world.clock.Advance(milliseconds(210));
  EXPECT_LE(CountRequests(), 1);
}

TEST_F(AdsInteropTest, R42AStreamThatEndsIsBegunAnewWithWhatIsHeld) {
  Start();
  Next();
  Send(Delta(kCds, "1", "7", {"a", "b"}));
  EXPECT_EQ(Next(), "1");
  EXPECT_EQ(Next(), "");
  server.EndStream(14, "going away");
  ASSERT_TRUE(Until([&] { return !client->status().connected; }));
  EXPECT_EQ(client->status().last_error, "UNAVAILABLE: going away");
  world.clock.Advance(milliseconds(510));
  EXPECT_EQ(Next(), "a=7 b=7");
  EXPECT_EQ(server.streams(), 2u);
}

TEST_F(AdsInteropTest, R71AHundredMebibytesAreRefusedInBoundedMemory) {
  Start();
  Next();
  std::string large(100u << 20, 'x');
  const size_t before = PeakKilobytes();
  server.Send(std::move(large));
  ASSERT_TRUE(Until([&] { return !client->status().last_error.empty(); }));
  EXPECT_NE(client->status().last_error.find("RESOURCE_EXHAUSTED"), std::string::npos);
  // The server's copies are in this process, too.
  EXPECT_LT(PeakKilobytes() - before, 250u * 1024);
  EXPECT_LT(world.worker.blocks.bytes_in_use() + world.worker.blocks.bytes_free(), 8u << 20);
  world.clock.Advance(milliseconds(510));
  EXPECT_EQ(Next(), "") << "the next stream";
}

TEST_F(AdsInteropTest, TenThousandClustersComeInOneMessage) {
  Start();
  Next();
  NameList names;
  for (int i = 0; i < 10'000; ++i) {
    names.push_back("cluster-" + std::to_string(i) + "@endpoints-" + std::to_string(i));
  }
  Send(Delta(kCds, "1", "1", names));
  EXPECT_EQ(Next(), "1");
  Next();
  EXPECT_EQ(last.resource_names_subscribe_size(), 10'000);
}

TEST_F(AdsInteropTest, ServesARevisionThatTheServerEnds) {
  Start();
  Next();
  DeltaMessage message = Delta(kCds, "1", "7", {"a"});
  message.mutable_control_plane()->set_identifier("cp;commit=1");
  Send(message);
  for (const auto* request : {"+*", "+*", "+*", "1"}) EXPECT_EQ(Next(), request);
  Commit commit;
  commit.set_revision(41);
  for (const DiscoveryType type : {kCds, kLds, kRds}) {
    DigestSum sum;
    if (type == kCds) sum.Add("a", "7");
    auto* state = commit.add_types();
    state->set_type_url(std::string(TypeUrl(type)));
    state->set_count(type == kCds ? 1 : 0);
    state->set_digest(std::string(sum.value().begin(), sum.value().end()));
  }
  for (const Commit::Phase phase : {Commit::PREPARE, Commit::SERVE}) {
    commit.set_phase(phase);
    DeltaMessage end = Delta(DiscoveryType::kCommit, Commit::Phase_Name(phase));
    end.add_resources()->set_name("commit");
    end.mutable_resources(0)->mutable_resource()->PackFrom(commit);
    Send(end);
    EXPECT_EQ(Next(), Commit::Phase_Name(phase) + "!");
    EXPECT_EQ(last.error_detail().code(), 0);
    ::sluice::xds::v1::CommitReport report;
    ASSERT_TRUE(last.error_detail().details(0).UnpackTo(&report));
    EXPECT_EQ(report.revision(), 41u);
    EXPECT_EQ(report.phase(), phase);
  }
  EXPECT_EQ(consumer.revision, 41u);
  EXPECT_EQ(initial_fetches, 1);
}

}  // namespace
}  // namespace sluice::xds
