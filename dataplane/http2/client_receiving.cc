// What the session tells ClientCodec while it reads the peer's frames.
#include <nghttp2/nghttp2.h>

#include "dataplane/http/text.h"
#include "dataplane/http2/client_codec.h"

namespace sluice::http2 {

using http::EndStream;
using http::StreamError;
using HeadKind = http::StreamEvents::HeadKind;

namespace {

constexpr int kGoOn = 0;

bool IsLowerCaseToken(std::string_view name) {
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') return false;
  }
  return http::IsToken(name);
}

}  // namespace

bool ClientCodec::Judge(const FrameHeader& frame) {
  if (frame.type == NGHTTP2_DATA && frame.length > 0) return true;
  // Our settings refuse it, but bind the peer only once it has acknowledged them.
  if (frame.type == NGHTTP2_PUSH_PROMISE) {
    FailConnection(StreamError::kProtocol, NGHTTP2_PROTOCOL_ERROR);
    return false;
  }
  continuations_ = frame.type == NGHTTP2_CONTINUATION ? continuations_ + 1 : 0;
  if (continuations_ <= options_.limits.continuations && budget_.Spend()) return true;
  FailConnection(StreamError::kProtocol, NGHTTP2_ENHANCE_YOUR_CALM);
  return false;
}

void ClientCodec::OnHeadersBegun(int32_t wire_id) {
  ClientStream* const stream = FindWire(wire_id);
  head_wire_id_ = wire_id;
  if (stream == nullptr || stream->events == nullptr) {
    response_head_.BeginIgnored();
  } else if (stream->has_head) {
    response_head_.BeginTrailers(*stream->events);
  } else {
    response_head_.BeginResponse(*stream->events);
  }
}

int ClientCodec::OnField(int32_t wire_id, std::string_view name, std::string_view value) {
  switch (response_head_.AddField(name, value)) {
    case ResponseHead::Verdict::kOk: break;
    case ResponseHead::Verdict::kRefuseStream: {
      // The reset waits for the end of the block: of a stream that is gone the session would not
      // tell us how far it grows.
      ClientStream& stream = *FindWire(wire_id);
      stream.refused = true;
      if (http::StreamEvents* const events = Detach(stream)) {
        events->OnReset(response_head_.error());
      }
      break;
    }
    case ResponseHead::Verdict::kRefuseConnection:
      return FailConnection(StreamError::kHeadTooLarge, NGHTTP2_ENHANCE_YOUR_CALM);
  }
  return kGoOn;
}

// The session resets the stream.
void ClientCodec::OnBadField(int32_t wire_id, std::string_view name) {
  ClientStream* const stream = FindWire(wire_id);
  if (stream == nullptr || stream->error != StreamError::kNone) return;
  stream->error =
      IsLowerCaseToken(name) ? StreamError::kBadFieldValue : StreamError::kBadFieldName;
}

int ClientCodec::OnHeadersComplete(int32_t wire_id, EndStream end) {
  ClientStream* const stream = FindWire(wire_id);
  if (stream != nullptr && stream->refused) Reset(*stream, NGHTTP2_PROTOCOL_ERROR);
  if (stream == nullptr || stream->events == nullptr) return kGoOn;
  if (!response_head_.Finish(end)) {
    RefuseStream(*stream, response_head_.error());
    return kGoOn;
  }
  budget_.Earn();
  const http::Head& head = *response_head_.head();
  switch (response_head_.kind()) {
    case HeadKind::kInformational:
      if (++stream->informational > options_.limits.informational) {
        RefuseStream(*stream, StreamError::kTooManyInformational);
        return kGoOn;
      }
      stream->events->OnInformational();
      return kGoOn;
    case HeadKind::kMain:
      stream->has_head = true;
      stream->has_response_length = head.framing == http::BodyFraming::kLength;
      stream->events->OnHead(end);
      break;
    case HeadKind::kTrailers: stream->events->OnTrailers(); break;
  }
  if (end == EndStream::kYes) Complete(*stream);
  return kGoOn;
}

void ClientCodec::OnData(int32_t wire_id, std::string_view bytes) {
  data_seen_ = true;
  budget_.Earn();
  // Paused streams are held by their own windows; the connection's is for all of them.
  nghttp2_session_consume_connection(session_, bytes.size());
  ClientStream* const stream = FindWire(wire_id);
  if (stream == nullptr || stream->events == nullptr) return;

  stream->empty_data = 0;
  buffer::Slice slice = input_.Share();
  slice.RemovePrefix(static_cast<size_t>(bytes.data() - input_.data()));
  slice.RemoveSuffix(slice.size() - bytes.size());
  buffer::Buffer data;
  data.Append(std::move(slice));
  stream->events->OnBody(data);
  if (stream->events == nullptr) return;  // reset by the handler
  if (stream->paused) {
    stream->unconsumed += static_cast<uint32_t>(bytes.size());
  } else {
    nghttp2_session_consume_stream(session_, wire_id, bytes.size());
  }
}

int ClientCodec::OnDataComplete(int32_t wire_id, EndStream end) {
  ClientStream* const stream = FindWire(wire_id);
  if (stream == nullptr) return kGoOn;
  if (end == EndStream::kYes) {
    Complete(*stream);
  } else if (!data_seen_ && ++stream->empty_data > options_.limits.empty_data) {
    return FailConnection(StreamError::kProtocol, NGHTTP2_ENHANCE_YOUR_CALM);
  }
  data_seen_ = false;
  return kGoOn;
}

void ClientCodec::Complete(ClientStream& stream) {
  if (http::StreamEvents* const events = Detach(stream)) events->OnEnd();
}

void ClientCodec::RefuseStream(ClientStream& stream, StreamError error) {
  http::StreamEvents* const events = Detach(stream);
  Reset(stream, NGHTTP2_PROTOCOL_ERROR);
  if (events != nullptr) events->OnReset(error);
}

void ClientCodec::OnPeerReset(int32_t wire_id) {
  if (ClientStream* const stream = FindWire(wire_id)) stream->peer_reset = true;
}

// RFC 9113 6.8. Streams above the last one that the peer names are closed by the session.
void ClientCodec::OnGoAway() {
  if (!going_away_) {
    going_away_ = true;
    events_.OnLastStream();
  }
  streams_.ForEach([&](ClientStream& stream) {
    if (stream.on_wire || stream.closed) return;
    http::StreamEvents* const events = Detach(stream);
    Reset(stream, NGHTTP2_CANCEL);
    if (events != nullptr) events->OnReset(StreamError::kRefused);
  });
}

void ClientCodec::OnPingAck() {
  if (pings_outstanding_ > 0) --pings_outstanding_;
}

// A header block that is no response, or no trailers. The session resets the stream.
void ClientCodec::OnBadFrame(int32_t wire_id) {
  ClientStream* const stream = FindWire(wire_id);
  if (stream == nullptr) return;
  const StreamError error =
      stream->error == StreamError::kNone ? StreamError::kProtocol : stream->error;
  if (http::StreamEvents* const events = Detach(*stream)) events->OnReset(error);
}

void ClientCodec::OnClosed(ClientStream& stream, uint32_t code) {
  stream.closed = true;
  if (stream.events == nullptr) return streams_.Free(stream);
  if (stream.error == StreamError::kNone) {
    if (code == NGHTTP2_REFUSED_STREAM) {
      stream.error = StreamError::kRefused;
    } else if (stream.peer_reset) {
      stream.error = StreamError::kPeerReset;
    } else if (stream.has_response_length && code == NGHTTP2_PROTOCOL_ERROR) {
      // With a correct head, what the session refuses in a body is its length.
      stream.error = StreamError::kBadContentLength;
    } else {
      stream.error = StreamError::kProtocol;
    }
  }
  stream.Unlink();
  ends_.PushBack(stream);
}

}  // namespace sluice::http2
