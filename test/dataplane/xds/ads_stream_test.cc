#include "dataplane/xds/ads_stream.h"

#include <gtest/gtest.h>

#include "test/dataplane/xds/h2_server.h"

namespace sluice::xds {
namespace {

constexpr uint32_t kMax = 1000;

class AdsStreamTest : public testing::Test, private AdsStream::Events {
 protected:
  void Start() {
    upstream::ClusterSpec spec = upstream::Spec();
    spec.protocol = upstream::Protocol::kHttp2;
    stream.Start(world.Serve(spec, {server.address()}), "/service/Method", "cp");
    server.Run();
  }
  upstream::World world;
  H2Server server{world};
  std::vector<std::string> messages;
  std::vector<grpc::Status> ends;
  bool hurry = true;  // asks for the next message at once

 private:
  void OnMessage(std::string message) override {
    messages.push_back(std::move(message));
    if (hurry) stream.Next();
  }
  void OnStreamEnd(const grpc::Status& status) override { ends.push_back(status); }

 protected:
  AdsStream stream{world.worker.loop, world.worker.blocks, *this, kMax, {}};
};

TEST_F(AdsStreamTest, CarriesMessagesBothWays) {
  Start();
  stream.Send("one");
  stream.Send("");
  server.Run();
  EXPECT_EQ(server.TakeMessages(), (std::vector<std::string>{"one", ""}));
  EXPECT_EQ(server.request().Get(":path"), "/service/Method");
  EXPECT_EQ(server.request().Get("content-type"), "application/grpc");
  server.Respond("uno");
  server.Respond("due");
  server.Run();
  EXPECT_EQ(messages, (std::vector<std::string>{"uno", "due"}));
  EXPECT_TRUE(ends.empty());
}

TEST_F(AdsStreamTest, AMessageMayComeInAnyPieces) {
  Start();
  const std::string bytes = Framed("first") + Framed(std::string(300, 'x'));
  for (const char c : bytes) {
    server.Raw(std::string(1, c));
    server.Run();
  }
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[1].size(), 300u);
}

TEST_F(AdsStreamTest, R67NothingComesUntilTheOwnerAsksForIt) {
  hurry = false;
  Start();
  for (int i = 0; i < 3; ++i) server.Respond(std::to_string(i));
  server.Run();
  EXPECT_EQ(messages.size(), 1u);
  stream.Next();
  server.Run();
  EXPECT_EQ(messages.size(), 2u);
  stream.Next();
  stream.Next();
  server.Run();
  EXPECT_EQ(messages.size(), 3u);
}

TEST_F(AdsStreamTest, R67AServerThatDoesNotWaitIsHeldBackByItsWindow) {
  hurry = false;
  Start();
  for (int i = 0; i < 1000; ++i) server.Respond(std::string(900, 'x'));
  server.Run();
  EXPECT_GT(server.peer().held_back(1), 700'000u);
  EXPECT_LT(world.worker.blocks.bytes_in_use(), 400'000u);
  hurry = true;
  stream.Next();
  for (int i = 0; i < 200; ++i) server.Run();
  EXPECT_EQ(messages.size(), 1000u);
}

TEST_F(AdsStreamTest, AServerThatDoesNotReadIsNotReadEither) {
  server.options.refill_windows = false;
  Start();
  for (int i = 0; i < 20; ++i) stream.Send(std::string(10'000, 'x'));
  server.Run();
  server.Respond("one");
  server.Run();
  EXPECT_TRUE(messages.empty()) << "its answer would have to wait here";
  for (int i = 0; i < 10; ++i) {
    server.peer().Consume(server.stream(), 50'000);
    server.Run();
  }
  EXPECT_EQ(messages.size(), 1u);
}

TEST_F(AdsStreamTest, R71AMessageThatIsTooLargeEndsTheStreamBeforeItIsHeld) {
  Start();
  server.Raw(std::string("\0\x06\x40\x00\x00", 5));  // 100 MiB are announced
  server.Raw(std::string(50'000, 'x'));
  server.Run();
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_EQ(ends[0].code, grpc::StatusCode::kResourceExhausted);
  EXPECT_FALSE(stream.open());
  EXPECT_TRUE(messages.empty());
}

TEST_F(AdsStreamTest, WhatIsNoMessageEndsTheStream) {
  Start();
  server.Raw(std::string("\1\0\0\0\1x", 6));
  server.Run();
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_EQ(ends[0].code, grpc::StatusCode::kInternal);
}

TEST_F(AdsStreamTest, AnAnswerThatIsNotGrpcIsNotRead) {
  Start();
  server.peer().Respond(1, "200", Framed("a page"), {{"content-type", "text/html"}});
  server.Run();
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_FALSE(ends[0].ok());
  EXPECT_TRUE(messages.empty());
}

TEST_F(AdsStreamTest, TellsHowTheServerEndedIt) {
  Start();
  server.End("7", "not you");
  server.Run();
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_EQ(ends[0].code, grpc::StatusCode::kPermissionDenied);
  EXPECT_EQ(ends[0].message, "not you");
}

TEST_F(AdsStreamTest, ALostConnectionIsUnavailableAndTheStreamMayBeginAnew) {
  Start();
  server.Respond("one");
  server.Run();
  server.Close();
  server.Run();
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_EQ(ends[0].code, grpc::StatusCode::kUnavailable);
  Start();
  server.Respond("two");
  server.Run();
  EXPECT_EQ(messages, (std::vector<std::string>{"one", "two"}));
}

}  // namespace
}  // namespace sluice::xds
