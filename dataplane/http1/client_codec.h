// HTTP/1 towards upstreams: requests out, responses in, one exchange at a time (RFC 9112).
//
// The response is judged as strictly as a request: what could be read in two ways fails the stream,
// and the connection with it. After the last event of a stream reusable() tells whether another may
// follow; it is settled before OnEnd, so a handler may ask there and open the next stream at once.
// Not reusable: either side said close; the body ended with the connection; the request had not
// been sent to its end; bytes followed the response (a second answer nobody asked for, or a body
// where there may be none: they are dropped, and Feed returns kUnexpectedBytes).
//
// A response may end before its request: later SendBody of that stream takes its bytes and drops
// them.
//
// Upgrades: if the request went out with Head::has_upgrade and 101 comes back, or 2xx to CONNECT,
// OnHead(kNo) follows and the connection is a tunnel: body bytes both ways until an end. A 101 that
// was not asked for is kBadStatus.
// Thread: one loop. Restart, configuration changes: lives and dies with its connection.
#pragma once

#include <cstdint>

#include "dataplane/http/codec.h"
#include "dataplane/http1/body_reader.h"
#include "dataplane/http1/body_writer.h"
#include "dataplane/http1/head_parser.h"
#include "dataplane/http1/head_reader.h"
#include "dataplane/http1/head_writer.h"
#include "dataplane/http1/limits.h"

namespace sluice::http1 {

class ClientCodec final : public http::Codec {
 public:
  // All three outlive the codec.
  ClientCodec(buffer::BlockPool& pool, http::ConnectionEvents& events, const Limits& limits);

  // The stream in progress, or else the next one, is the connection's last; its request says so if
  // its head was not sent yet.
  void CloseAfterStream() { will_close_ = true; }

  // http::Codec
  http::FeedResult Feed(buffer::Buffer& in) override;
  http::FeedResult FeedEnd() override;
  http::StreamId OpenStream(http::StreamEvents& events) override;
  uint32_t AvailableStreams() const override {
    return idle() && error_ == http::StreamError::kNone;
  }
  void SendHead(http::StreamId id, const http::Head& head, http::EndStream end) override;
  void SendBody(http::StreamId id, buffer::Buffer& data, http::EndStream end) override;
  void SendTrailers(http::StreamId id, const http::Head& trailers) override;
  size_t QueuedBytes(http::StreamId) const override { return output_.size(); }
  void ResetStream(http::StreamId id) override;
  void PauseReceiving(http::StreamId id, bool paused) override;
  void TakeOutput(buffer::Buffer& out) override;
  // True between streams too, so that the end of an idle connection is seen.
  bool wants_input() const override;
  bool idle() const override { return receive_ == Receive::kIdle; }
  bool reusable() const override { return !will_close_; }

 private:
  enum class Receive : uint8_t { kIdle, kHead, kBody, kTrailers, kTunnel, kEnding, kClosed };
  enum class Send : uint8_t { kHead, kBody, kEnded };
  enum class Step : uint8_t { kGoOn, kStop };

  Step ReadIdle(buffer::Buffer& in);
  Step ReadHead(buffer::Buffer& in);
  Step ReadInformational(buffer::Buffer& in, std::string_view bytes);
  Step AcceptHead(const http::Head& head, buffer::Buffer& in);
  Step ReadBody(buffer::Buffer& in);
  Step ReadTrailers(buffer::Buffer& in);
  // The message is complete; `in` holds what follows it.
  void BeginEnd(buffer::Buffer& in);
  void EndStreamNow();
  Step Fail(http::StreamError error);
  bool OpensTunnel(uint16_t status) const;
  FramingLine ChooseFraming(const http::Head& head, http::EndStream end);
  void EndRequest(const http::Head* trailers);

  buffer::BlockPool& pool_;
  http::ConnectionEvents& events_;
  const Limits& limits_;
  http::StreamEvents* stream_ = nullptr;
  http::StreamId id_ = 0;
  Receive receive_ = Receive::kIdle;
  Send send_ = Send::kEnded;
  bool paused_ = false;
  bool will_close_ = false;
  bool keep_alive_ = true;  // of the response
  bool asked_upgrade_ = false;
  uint32_t informational_ = 0;  // 1xx responses of this stream
  http::Method method_ = http::Method::kUnknown;
  http::StreamError error_ = http::StreamError::kNone;
  HeadReader head_reader_;
  BodyReader body_reader_;
  BodyWriter body_writer_;
  buffer::Buffer output_;
};

}  // namespace sluice::http1
