#include "dataplane/http1/client_codec.h"

#include <gtest/gtest.h>

#include "test/dataplane/http1/recorder.h"

namespace sluice::http1 {
namespace {

using http::EndStream;
using http::StreamError;
using http::StreamId;

class ClientCodecTest : public ::testing::Test {
 protected:
  StreamError Feed(std::string_view bytes) { return FeedPieces(pool_, codec_, in_, bytes, {}); }

  // Opens a stream and sends a request without body.
  StreamId Ask(std::string_view method, std::string_view path) {
    const StreamId id = codec_.OpenStream(recorder_);
    request_.Clear();
    request_.method = http::LookupMethod(method);
    request_.method_text = method;
    request_.path = path;
    request_.authority = "up";
    codec_.SendHead(id, request_, EndStream::kYes);
    return id;
  }

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
  Limits limits_;
  Recorder recorder_{pool_};
  ClientCodec codec_{pool_, recorder_, limits_};
  buffer::Buffer in_;
  http::Head request_{arena_};
};

TEST_F(ClientCodecTest, SendsARequestAndReadsTheResponse) {
  EXPECT_EQ(Ask("GET", "/a"), 1u);
  EXPECT_EQ(Output(codec_), "GET /a HTTP/1.1\r\nhost: up\r\n\r\n");
  EXPECT_EQ(Feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: y\r\n\r\nhi"), StreamError::kNone);
  EXPECT_EQ(recorder_.text(),
            "head 200 OK {Content-Length: 2} {X: y}\n"
            "body hi\n"
            "end\n");
  EXPECT_TRUE(codec_.idle());
  EXPECT_TRUE(codec_.reusable());
  EXPECT_EQ(codec_.AvailableStreams(), 1u);
}

}  // namespace
}  // namespace sluice::http1
