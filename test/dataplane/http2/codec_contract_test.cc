// One contract, two implementations: http1::ClientCodec against http1::ServerCodec, and
// http2::ClientCodec against a server session.
#include "test/support/codec_contract.h"

#include "dataplane/http1/client_codec.h"
#include "dataplane/http1/server_codec.h"
#include "dataplane/http2/client_codec.h"
#include "test/support/h2_peer.h"

namespace sluice::test {
namespace {

class Http1Peer final : public CodecPeer {
 public:
  Http1Peer(buffer::BlockPool& pool, http::ConnectionEvents& events)
      : pool_(pool),
        arena_(pool),
        client_(pool, events, limits_),
        server_(pool, incoming_, options_) {
    NextStream();
  }

  http::Codec& codec() override { return client_; }

  http::StreamError Run(size_t step) override {
    for (;;) {
      buffer::Buffer up;
      client_.TakeOutput(up);
      const bool quiet = up.empty();
      to_server_.Append(up);
      static_cast<void>(server_.Feed(to_server_));
      buffer::Buffer down;
      server_.TakeOutput(down);
      if (quiet && down.empty() && (to_client_.empty() || !client_.wants_input())) {
        return http::StreamError::kNone;
      }
      do {
        to_client_.MoveFrom(down, step == 0 ? down.size() : std::min(step, down.size()));
        const http::StreamError error = client_.Feed(to_client_).error;
        if (error != http::StreamError::kNone) return error;
      } while (!down.empty());
    }
  }

  Request request() override {
    http::Head& head = *streams_.back().head();
    Request request;
    request.method = head.method_text;
    request.path = std::string(head.path) + "?" + std::string(head.query);
    request.field = head.Find("x-test").value_or("");
    request.ended = streams_.back().ends == 1;
    const std::string text = streams_.back().text();
    const size_t body = text.find("\nbody ");
    if (body != std::string::npos) {
      const size_t begin = body + sizeof("\nbody ") - 1;
      request.body = text.substr(begin, text.find('\n', begin) - begin);
    }
    return request;
  }

  void SendInformational(uint16_t status) override {
    http::Head head(arena_);
    head.status = status;
    server_.SendHead(incoming_.stream, head, http::EndStream::kNo);
  }
  void SendHead(uint16_t status, std::string_view x_test, int64_t length, bool end) override {
    http::Head head(arena_);
    head.status = status;
    head.Append("x-test", x_test);
    head.framing = length < 0 ? http::BodyFraming::kStream : http::BodyFraming::kLength;
    if (length >= 0) head.content_length = static_cast<uint64_t>(length);
    server_.SendHead(incoming_.stream, head, http::EndStream(end));
    if (end) NextStream();
  }
  void SendBody(std::string_view bytes, bool end) override {
    buffer::Buffer data;
    data.AppendCopy(pool_, bytes);
    server_.SendBody(incoming_.stream, data, http::EndStream(end));
    if (end) NextStream();
  }
  void SendTrailer(std::string_view name, std::string_view value) override {
    http::Head trailers(arena_);
    trailers.Append(name, value);
    server_.SendTrailers(incoming_.stream, trailers);
    NextStream();
  }
  std::string Garbage() override { return "SSH-2.0-OpenSSH_9.2\r\n"; }

 private:
  void NextStream() { incoming_.next_stream = &streams_.emplace_back(pool_); }

  buffer::BlockPool& pool_;
  buffer::Arena arena_;
  http1::Limits limits_;
  http1::ServerOptions options_;
  ConnectionRecorder incoming_;
  std::deque<StreamRecorder> streams_;
  http1::ClientCodec client_;
  http1::ServerCodec server_;
  buffer::Buffer to_server_;
  buffer::Buffer to_client_;
};

class Http2Peer final : public CodecPeer {
 public:
  Http2Peer(buffer::BlockPool& pool, http::ConnectionEvents& events)
      : pool_(pool), client_(pool, events, options_) {}

  http::Codec& codec() override { return client_; }

  http::StreamError Run(size_t step) override {
    for (;;) {
      buffer::Buffer up;
      client_.TakeOutput(up);
      const bool quiet = up.empty();
      server_.Receive(up.ToString());
      EXPECT_FALSE(server_.connection_error);
      std::string down = server_.TakeOutput();
      if (quiet && down.empty()) return http::StreamError::kNone;
      while (!down.empty()) {
        const size_t n = step == 0 ? down.size() : std::min(step, down.size());
        buffer::Buffer in;
        in.AppendCopy(pool_, std::string_view(down).substr(0, n));
        down.erase(0, n);
        const http::StreamError error = client_.Feed(in).error;
        if (error != http::StreamError::kNone) return error;
      }
    }
  }

  Request request() override {
    const H2Peer::Request& seen = server_.requests.rbegin()->second;
    return {seen.Get(":method"), seen.Get(":path"), seen.Get("x-test"), seen.body, seen.ended};
  }

  void SendInformational(uint16_t status) override {
    server_.SendHead(stream(), {{":status", std::to_string(status)}});
  }
  void SendHead(uint16_t status, std::string_view x_test, int64_t length, bool end) override {
    H2Fields fields = {{":status", std::to_string(status)}, {"x-test", std::string(x_test)}};
    if (length >= 0) fields.emplace_back("content-length", std::to_string(length));
    server_.SendHead(stream(), fields, end);
  }
  void SendBody(std::string_view bytes, bool end) override {
    server_.SendBody(stream(), bytes, end);
  }
  void SendTrailer(std::string_view name, std::string_view value) override {
    server_.SendTrailers(stream(), {{std::string(name), std::string(value)}});
  }
  std::string Garbage() override { return "HTTP/1.1 400 Bad Request\r\n\r\n"; }

 private:
  int32_t stream() const { return server_.requests.rbegin()->first; }

  buffer::BlockPool& pool_;
  http2::ClientOptions options_;
  H2Peer server_;
  http2::ClientCodec client_;
};

template <typename Peer>
std::unique_ptr<CodecPeer> Make(buffer::BlockPool& pool, http::ConnectionEvents& events) {
  return std::make_unique<Peer>(pool, events);
}

INSTANTIATE_TEST_SUITE_P(Http1, CodecContract, ::testing::Values(&Make<Http1Peer>));
INSTANTIATE_TEST_SUITE_P(Http2, CodecContract, ::testing::Values(&Make<Http2Peer>));

}  // namespace
}  // namespace sluice::test
