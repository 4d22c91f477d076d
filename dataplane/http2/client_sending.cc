// Requests: what ClientCodec gives to the session, and what the session makes of it.
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <utility>

#include "dataplane/http2/client_callbacks.h"
#include "dataplane/http2/client_codec.h"
#include "dataplane/http2/request_fields.h"

namespace sluice::http2 {

using http::EndStream;
using http::Head;
using http::StreamError;
using http::StreamId;

void ClientCodec::SendHead(StreamId id, const Head& head, EndStream end) {
  ClientStream* const stream = streams_.Find(id);
  if (stream == nullptr || stream->wire_id != 0 || stream->closed) return;
  stream->send_ended = end == EndStream::kYes;
  stream->has_length = head.framing == http::BodyFraming::kLength && end == EndStream::kNo;
  stream->length_left = stream->has_length ? head.content_length : 0;

  const std::span<const nghttp2_nv> fields = RequestFields(head, end, stream->arena);
  nghttp2_data_provider body{{.ptr = stream}, ClientCallbacks::ReadBody};
  const int32_t wire_id =
      nghttp2_submit_request(session_, nullptr, fields.data(), fields.size(),
                             end == EndStream::kYes ? nullptr : &body, stream);
  stream->arena.Reset();  // the session has copied it
  if (wire_id > 0) {
    stream->wire_id = wire_id;
    return;
  }
  // The wire has no more numbers: another connection has.
  stream->closed = true;
  stream->error = StreamError::kRefused;
  ends_.PushBack(*stream);
}

void ClientCodec::SendBody(StreamId id, buffer::Buffer& data, EndStream end) {
  ClientStream* const stream = streams_.Find(id);
  if (stream == nullptr || !stream->sends()) return data.Clear();
  if (stream->has_length && data.size() > stream->length_left) {
    data.Clear();
    stream->length_left = 1;  // never right again
    return EndBody(*stream);
  }
  if (stream->has_length) stream->length_left -= data.size();
  stream->body.Append(data);
  if (stream->body.size() > options_.high_mark) stream->above_mark = true;
  if (end == EndStream::kYes) return EndBody(*stream);
  Wake(*stream);
}

void ClientCodec::SendTrailers(StreamId id, const Head& trailers) {
  ClientStream* const stream = streams_.Find(id);
  if (stream == nullptr || !stream->sends()) return;
  stream->trailers = TrailerFields(trailers, stream->arena);
  EndBody(*stream);
}

void ClientCodec::EndBody(ClientStream& stream) {
  if (stream.length_left == 0) {
    stream.send_ended = true;
    return Wake(stream);
  }
  // The upstream, or who stands behind it in HTTP/1, must not take this for a complete request.
  stream.error = StreamError::kBadContentLength;
  Reset(stream, NGHTTP2_CANCEL);
}

void ClientCodec::Wake(ClientStream& stream) {
  if (std::exchange(stream.deferred, false)) {
    nghttp2_session_resume_data(session_, stream.wire_id);
  }
}

size_t ClientCodec::QueuedBytes(StreamId id) const {
  const ClientStream* const stream = streams_.Find(id);
  return output_.size() + (stream == nullptr ? 0 : stream->body.size());
}

int64_t ClientCodec::OnBodyWanted(ClientStream& stream, size_t max_bytes, uint32_t& flags) {
  const size_t bytes = std::min(max_bytes, stream.body.size());
  if (stream.reset || (bytes == 0 && !stream.send_ended)) {
    stream.deferred = true;
    return NGHTTP2_ERR_DEFERRED;
  }
  flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (!stream.send_ended || bytes < stream.body.size()) return static_cast<int64_t>(bytes);
  flags |= NGHTTP2_DATA_FLAG_EOF;
  if (!stream.trailers.empty()) {
    flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    nghttp2_submit_trailer(session_, stream.wire_id, stream.trailers.data(),
                           stream.trailers.size());
    stream.trailers = {};
    stream.arena.Reset();
  }
  return static_cast<int64_t>(bytes);
}

void ClientCodec::OnBodyFrame(ClientStream& stream, std::string_view frame_header, size_t length) {
  produced_ += frame_header.size() + length;
  output_.AppendCopy(pool_, frame_header);
  output_.MoveFrom(stream.body, length);
  budget_.Earn();
  if (!stream.above_mark || stream.body.size() > options_.high_mark / 2) return;
  stream.above_mark = false;
  sendable_.PushBack(stream);
}

void ClientCodec::OnFrameSent(uint8_t type, uint32_t goaway_code) {
  if (type == NGHTTP2_DATA || type == NGHTTP2_HEADERS) return;
  control_.Add(produced_);
  // The session found a connection error by itself.
  if (goaway_code != NGHTTP2_NO_ERROR) FailConnection(StreamError::kProtocol, goaway_code);
}

void ClientCodec::OnRequestSent(int32_t wire_id) {
  if (ClientStream* const stream = FindWire(wire_id)) stream->on_wire = true;
}

// The stream is closed next.
void ClientCodec::OnRequestNotSent(int32_t wire_id, int reason) {
  ClientStream* const stream = FindWire(wire_id);
  if (stream == nullptr || stream->error != StreamError::kNone) return;
  const bool too_large = reason == NGHTTP2_ERR_FRAME_SIZE_ERROR;
  stream->error = too_large ? StreamError::kHeadTooLarge : StreamError::kRefused;
}

}  // namespace sluice::http2
