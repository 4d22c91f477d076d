#include "dataplane/http2/client_codec.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <utility>

#include "dataplane/base/check.h"
#include "dataplane/http2/client_callbacks.h"

namespace sluice::http2 {

using http::StreamError;
using http::StreamId;

namespace {

// Fails only without memory, as everything here does.
nghttp2_session* NewSession(ClientCodec* codec, const Limits& limits) {
  nghttp2_option* option = nullptr;
  base::Check(nghttp2_option_new(&option) == 0, "memory for session options");
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_closed_streams(option, 1);
  nghttp2_option_set_max_reserved_remote_streams(option, 0);
  // Debian's 1.52 counts one per call that ends inside a frame header, so it must allow more than
  // we do: Judge counts frames.
  nghttp2_option_set_max_continuations(option, FrameScanner::kHeaderSize * limits.continuations);
  nghttp2_option_set_max_settings(option, limits.settings);
  nghttp2_option_set_max_outbound_ack(option, limits.queued_control);
  // Request heads were limited where they were received; this only keeps the default of 64 KiB from
  // refusing what our own filters added.
  nghttp2_option_set_max_send_header_block_length(option, 256 * 1024);
  nghttp2_session* session = nullptr;
  const int result =
      nghttp2_session_client_new2(&session, ClientCallbacks::Table(), codec, option);
  nghttp2_option_del(option);
  base::Check(result == 0, "memory for a session");
  return session;
}

}  // namespace

ClientCodec::ClientCodec(buffer::BlockPool& pool, http::ConnectionEvents& events,
                         const ClientOptions& options)
    : pool_(pool),
      events_(events),
      options_(options),
      session_(NewSession(this, options.limits)),
      streams_(pool, kMaxStreams),
      response_head_(options.limits),
      budget_(options.limits.idle_frames) {
  SubmitSettings();
}

ClientCodec::~ClientCodec() { nghttp2_session_del(session_); }

void ClientCodec::SubmitSettings() {
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options_.stream_window},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, options_.limits.head},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  };
  base::Check(nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings,
                                      std::size(settings)) == 0,
              "our settings are valid");
  base::Check(nghttp2_session_set_local_window_size(
                  session_, NGHTTP2_FLAG_NONE, 0,
                  static_cast<int32_t>(options_.connection_window)) == 0,
              "our connection window is valid");
}

http::FeedResult ClientCodec::Feed(buffer::Buffer& in) {
  if (ended_) {
    in.Clear();
    return {error_};
  }
  busy_ = true;
  budget_.Earn();
  while (!in.empty() && error_ == StreamError::kNone) {
    input_ = in.PopFront();
    const size_t scanned =
        scanner_.Scan(input_.view(), [&](const FrameHeader& frame) { return Judge(frame); });
    const ssize_t read = nghttp2_session_mem_recv(
        session_, reinterpret_cast<const uint8_t*>(input_.data()), scanned);
    // Too many acknowledgements in one Feed, or entries in SETTINGS.
    if (read < 0) FailConnection(StreamError::kProtocol, NGHTTP2_ENHANCE_YOUR_CALM);
  }
  input_ = {};
  if (error_ == StreamError::kNone) Pump();
  if (control_.size() > options_.limits.queued_control) {
    FailConnection(StreamError::kProtocol, NGHTTP2_ENHANCE_YOUR_CALM);
  }
  if (error_ != StreamError::kNone) {
    nghttp2_session_terminate_session(session_, error_code_);
    Pump();
    ended_ = true;
    in.Clear();
  }
  busy_ = false;
  if (ended_) FailStreams(error_);
  DeliverEnds();
  if (!output_.empty()) events_.OnOutput();
  return {error_};
}

http::FeedResult ClientCodec::FeedEnd() {
  if (ended_) return {error_};
  ended_ = true;
  if (streams_.open() > 0 && error_ == StreamError::kNone) error_ = StreamError::kEarlyEnd;
  FailStreams(StreamError::kEarlyEnd);
  return {error_};
}

StreamId ClientCodec::OpenStream(http::StreamEvents& events) {
  if (AvailableStreams() == 0) return 0;
  return streams_.Open(events)->id;
}

uint32_t ClientCodec::AvailableStreams() const {
  if (!reusable()) return 0;
  const uint32_t peer =
      nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  const uint32_t max = std::min(peer, options_.streams);
  // Streams that end without the peer's consent keep their place until it has heard so.
  return max > streams_.open() ? std::min(max - streams_.open(), streams_.room()) : 0;
}

bool ClientCodec::reusable() const {
  constexpr uint32_t kLastStreamId = 0x7fffffff;
  return !ended_ && !going_away_ && error_ == StreamError::kNone &&
         nghttp2_session_get_next_stream_id(session_) <= kLastStreamId;
}

void ClientCodec::SendPing() {
  if (ended_ || nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr) != 0) return;
  ++pings_outstanding_;
  TellOutput();
}

void ClientCodec::ResetStream(StreamId id) {
  ClientStream* const stream = streams_.Find(id);
  if (stream == nullptr) return;
  Detach(*stream);
  Reset(*stream, NGHTTP2_CANCEL);
}

void ClientCodec::Reset(ClientStream& stream, uint32_t code) {
  if (stream.wire_id == 0 || stream.closed || ended_) return streams_.Free(stream);
  if (std::exchange(stream.reset, true)) return;
  stream.body.Clear();
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.wire_id, code);
  TellOutput();
}

void ClientCodec::PauseReceiving(StreamId id, bool paused) {
  ClientStream* const stream = streams_.Find(id);
  if (stream == nullptr || stream->events == nullptr) return;
  stream->paused = paused;
  if (paused || stream->unconsumed == 0) return;
  nghttp2_session_consume_stream(session_, stream->wire_id,
                                 std::exchange(stream->unconsumed, 0));
  TellOutput();
}

void ClientCodec::TakeOutput(buffer::Buffer& out) {
  control_.Written(produced_ - output_.size() - out.size());
  if (!busy_) {
    busy_ = true;
    Pump();
    busy_ = false;
  }
  out.Append(output_);
  output_.ReleaseReserve();
  if (busy_) return;
  DeliverEnds();
  DeliverSendable();
}

void ClientCodec::Pump() {
  while (!ended_) {
    const uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    if (size < 0) FailConnection(StreamError::kProtocol, NGHTTP2_INTERNAL_ERROR);
    if (size <= 0) break;
    produced_ += static_cast<uint64_t>(size);
    output_.AppendCopy(pool_, {reinterpret_cast<const char*>(bytes), static_cast<size_t>(size)});
  }
}

// Feed tells at its end anyway.
void ClientCodec::TellOutput() {
  if (!busy_) events_.OnOutput();
}

void ClientCodec::DeliverEnds() {
  while (!ends_.empty()) DeliverEnd(ends_.PopFront());
}

// Only where output is taken: until then the bytes count as queued.
void ClientCodec::DeliverSendable() {
  while (!sendable_.empty()) {
    ClientStream& stream = sendable_.PopFront();
    if (stream.events != nullptr) stream.events->OnSendable();
  }
}

// The stream was closed by the session, and its message is not complete.
void ClientCodec::DeliverEnd(ClientStream& stream) {
  const StreamError error = stream.error;
  http::StreamEvents* const events = Detach(stream);
  streams_.Free(stream);
  if (events != nullptr) events->OnReset(error);
}

http::StreamEvents* ClientCodec::Detach(ClientStream& stream) {
  streams_.Uncount(stream);
  // The rest of its header block may come in a later Feed.
  if (stream.wire_id == head_wire_id_) response_head_.Ignore();
  return std::exchange(stream.events, nullptr);
}

void ClientCodec::FailStreams(StreamError error) {
  streams_.ForEach([&](ClientStream& stream) {
    const StreamError own = stream.error;
    http::StreamEvents* const events = Detach(stream);
    streams_.Free(stream);
    if (events != nullptr) events->OnReset(own == StreamError::kNone ? error : own);
  });
}

int ClientCodec::FailConnection(StreamError error, uint32_t code) {
  if (error_ == StreamError::kNone) {
    error_ = error;
    error_code_ = code;
  }
  return NGHTTP2_ERR_CALLBACK_FAILURE;
}

ClientStream* ClientCodec::FindWire(int32_t wire_id) const {
  return static_cast<ClientStream*>(nghttp2_session_get_stream_user_data(session_, wire_id));
}

}  // namespace sluice::http2
