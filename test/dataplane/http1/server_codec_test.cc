#include "dataplane/http1/server_codec.h"

#include <gtest/gtest.h>

#include "test/dataplane/http1/recorder.h"

namespace sluice::http1 {
namespace {

using http::EndStream;
using http::StreamError;
using http::StreamId;

class ServerCodecTest : public ::testing::Test {
 protected:
  StreamError Feed(std::string_view bytes) { return FeedPieces(pool_, codec_, in_, bytes, {}); }

  void Respond(StreamId id, uint16_t status, std::string_view body) {
    http::Head& head = *responses_.emplace_back(std::make_unique<http::Head>(arena_));
    head.status = status;
    head.framing = http::BodyFraming::kLength;
    head.content_length = body.size();
    buffer::Buffer data;
    data.AppendCopy(pool_, body);
    codec_.SendHead(id, head, body.empty() ? EndStream::kYes : EndStream::kNo);
    if (!body.empty()) codec_.SendBody(id, data, EndStream::kYes);
  }

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
  ServerOptions options_;
  Recorder recorder_{pool_};
  ServerCodec codec_{pool_, recorder_, options_};
  buffer::Buffer in_;
  std::vector<std::unique_ptr<http::Head>> responses_;
};

TEST_F(ServerCodecTest, AnswersARequestWithoutBody) {
  EXPECT_EQ(Feed("GET /a?b=c HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n"), StreamError::kNone);
  EXPECT_EQ(recorder_.text(),
            "head GET /a?b=c [x] {Host: x} {Accept: */*} end\n"
            "end\n");
  EXPECT_FALSE(codec_.wants_input());
  Respond(1, 200, "hi");
  EXPECT_EQ(Output(codec_), "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
  EXPECT_TRUE(codec_.idle());
  EXPECT_TRUE(codec_.reusable());
  EXPECT_TRUE(codec_.wants_input());
}

}  // namespace
}  // namespace sluice::http1
