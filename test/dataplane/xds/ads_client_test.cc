// The client against a server whose connection may be cut after any byte. A gRPC server of other
// people is in ads_interop_test.cc.
#include "dataplane/xds/ads_client.h"

#include <gtest/gtest.h>

#include <map>

#include "test/dataplane/xds/h2_server.h"
#include "test/dataplane/xds/messages.h"
#include "test/support/recording_consumer.h"

namespace sluice::xds {
namespace {

using config::ResourceType;
using std::chrono::milliseconds;
using std::chrono::seconds;

class AdsClientTest : public testing::Test {
 protected:
  AdsClientTest() {
    options.cluster = "service";
    options.discovery.node.set_id("edge-1");
    options.discovery.node.set_cluster("edge");
    options.discovery.on_initial_fetch = [this] { ++initial_fetches; };
    options.post_build = [this](std::function<void()> task) {
      built.push_back(std::move(task));
      if (builds) Build();
    };
  }
  void Start() {
    upstream::ClusterSpec spec = upstream::Spec();
    spec.protocol = upstream::Protocol::kHttp2;
    world.Serve(spec, {server.address()});
    client.emplace(world.worker.upstream, consumer, options, base::Random(1));
    client->Start();
    server.Run();
  }
  void Build() {
    for (auto& task : std::exchange(built, {})) task();
  }
  void Wait(base::Duration by) {
    world.clock.Advance(by);
    server.Run();
  }
  // What came, each as Short writes it.
  std::vector<std::string> Requests() {
    std::vector<std::string> texts;
    for (const std::string& bytes : server.TakeMessages()) {
      last_request = Parse<DeltaRequest>(bytes);
      texts.push_back(Short(last_request));
    }
    return texts;
  }
  // Answers every request that opens a type, as a server with one of each does.
  void Serve() {
    static const std::map<std::string_view, std::pair<DiscoveryType, std::string>> kContent = {
        {TypeUrl(kCds), {kCds, "a@ea"}},
        {TypeUrl(kEds), {kEds, "ea"}},
        {TypeUrl(kLds), {kLds, "web@r"}},
        {TypeUrl(kRds), {kRds, "r"}}};
    for (int i = 0; i < 8; ++i) {
      if (server.connections() == 0) return;
      for (const std::string& bytes : server.TakeMessages()) {
        const auto request = Parse<DeltaRequest>(bytes);
        if (!request.response_nonce().empty()) continue;
        const auto& [type, name] = kContent.at(request.type_url());
        server.Respond(Delta(type, std::to_string(++nonce), "1", {name}).SerializeAsString());
      }
      server.Run();
    }
  }
  std::string Held() const {
    std::string text;
    for (const ResourceType type : config::kResourceTypes) text += consumer.Names(type) + ";";
    return text;
  }

  upstream::World world;
  H2Server server{world};
  test::RecordingConsumer consumer;
  AdsOptions options;
  std::vector<std::function<void()>> built;
  bool builds = true;  // the build thread is idle
  int initial_fetches = 0;
  int nonce = 0;
  DeltaRequest last_request;
  std::optional<AdsClient> client;
};

TEST_F(AdsClientTest, R3SaysWhoItIsAndWhatItCan) {
  Start();
  EXPECT_EQ(Requests(), std::vector<std::string>{""});
  EXPECT_EQ(last_request.node().id(), "edge-1");
  EXPECT_EQ(last_request.node().cluster(), "edge");
  EXPECT_EQ(last_request.node().user_agent_name(), "sluice-proxy");
  EXPECT_EQ(Sorted(last_request.node().client_features()),
            (NameList{"sluice.commit.v1", "xds.config.resource-in-sotw"}));
  EXPECT_EQ(server.request().Get(":path"),
            "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources");
}

TEST_F(AdsClientTest, R5TheOtherVariantHasItsOwnMethod) {
  options.discovery.variant = Variant::kSotw;
  Start();
  EXPECT_EQ(server.request().Get(":path"),
            "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources");
  const auto request = Parse<SotwRequest>(server.TakeMessages().at(0));
  EXPECT_EQ(Sorted(request.node().client_features()), NameList{"xds.config.resource-in-sotw"});
}

TEST_F(AdsClientTest, FetchesEverything) {
  Start();
  Serve();
  EXPECT_EQ(Held(), "a;ea;web;r;");
  EXPECT_EQ(initial_fetches, 1);
  EXPECT_TRUE(client->status().connected);
}

TEST_F(AdsClientTest, R69AStreamThatIsCutAnywhereIsBegunAnewAndNothingIsLost) {
  Start();
  Serve();
  const size_t whole = server.sent(0);
  ASSERT_GT(whole, 300u);
  // Every byte of the beginning, then every third: no frame or message is that short.
  for (size_t cut = 0; cut <= whole; cut += cut < 100 ? 1 : 3) {
    SCOPED_TRACE(cut);
    client.reset();
    consumer.serving.clear();
    initial_fetches = 0;
    server.Close();
    server.Run();
    server.CutNextAfter(cut);
    const size_t before = server.connections();
    Start();
    Serve();
    ASSERT_EQ(server.connections(), before + 1);
    Wait(milliseconds(510));
    Serve();
    ASSERT_EQ(server.connections(), before + 2) << client->status().last_error;
    ASSERT_EQ(Held(), "a;ea;web;r;");
    ASSERT_EQ(initial_fetches, 1);
  }
}

TEST_F(AdsClientTest, R42TheNextStreamSaysWhatIsHeldAndConfigurationStays) {
  Start();
  Serve();
  server.Close();
  server.Run();
  EXPECT_FALSE(client->status().connected);
  EXPECT_EQ(Held(), "a;ea;web;r;");
  Wait(milliseconds(510));
  EXPECT_EQ(Requests(), (NameList{"a=1", "+ea ea=1", "web=1", "+r r=1"}));
}

TEST_F(AdsClientTest, R69ThePauseGrowsUntilAServerAnswersAndNotWhenItOnlyAccepts) {
  Start();
  std::vector<size_t> attempts;
  for (int i = 0; i < 40; ++i) {
    if (server.connections() > attempts.size()) attempts.push_back(static_cast<size_t>(i));
    server.Close();
    server.Run();
    Wait(milliseconds(500));
  }
  EXPECT_GE(attempts.size(), 4u);
  EXPECT_LE(attempts.size(), 16u) << "in 20 seconds";
  const uint64_t before = client->stats().streams.value();
  for (int i = 0; i < 600; ++i) {
    server.Close();
    server.Run();
    Wait(seconds(1));
  }
  EXPECT_LE(client->stats().streams.value() - before, 80u) << "about 15 s each";
  Serve();
  while (server.connections() == 0 || Held() != "a;ea;web;r;") {
    Wait(seconds(1));
    Serve();
  }
  server.Close();
  server.Run();
  const size_t connections = server.connections();
  Wait(milliseconds(510));
  EXPECT_EQ(server.connections(), connections + 1) << "the first response ended it";
}

TEST_F(AdsClientTest, BytesThatAreNoResponseEndTheStream) {
  Start();
  server.Respond("\xff\xff\xff");
  server.Run();
  EXPECT_EQ(client->status().last_error, "a message is no DeltaDiscoveryResponse");
  EXPECT_EQ(client->stats().broken_messages.value(), 1u);
  Wait(milliseconds(510));
  EXPECT_EQ(server.streams(), 2u);
}

TEST_F(AdsClientTest, R71AMessageOfAHundredMebibytesIsRefusedUnread) {
  Start();
  server.Raw(std::string("\0\x06\x40\x00\x00", 5));
  server.Raw(std::string(1 << 20, 'x'));
  server.Run();
  EXPECT_NE(client->status().last_error.find("RESOURCE_EXHAUSTED"), std::string::npos);
  EXPECT_LT(world.worker.blocks.bytes_in_use() + world.worker.blocks.bytes_free(), 4u << 20);
  Wait(milliseconds(510));
  Serve();
  EXPECT_EQ(Held(), "a;ea;web;r;") << "the next stream is as good as any";
}

std::string Large(DiscoveryType type, const std::string& name, const std::string& nonce) {
  DeltaMessage message = Delta(type, nonce, "1", {name});
  // Repeats a field, so that it stays the same resource.
  std::string& value = *message.mutable_resources(0)->mutable_resource()->mutable_value();
  const std::string once = value;
  while (value.size() < 100'000) value += once;
  return message.SerializeAsString();
}

TEST_F(AdsClientTest, LargeMessagesAreDecodedElsewhereOneAfterTheOther) {
  builds = false;
  Start();
  server.Respond(Large(kCds, "a", "1"));
  server.Respond(Large(kCds, "b", "2"));
  server.Run();
  EXPECT_EQ(built.size(), 1u);
  EXPECT_EQ(Held(), ";;;;");
  Build();
  server.Run();
  EXPECT_EQ(Held(), "a;;;;");
  EXPECT_EQ(built.size(), 1u);
  Build();
  server.Run();
  EXPECT_EQ(Held(), "a b;;;;");
}

TEST_F(AdsClientTest, R67AnAnswerOfTheConsumerDoesNotFetchWhatComesBehindAMessageBeingDecoded) {
  Start();
  Serve();
  builds = false;
  consumer.answers = false;
  server.Respond(Delta(kEds, "x", "2", {"ea"}).SerializeAsString());
  server.Respond(Large(kCds, "b", "y"));
  server.Respond(Large(kCds, "c", "z"));
  server.Run();
  consumer.AnswerAll();
  server.Run();
  EXPECT_EQ(built.size(), 1u);
}

TEST_F(AdsClientTest, EndpointsDoNotQueueBehindACompile) {
  Start();
  Serve();
  builds = false;
  server.Respond(Large(kEds, "ea", "x"));
  server.Run();
  EXPECT_TRUE(built.empty());
  EXPECT_EQ(consumer.calls.back(), "endpoints +ea");
}

TEST_F(AdsClientTest, WhatIsDecodedTooLateFindsNobody) {
  builds = false;
  Start();
  server.Respond(Large(kCds, "a", "1"));
  server.Run();
  server.Close();
  server.Run();
  Build();
  server.Run();
  EXPECT_EQ(Held(), ";;;;");
  Wait(milliseconds(510));
  server.Respond(Large(kCds, "a", "1"));
  server.Run();
  server.Close();
  server.Run();
  Wait(milliseconds(1010));
  ASSERT_EQ(server.streams(), 3u);
  Build();  // for the stream before
  server.Run();
  EXPECT_EQ(Held(), ";;;;");
  server.Respond(Large(kCds, "a", "1"));
  server.Run();
  client.reset();
  Build();
  server.Run();
  EXPECT_EQ(Held(), ";;;;");
}

TEST_F(AdsClientTest, R70AServerThatHasVanishedIsNoticed) {
  Start();
  Serve();
  Wait(seconds(31));
  EXPECT_EQ(server.peer().pings, 1u);
  EXPECT_TRUE(client->status().connected);
  Wait(seconds(6));
  world.Advance(seconds(31));  // from here on the server hears nothing
  world.Advance(seconds(6));
  EXPECT_FALSE(client->status().connected);
}

TEST_F(AdsClientTest, AClusterThatDoesNotExistYetIsTriedAgain) {
  options.cluster = "later";
  Start();
  EXPECT_EQ(client->status().last_error, "no cluster 'later'");
  EXPECT_EQ(server.connections(), 0u);
  upstream::ClusterSpec spec = upstream::Spec();
  spec.name = "later";
  spec.protocol = upstream::Protocol::kHttp2;
  world.Serve(spec, {server.address()});
  Wait(milliseconds(510));
  Serve();
  EXPECT_EQ(Held(), "a;ea;web;r;");
}

TEST_F(AdsClientTest, MayBeDestroyedAtAnyPoint) {
  Start();
  const size_t steps = 40;
  for (size_t step = 0; step < steps; ++step) {
    client.reset();
    Start();
    for (size_t turn = 0; turn < step; ++turn) world.worker.loop.RunOnce(base::Duration(0));
    Requests();
    server.Respond(Delta(kCds, "1", "1", {"a@ea"}).SerializeAsString());
    if (step % 2 == 0) server.Run();
  }
}

}  // namespace
}  // namespace sluice::xds
