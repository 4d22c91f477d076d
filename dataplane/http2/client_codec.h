// HTTP/2 towards upstreams, and for ADS (RFC 9113): the Codec contract on an nghttp2 session.
//
// The session knows frames, HPACK, flow control and stream states; the codec adds our limits,
// heads, back-pressure and the order of events. Output (the preface first, from construction on) is
// made at the end of Feed and in TakeOutput; body bytes are moved from SendBody to the output and
// from the input to OnBody without a copy. Memory: streams and heads come from free lists and
// arenas; the session itself allocates a few small objects per stream.
//
// Beyond the contract:
//  * OnSendable and the reset of a stream whose request could not be sent come from inside
//    TakeOutput, after `out` was filled.
//  * The owner passes one buffer to TakeOutput for the life of the connection and takes from its
//    front what the peer's socket accepted: what is left in it shows a peer that does not read.
//  * A paused stream still hears what is under way, at most ClientOptions::stream_window bytes.
//  * OnEnd may come before the request was sent to its end; whoever does not want to send the rest
//    calls ResetStream. If the peer resets the stream then, what is sent is dropped.
//  * A body that is not as long as head.framing announced is never ended cleanly: the stream is
//    reset, and the owner hears kBadContentLength.
//  * GOAWAY: streams that the peer did not process, and those whose head was not sent, hear
//    kRefused; the others go on (RFC 9113 6.8). reusable() is false.
//  * After an error the output holds a GOAWAY that says why; write it if that needs no waiting.
// Server push is refused: any PUSH_PROMISE is a connection error. Upgrade has no meaning here: the
// fields are dropped (RFC 9113 8.6).
//
// Thread: one loop. Restart, configuration changes: lives and dies with its connection. A silent
// peer: the owner's timeouts, and SendPing.
#pragma once

#include <cstdint>
#include <memory>

#include "dataplane/base/intrusive_list.h"
#include "dataplane/http/codec.h"
#include "dataplane/http2/frame_budget.h"
#include "dataplane/http2/frame_scanner.h"
#include "dataplane/http2/options.h"
#include "dataplane/http2/response_head.h"
#include "dataplane/http2/stream_table.h"

struct nghttp2_session;

namespace sluice::http2 {

class ClientCodec final : public http::Codec {
 public:
  // All three outlive the codec.
  ClientCodec(buffer::BlockPool& pool, http::ConnectionEvents& events,
              const ClientOptions& options);
  ~ClientCodec() override;

  // Asks the peer for a sign of life (RFC 9113 6.7). How long to wait for it, and how many may be
  // outstanding, is the caller's business.
  void SendPing();
  // Pings sent and not yet answered.
  uint32_t pings_outstanding() const { return pings_outstanding_; }

  // http::Codec
  http::FeedResult Feed(buffer::Buffer& in) override;
  http::FeedResult FeedEnd() override;
  http::StreamId OpenStream(http::StreamEvents& events) override;
  // Within the peer's SETTINGS_MAX_CONCURRENT_STREAMS; 100 until it said how many.
  uint32_t AvailableStreams() const override;
  void SendHead(http::StreamId id, const http::Head& head, http::EndStream end) override;
  void SendBody(http::StreamId id, buffer::Buffer& data, http::EndStream end) override;
  void SendTrailers(http::StreamId id, const http::Head& trailers) override;
  // Counts output that was made but not yet taken, of all streams.
  size_t QueuedBytes(http::StreamId id) const override;
  void ResetStream(http::StreamId id) override;
  void PauseReceiving(http::StreamId id, bool paused) override;
  void TakeOutput(buffer::Buffer& out) override;
  // Streams are paused by their windows, never by not reading: the others would wait too.
  bool wants_input() const override { return !ended_; }
  bool idle() const override { return streams_.open() == 0; }
  bool reusable() const override;

 private:
  friend struct ClientCallbacks;

  // Set up (client_codec.cc).
  void SubmitSettings();
  // Runs the session's sending side into output_.
  void Pump();
  void TellOutput();
  void DeliverEnds();
  void DeliverEnd(ClientStream& stream);
  void DeliverSendable();
  // Nobody listens to the stream from here on. Returns who did.
  http::StreamEvents* Detach(ClientStream& stream);
  void Reset(ClientStream& stream, uint32_t code);
  void FailStreams(http::StreamError error);
  // Remembers the first error of the connection and the code for GOAWAY; for callbacks.
  int FailConnection(http::StreamError error, uint32_t code);
  ClientStream* FindWire(int32_t wire_id) const;

  // False: the connection has failed.
  bool Judge(const FrameHeader& frame);

  // What the session says while it receives (client_receiving.cc). Results are nghttp2's.
  void OnHeadersBegun(int32_t wire_id);
  int OnField(int32_t wire_id, std::string_view name, std::string_view value);
  void OnBadField(int32_t wire_id, std::string_view name);
  int OnHeadersComplete(int32_t wire_id, http::EndStream end);
  int OnDataComplete(int32_t wire_id, http::EndStream end);
  void OnData(int32_t wire_id, std::string_view bytes);
  void OnPeerReset(int32_t wire_id);
  void OnGoAway();
  void OnPingAck();
  void OnBadFrame(int32_t wire_id);
  void OnClosed(ClientStream& stream, uint32_t code);
  void Complete(ClientStream& stream);
  void RefuseStream(ClientStream& stream, http::StreamError error);

  // The same for sending (client_sending.cc).
  void EndBody(ClientStream& stream);
  void Wake(ClientStream& stream);
  void OnFrameSent(uint8_t type, uint32_t goaway_code);
  void OnRequestSent(int32_t wire_id);
  void OnRequestNotSent(int32_t wire_id, int reason);
  // Chooses how much of the body the next DATA frame carries.
  int64_t OnBodyWanted(ClientStream& stream, size_t max_bytes, uint32_t& flags);
  void OnBodyFrame(ClientStream& stream, std::string_view frame_header, size_t length);

  buffer::BlockPool& pool_;
  http::ConnectionEvents& events_;
  const ClientOptions& options_;
  nghttp2_session* session_ = nullptr;
  StreamTable streams_;
  // A stream is on one of the two at most.
  base::IntrusiveList<ClientStream, NotifyTag> ends_;      // closed by the session
  base::IntrusiveList<ClientStream, NotifyTag> sendable_;  // owed OnSendable
  ResponseHead response_head_;
  FrameScanner scanner_;
  FrameBudget budget_;
  ControlQueue control_;
  buffer::Buffer output_;
  uint64_t produced_ = 0;        // bytes that ever went into output_
  buffer::Slice input_;          // what the session is reading
  uint32_t pings_outstanding_ = 0;
  http::StreamError error_ = http::StreamError::kNone;
  uint32_t error_code_ = 0;      // for GOAWAY
  bool busy_ = false;            // the session is on the stack: it must not be entered again
  int32_t head_wire_id_ = 0;     // whose header block response_head_ holds
  uint32_t continuations_ = 0;   // of the header block being received
  bool data_seen_ = false;       // the DATA frame being received has carried bytes
  bool going_away_ = false;      // the peer said so
  bool ended_ = false;           // no more input: failed, or the peer's end
};

}  // namespace sluice::http2
