// HTTP/1 towards clients: requests in, responses out, one exchange at a time (RFC 9112).
//
// Pipelining: behind a complete request the codec leaves further bytes in the buffer until the
// response was sent. It goes on in the next Feed, or in the same one when the response came from
// inside an event; after kMessagesPerFeed messages it stops in any case, so that one client does
// not hold the loop. So after Feed and after the end of each response the owner asks: is there
// input left and wants_input()? Then feed again (on a later turn, if others wait).
//
// The end of a response: no event of that stream follows it, whatever the client still sends. If
// the request was not complete (request_complete() false), its rest is read and dropped up to
// Limits::drain, and only then comes the next message; beyond it, or with `Expect: 100-continue`
// that was never answered by 100, reusable() is false. The owner closes when reusable() is false
// and the output is written.
//
// Errors: after Feed returned one, a response that had not begun may still be sent with the
// stream's id (it will say `connection: close`); nothing more is read.
//
// Upgrades (RFC 9110 7.8), with ServerOptions::allow_upgrade: a request with Head::has_upgrade and
// no body gets OnHead(kNo), and what follows is held back. SendHead(101) opens the tunnel: from
// then on bytes go both ways as body, and the end of the client's side is OnEnd. With any other
// final status the request is complete, without OnEnd. Otherwise Upgrade is ignored, as any server
// may. Thread: one loop. Restart, configuration changes: lives and dies with its connection.
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

// Part of compiled configuration: outlives the codec.
struct ServerOptions {
  Limits limits;
  RequestRules rules;
  bool allow_upgrade = false;
};

class ServerCodec final : public http::Codec {
 public:
  static constexpr uint32_t kMessagesPerFeed = 16;

  // All three outlive the codec.
  ServerCodec(buffer::BlockPool& pool, http::ConnectionEvents& events,
              const ServerOptions& options);

  // The response in progress, or else the next one, is the connection's last: its head says so if
  // it was not sent yet.
  void CloseAfterResponse() { will_close_ = true; }
  // No request is being received: the last one, if any, came completely.
  bool request_complete() const;
  // The response has ended and the rest of its request is being dropped.
  bool draining() const { return open_ && send_ == Send::kEnded; }

  // Gives up on a head that began to arrive and did not come in time: opens a stream for it, so
  // that the owner can answer (408) and log it, and reads nothing more. Only between messages.
  void AbandonHead();

  // http::Codec
  http::FeedResult Feed(buffer::Buffer& in) override;
  http::FeedResult FeedEnd() override;
  http::StreamId OpenStream(http::StreamEvents&) override { return 0; }
  uint32_t AvailableStreams() const override { return 0; }
  // Status 100 goes out at most once per request; 1xx never to an HTTP/1.0 client.
  void SendHead(http::StreamId id, const http::Head& head, http::EndStream end) override;
  void SendBody(http::StreamId id, buffer::Buffer& data, http::EndStream end) override;
  void SendTrailers(http::StreamId id, const http::Head& trailers) override;
  // All output is there at once, for whichever stream.
  size_t QueuedBytes(http::StreamId) const override { return output_.size(); }
  void ResetStream(http::StreamId id) override;
  void PauseReceiving(http::StreamId id, bool paused) override;
  void TakeOutput(buffer::Buffer& out) override;
  bool wants_input() const override;
  bool idle() const override;
  bool reusable() const override;

 private:
  enum class Receive : uint8_t {
    kHead,  // between messages, or inside a head
    kBody,
    kTrailers,
    kComplete,  // behind the message, until its response has ended
    kHeld,      // behind a request for an upgrade, until it is answered
    kTunnel,
    kClosed,  // nothing more is read
  };
  enum class Send : uint8_t { kHead, kBody, kEnded };
  // What one step of Feed did.
  enum class Step : uint8_t { kGoOn, kStop };

  Step ReadHead(buffer::Buffer& in);
  void OpenExchange();
  Step AcceptHead(const http::Head& head);
  Step ReadBody(buffer::Buffer& in);
  Step ReadTrailers(buffer::Buffer& in);
  void CompleteRequest();
  Step Fail(http::StreamError error);
  void SendInformational(const http::Head& head);
  void SendFinalHead(const http::Head& head, http::EndStream end);
  FramingLine ChooseFraming(const http::Head& head, http::EndStream end);
  ConnectionLine ChooseConnection(const http::Head& head);
  void EndResponse(const http::Head* trailers);
  void EndExchange();

  buffer::BlockPool& pool_;
  http::ConnectionEvents& events_;
  const ServerOptions& options_;
  http::StreamEvents* stream_ = nullptr;  // until its last event
  http::StreamId id_ = 0;                 // of the newest stream
  Receive receive_ = Receive::kHead;
  Send send_ = Send::kEnded;
  bool open_ = false;           // an exchange is not over
  bool half_received_ = false;  // the buffer holds the beginning of a head
  bool skipped_crlf_ = false;   // the one that RFC 9112 2.2 lets a client send too much
  bool paused_ = false;
  bool will_close_ = false;
  http::StreamError error_ = http::StreamError::kNone;
  // Of the request in progress.
  http::Method method_ = http::Method::kUnknown;
  http::Version version_ = http::Version::kHttp11;
  bool waits_for_continue_ = false;  // it may hold its body back until a 100
  bool continue_sent_ = false;
  uint64_t dropped_ = 0;  // body bytes dropped after the response
  HeadReader head_reader_;
  BodyReader body_reader_;
  BodyWriter body_writer_;
  buffer::Buffer output_;
};

}  // namespace sluice::http1
