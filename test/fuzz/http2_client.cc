// Whatever bytes an HTTP/2 server sends, cut in any way, to an owner that resets, pauses and sends
// as it likes: no crash, no read outside the bytes, at most one last event per stream and none
// after it.
//
// Input: a byte of habits (the bits below), a byte that cuts, the server's bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <string_view>

#include "dataplane/http2/client_codec.h"

namespace sluice {
namespace {

enum Habit : uint8_t {
  kResetsInHead = 1,
  kResetsInBody = 2,
  kPauses = 4,
  kSendsInEvents = 8,
  kReadsLate = 16,   // output is taken at the end only
  kReopens = 32,
};

void Require(bool holds) {
  if (!holds) std::abort();
}

class Owner;

class Stream final : public http::StreamEvents {
 public:
  Stream(buffer::BlockPool& pool, Owner& owner) : arena_(pool), owner_(owner) {}

  http::StreamId id = 0;
  bool over = false;

  http::Head& NewHead(HeadKind) override {
    Require(!over);
    return heads_.emplace_back(arena_);
  }
  void OnHead(http::EndStream) override;
  void OnInformational() override { Require(!over); }
  void OnBody(buffer::Buffer& data) override;
  void OnTrailers() override { Require(!over); }
  void OnEnd() override { End(); }
  void OnReset(http::StreamError error) override {
    Require(error != http::StreamError::kNone);
    End();
  }

 private:
  void End();

  buffer::Arena arena_;
  std::deque<http::Head> heads_;
  Owner& owner_;
};

class Owner final : public http::ConnectionEvents {
 public:
  explicit Owner(uint8_t habits) : habits_(habits) {
    Open("GET");
    Open("HEAD");
    Open("POST");
  }

  http::StreamEvents* OnStream(http::StreamId) override { std::abort(); }
  void OnLastStream() override {}
  void OnOutput() override {}

  bool Does(Habit habit) const { return (habits_ & habit) != 0; }
  http2::ClientCodec& codec() { return codec_; }

  void Open(std::string_view method) {
    if (streams_.size() >= kMostStreams) return;
    Stream& stream = streams_.emplace_back(pool_, *this);
    stream.id = codec_.OpenStream(stream);
    stream.over = stream.id == 0;
    if (stream.over) return;
    http::Head& head = heads_.emplace_back(arena_);
    head.method = http::LookupMethod(method);
    head.method_text = method;
    head.path = "/";
    head.authority = "up";
    const bool body = method == "POST";
    if (body) head.framing = http::BodyFraming::kStream;
    codec_.SendHead(stream.id, head, http::EndStream(!body));
    if (body) Send(stream.id, http::EndStream::kNo);
  }
  void Send(http::StreamId id, http::EndStream end) {
    buffer::Buffer data;
    data.AppendCopy(pool_, "some bytes");
    codec_.SendBody(id, data, end);
  }
  void Reset(Stream& stream) {
    stream.over = true;
    codec_.ResetStream(stream.id);
  }

  // False: the connection has failed.
  bool Feed(std::string_view bytes) {
    buffer::Buffer in;
    in.AppendCopy(pool_, bytes);
    const bool ok = codec_.Feed(in).error == http::StreamError::kNone;
    Require(in.empty());
    if (!Does(kReadsLate)) TakeOutput();
    if (!ok) RequireAllOver();
    return ok;
  }
  void TakeOutput() {
    buffer::Buffer out;
    codec_.TakeOutput(out);
  }
  void Finish() {
    TakeOutput();
    for (Stream& stream : streams_) codec_.PauseReceiving(stream.id, false);
    static_cast<void>(codec_.FeedEnd());
    RequireAllOver();
    Require(codec_.idle() && !codec_.reusable());
  }

 private:
  static constexpr size_t kMostStreams = 16;
  void RequireAllOver() {
    for (const Stream& stream : streams_) Require(stream.over);
  }

  const uint8_t habits_;
  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
  std::deque<http::Head> heads_;
  std::deque<Stream> streams_;
  http2::ClientOptions options_;
  http2::ClientCodec codec_{pool_, *this, options_};
};

void Stream::OnHead(http::EndStream) {
  Require(!over);
  if (owner_.Does(kSendsInEvents)) owner_.Send(id, http::EndStream::kYes);
  if (owner_.Does(kPauses)) owner_.codec().PauseReceiving(id, true);
  if (owner_.Does(kResetsInHead)) owner_.Reset(*this);
}

void Stream::OnBody(buffer::Buffer& data) {
  Require(!over && !data.empty());
  // Reads them all, for the sanitizer.
  uint8_t sum = 0;
  for (char c : data.ToString()) sum = static_cast<uint8_t>(sum + static_cast<uint8_t>(c));
  if (sum == 77) owner_.codec().SendPing();
  data.Clear();
  if (owner_.Does(kResetsInBody)) owner_.Reset(*this);
}

void Stream::End() {
  Require(!over);
  over = true;
  if (owner_.Does(kReopens)) owner_.Open("GET");
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const size_t step = data[1] == 0 ? size : data[1];
  std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  sluice::Owner owner(data[0]);
  owner.TakeOutput();
  while (!bytes.empty()) {
    const size_t n = std::min(step, bytes.size());
    if (!owner.Feed(bytes.substr(0, n))) break;
    bytes.remove_prefix(n);
  }
  owner.Finish();
  return 0;
}
