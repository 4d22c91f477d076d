// Upgrades through both codecs (RFC 9110 7.8, 9.3.6).
#include <gtest/gtest.h>

#include <string>

#include "dataplane/http1/client_codec.h"
#include "dataplane/http1/server_codec.h"
#include "test/dataplane/http1/recorder.h"

namespace sluice::http1 {
namespace {

using http::EndStream;
using http::StreamError;
using http::StreamId;

constexpr std::string_view kUpgrade =
    "GET /chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
constexpr std::string_view kSwitching =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";

class UpgradeTest : public ::testing::Test {
 protected:
  UpgradeTest() { options_.allow_upgrade = true; }

  void Answer(uint16_t status) {
    response_.Clear();
    response_.status = status;
    response_.Append("Upgrade", "websocket");
    server_.SendHead(1, response_, status == 101 ? EndStream::kNo : EndStream::kYes);
  }
  StreamId Ask(std::string_view text) {
    request_.Clear();
    request_.HoldBytes(buffer::Slice::Copy(pool_, text));
    EXPECT_EQ(ParseRequestHead(request_.received(), limits_, {}, request_).error,
              StreamError::kNone);
    const StreamId id = client_.OpenStream(upstream_);
    client_.SendHead(id, request_, request_.has_upgrade ? EndStream::kNo : EndStream::kYes);
    return id;
  }
  template <typename Codec>
  void Send(Codec& codec, std::string_view bytes, EndStream end = EndStream::kNo) {
    buffer::Buffer data;
    data.AppendCopy(pool_, bytes);
    codec.SendBody(1, data, end);
  }

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
  Limits limits_;
  ServerOptions options_;
  Recorder downstream_{pool_}, upstream_{pool_};
  ServerCodec server_{pool_, downstream_, options_};
  ClientCodec client_{pool_, upstream_, limits_};
  buffer::Buffer in_;
  http::Head request_{arena_}, response_{arena_};
};

TEST_F(UpgradeTest, ServerHoldsBytesUntil101) {
  FeedPieces(pool_, server_, in_, std::string(kUpgrade) + "early", {});
  EXPECT_EQ(downstream_.text(),
            "head GET /chat [h] {Host: h} {Upgrade: websocket} {Connection: Upgrade}\n");
  EXPECT_FALSE(server_.wants_input());
  Answer(101);
  EXPECT_EQ(
      Output(server_),
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
  downstream_.Forget();
  EXPECT_TRUE(server_.wants_input());
  EXPECT_EQ(server_.Feed(in_).error, StreamError::kNone);
  EXPECT_EQ(downstream_.text(), "body early\n");
  Send(server_, "\x81\x02hi");
  EXPECT_EQ(Output(server_), "\x81\x02hi");
  EXPECT_EQ(server_.FeedEnd().error, StreamError::kNone);
  EXPECT_EQ(downstream_.text(), "body early\nend\n");
  EXPECT_FALSE(server_.reusable());
}

TEST_F(UpgradeTest, AnyOtherAnswerIsAnOrdinaryResponse) {
  FeedPieces(pool_, server_, in_, std::string(kUpgrade) + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n", {});
  Answer(200);
  EXPECT_EQ(Output(server_), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  downstream_.Forget();
  EXPECT_EQ(server_.Feed(in_).error, StreamError::kNone);
  EXPECT_EQ(downstream_.text(), "head GET /b [h] {Host: h} end\nend\n") << "what follows is HTTP";
}

TEST_F(UpgradeTest, ServerIgnoresUpgradeUnlessAllowed) {
  const ServerOptions plain;
  EXPECT_EQ(ServerRecord(kUpgrade, plain, {}),
            "head GET /chat [h] {Host: h} {Upgrade: websocket} {Connection: Upgrade} end\nend\n");
}

TEST_F(UpgradeTest, ServerNeverSends101Unasked) {
  FeedPieces(pool_, server_, in_, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", {});
  Answer(101);
  EXPECT_EQ(Output(server_), "");
  EXPECT_FALSE(server_.reusable());
}

TEST_F(UpgradeTest, ClientOpensATunnelOn101) {
  Ask(kUpgrade);
  Send(client_, "early");
  EXPECT_EQ(Output(client_),
            "GET /chat HTTP/1.1\r\nHost: h\r\nconnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
      << "no byte of the tunnel before the answer";
  EXPECT_EQ(FeedPieces(pool_, client_, in_, std::string(kSwitching) + "data", {}),
            StreamError::kNone);
  EXPECT_EQ(upstream_.text(),
            "head 101 Switching Protocols {Connection: upgrade} {Upgrade: websocket}\nbody data\n");
  Send(client_, "hi");
  EXPECT_EQ(Output(client_), "hi");
  EXPECT_EQ(client_.FeedEnd().error, StreamError::kNone);
  EXPECT_FALSE(client_.reusable());
}

TEST_F(UpgradeTest, ClientTakesARefusalAsAResponse) {
  Ask(kUpgrade);
  const StreamError error =
      FeedPieces(pool_, client_, in_,
                 "HTTP/1.1 200 OK\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nhi", {});
  EXPECT_EQ(error, StreamError::kNone);
  EXPECT_EQ(upstream_.text(),
            "head 200 OK {Upgrade: websocket} {Content-Length: 2}\nbody hi\nend\n");
  EXPECT_TRUE(client_.reusable());
}

TEST_F(UpgradeTest, ClientRefusesA101NobodyAskedFor) {
  Ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(FeedPieces(pool_, client_, in_, kSwitching, {}), StreamError::kBadStatus);
  EXPECT_EQ(upstream_.text(), "reset bad_status\n");
}

TEST_F(UpgradeTest, ConnectOpensATunnelOn2xx) {
  Ask("CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n");
  EXPECT_EQ(Output(client_), "CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n");
  FeedPieces(pool_, client_, in_, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nbytes", {});
  EXPECT_EQ(upstream_.text(), "head 200 OK {Content-Length: 1}\nbody bytes\n");
}

}  // namespace
}  // namespace sluice::http1
