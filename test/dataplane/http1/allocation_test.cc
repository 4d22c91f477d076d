// After warm-up an exchange through both codecs allocates nothing: heads, bodies of every framing,
// trailers and pipelining run in pool blocks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "dataplane/http1/client_codec.h"
#include "dataplane/http1/server_codec.h"
#include "test/dataplane/http1/corpus.h"
#include "test/support/allocation_counter.h"

namespace sluice::http1 {
namespace {

using http::EndStream;

// Both sides' events without a record; one arena per message, as an exchange has.
class QuietEvents final : public http::ConnectionEvents, public http::StreamEvents {
 public:
  explicit QuietEvents(buffer::BlockPool& pool)
      : arena_(pool), head_(arena_), informational_(arena_), trailers_(arena_) {}

  http::StreamEvents* OnStream(http::StreamId id) override {
    id_ = id;
    Restart();
    return this;
  }
  void Restart() {
    head_.Clear();
    informational_.Clear();
    trailers_.Clear();
    arena_.Reset();
  }
  void OnLastStream() override {}
  void OnOutput() override {}
  http::Head& NewHead(HeadKind kind) override {
    if (kind == HeadKind::kMain) return head_;
    return kind == HeadKind::kTrailers ? trailers_ : informational_;
  }
  void OnHead(EndStream) override {}
  void OnBody(buffer::Buffer& data) override { bytes_ += data.size(), data.Clear(); }
  void OnTrailers() override { ++trailer_count_; }
  void OnEnd() override { ++ends_; }
  void OnReset(http::StreamError) override { ++resets_; }

  const http::Head& head() const { return head_; }
  http::StreamId id() const { return id_; }
  int ends() const { return ends_; }
  int resets() const { return resets_; }

 private:
  buffer::Arena arena_;
  http::Head head_, informational_, trailers_;
  http::StreamId id_ = 0;
  size_t bytes_ = 0;
  int ends_ = 0, resets_ = 0, trailer_count_ = 0;
};

class AllocationTest : public ::testing::Test {
 protected:
  // One request from the wire to the upstream codec and its answer back.
  void Exchange(std::string_view request, std::string_view response) {
    Receive(server_, from_client_, request);
    upstream_.Restart();
    const http::StreamId id = client_.OpenStream(upstream_);
    client_.SendHead(id, downstream_.head(), EndStream::kYes);
    client_.TakeOutput(out_);
    out_.Clear();
    Receive(client_, from_upstream_, response);
    server_.SendHead(downstream_.id(), upstream_.head(), EndStream::kNo);
    buffer::Buffer body;
    body.Append(buffer::Slice::Static("some body bytes"));
    server_.SendBody(downstream_.id(), body, EndStream::kYes);
    server_.TakeOutput(out_);
    out_.Clear();
  }
  void Receive(http::Codec& codec, buffer::Buffer& in, std::string_view bytes) {
    while (!bytes.empty()) {
      const std::span<char> memory = in.Reserve(pool_, 1);
      const size_t n = std::min(memory.size(), bytes.size());
      std::memcpy(memory.data(), bytes.data(), n);
      in.Commit(n);
      bytes.remove_prefix(n);
      ASSERT_EQ(codec.Feed(in).error, http::StreamError::kNone);
    }
    in.ReleaseReserve();
  }

  buffer::BlockPool pool_;
  QuietEvents downstream_{pool_}, upstream_{pool_};
  Limits limits_;
  ServerOptions options_;
  ServerCodec server_{pool_, downstream_, options_};
  ClientCodec client_{pool_, upstream_, limits_};
  buffer::Buffer from_client_, from_upstream_, out_;
};

TEST_F(AllocationTest, ExchangesAllocateNothingAfterWarmUp) {
  std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100; ++i) chunks += "3;ext=1\r\nabc\r\n";
  chunks += "0\r\nX-Sum: 1\r\n\r\n";
  const std::string length = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n" + std::string(15, 'x');
  const std::string post =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\n\r\n" + std::string(3000, 'y');
  const auto run = [&] {
    Exchange(kCorpora[0].request, length);
    Exchange(kCorpora[1].request, chunks);
    Exchange(post, length);
  };
  run();
  const uint64_t before = test::AllocationCount();
  for (int i = 0; i < 100; ++i) run();
  EXPECT_EQ(test::AllocationCount(), before);
  EXPECT_EQ(downstream_.ends(), 303);
  EXPECT_EQ(upstream_.ends(), 303);
  EXPECT_EQ(downstream_.resets() + upstream_.resets(), 0);
}

}  // namespace
}  // namespace sluice::http1
