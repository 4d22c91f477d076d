// After warm-up our side of an exchange allocates nothing; what the session does is its own malloc.
#include <gtest/gtest.h>

#include "dataplane/http2/client_codec.h"
#include "test/support/allocation_counter.h"
#include "test/support/h2_frames.h"
#include "test/support/stream_recorder.h"

namespace sluice::http2 {
namespace {

// An owner like an upstream call: its heads and arena are used again.
class Exchange final : public http::StreamEvents {
 public:
  explicit Exchange(buffer::BlockPool& pool) : arena_(pool) {}
  http::Head& NewHead(HeadKind) override {
    head_.Clear();
    arena_.Reset();
    return head_;
  }
  void OnHead(http::EndStream) override {}
  void OnBody(buffer::Buffer& data) override { data.Clear(); }
  void OnTrailers() override {}
  void OnEnd() override { ++ends; }
  void OnReset(http::StreamError) override {}
  int ends = 0;

 private:
  buffer::Arena arena_;
  http::Head head_{arena_};
};

TEST(AllocationTest, AWarmExchangeAllocatesNothing) {
  constexpr int kExchanges = 200;
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  ClientOptions options;
  test::ConnectionRecorder connection;
  ClientCodec codec(pool, connection, options);
  Exchange exchange(pool);
  http::Head request(arena);
  request.method = http::Method::kPost;
  request.method_text = "POST";
  request.path = "/orders";
  request.query = "id=17";
  request.has_query = true;
  request.authority = "orders.example";
  request.framing = http::BodyFraming::kLength;
  request.content_length = 2000;
  request.Append("X-Request-Id", "0123456789abcdef");

  const std::string block = std::string(test::kH2Status200) +
                            test::H2Literal("content-type", "application/json") +
                            test::H2Literal("x-unknown", "value");
  std::vector<std::string> answers;
  for (uint32_t i = 0; i < kExchanges; ++i) {
    const uint32_t stream = 2 * i + 1;
    answers.push_back(test::H2Headers(stream, block) +
                      test::H2Data(stream, std::string(3000, 'x')) +
                      test::H2Headers(stream, test::H2Literal("x-sum", "1"), true) +
                      test::H2Frame(test::H2Type::kWindowUpdate, 0, 0, test::H2Uint32(2000)));
  }
  const std::string body(2000, 'b');
  buffer::Buffer in, out, data;
  in.AppendCopy(pool, test::H2Settings());
  ASSERT_EQ(codec.Feed(in).error, http::StreamError::kNone);

  uint64_t before = 0;
  for (int i = 0; i < kExchanges; ++i) {
    if (i == kExchanges / 2) before = test::AllocationCount();
    const http::StreamId id = codec.OpenStream(exchange);
    codec.SendHead(id, request, http::EndStream::kNo);
    data.AppendCopy(pool, body);
    codec.SendBody(id, data, http::EndStream::kYes);
    codec.TakeOutput(out);
    out.Clear();
    in.AppendCopy(pool, answers[static_cast<size_t>(i)]);
    static_cast<void>(codec.Feed(in));
    codec.TakeOutput(out);
    out.Clear();
  }
  EXPECT_EQ(test::AllocationCount() - before, 0u);
  EXPECT_EQ(exchange.ends, kExchanges);
}

}  // namespace
}  // namespace sluice::http2
