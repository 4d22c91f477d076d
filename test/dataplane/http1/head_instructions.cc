// Parses or writes heads a given number of times, and nothing else, to be counted by callgrind:
// (instructions of 2500 rounds - instructions of 500) / 2000 is the cost of one, stable to 1 %.
//   head_instructions request|response|write|codec CORPUS(0-2) ROUNDS
// An arena that takes and gives back its block each round is part of each figure.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "dataplane/http1/head_parser.h"
#include "dataplane/http1/head_writer.h"
#include "dataplane/http1/server_codec.h"
#include "test/dataplane/http1/corpus.h"

namespace sluice::http1 {
namespace {

class Exchange final : public http::ConnectionEvents, public http::StreamEvents {
 public:
  explicit Exchange(buffer::BlockPool& pool) : arena_(pool), head_(arena_) {}

  http::StreamEvents* OnStream(http::StreamId id) override {
    id_ = id;
    head_.Clear();
    arena_.Reset();
    return this;
  }
  void OnLastStream() override {}
  void OnOutput() override {}
  http::Head& NewHead(HeadKind) override { return head_; }
  void OnHead(http::EndStream) override {}
  void OnBody(buffer::Buffer& data) override { data.Clear(); }
  void OnTrailers() override {}
  void OnEnd() override {}
  void OnReset(http::StreamError) override { std::abort(); }
  http::StreamId id() const { return id_; }

 private:
  buffer::Arena arena_;
  http::Head head_;
  http::StreamId id_ = 0;
};

void Require(const HeadResult& result) {
  if (result.error != http::StreamError::kNone || result.consumed == 0) std::abort();
}

void ParseRequests(const Corpus& corpus, int rounds) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  for (int i = 0; i < rounds; ++i) {
    http::Head head(arena);
    Require(ParseRequestHead(corpus.request, {}, {}, head));
    arena.Reset();
  }
}

void ParseResponses(const Corpus& corpus, int rounds) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  for (int i = 0; i < rounds; ++i) {
    http::Head head(arena);
    Require(ParseResponseHead(corpus.response, {}, http::Method::kGet, head));
    arena.Reset();
  }
}

void WriteRequests(const Corpus& corpus, int rounds) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  http::Head head(arena);
  head.HoldBytes(buffer::Slice::Static(corpus.request));
  Require(ParseRequestHead(head.received(), {}, {}, head));
  buffer::Buffer out;
  for (int i = 0; i < rounds; ++i) {
    WriteRequestHead(pool, head, {}, ConnectionLine::kOmit, out);
    out.Clear();
  }
}

// A request in and the head of a response out, through the codec.
void Serve(const Corpus& corpus, int rounds) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  http::Head response(arena);
  response.HoldBytes(buffer::Slice::Static(corpus.response));
  Require(ParseResponseHead(response.received(), {}, http::Method::kHead, response));
  Exchange exchange(pool);
  const ServerOptions options;
  ServerCodec codec(pool, exchange, options);
  buffer::Buffer in, out;
  for (int i = 0; i < rounds; ++i) {
    std::memcpy(in.Reserve(pool, 4000).data(), corpus.request.data(), corpus.request.size());
    in.Commit(corpus.request.size());
    if (codec.Feed(in).error != http::StreamError::kNone) std::abort();
    codec.SendHead(exchange.id(), response, http::EndStream::kYes);
    codec.TakeOutput(out);
    out.Clear();
    in.Clear();
    in.ReleaseReserve();
  }
}

int Run(std::string_view mode, int corpus, int rounds) {
  const Corpus& chosen = kCorpora[static_cast<size_t>(corpus) % kCorpora.size()];
  if (mode == "request") return ParseRequests(chosen, rounds), 0;
  if (mode == "response") return ParseResponses(chosen, rounds), 0;
  if (mode == "write") return WriteRequests(chosen, rounds), 0;
  if (mode == "codec" && corpus < 2) return Serve(chosen, rounds), 0;  // the third has a body
  return 2;
}

}  // namespace
}  // namespace sluice::http1

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "head_instructions request|response|write|codec CORPUS ROUNDS\n");
    return 2;
  }
  return sluice::http1::Run(argv[1], std::atoi(argv[2]), std::atoi(argv[3]));
}
