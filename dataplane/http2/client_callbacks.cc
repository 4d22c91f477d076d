#include "dataplane/http2/client_callbacks.h"

#include "dataplane/base/check.h"

namespace sluice::http2 {
namespace {

ClientCodec& Codec(void* codec) { return *static_cast<ClientCodec*>(codec); }

std::string_view Text(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

http::EndStream End(const nghttp2_frame* frame) {
  return http::EndStream((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0);
}

bool IsRequest(const nghttp2_frame* frame) {
  return frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
}

bool IsAck(const nghttp2_frame* frame) { return (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0; }

}  // namespace

const nghttp2_session_callbacks* ClientCallbacks::Table() {
  static const nghttp2_session_callbacks* const table = [] {
    nghttp2_session_callbacks* made = nullptr;
    base::Check(nghttp2_session_callbacks_new(&made) == 0, "memory for the table of callbacks");
    nghttp2_session_callbacks_set_on_begin_headers_callback(made, OnBeginHeaders);
    nghttp2_session_callbacks_set_on_header_callback(made, OnHeader);
    nghttp2_session_callbacks_set_on_invalid_header_callback(made, OnInvalidHeader);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, OnFrameReceived);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(made, OnInvalidFrame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, OnDataChunk);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, OnStreamClosed);
    nghttp2_session_callbacks_set_on_frame_send_callback(made, OnFrameSent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(made, OnFrameNotSent);
    nghttp2_session_callbacks_set_send_data_callback(made, WriteBody);
    return made;
  }();
  return table;
}

ssize_t ClientCallbacks::ReadBody(nghttp2_session*, int32_t, uint8_t*, size_t length,
                                  uint32_t* flags, nghttp2_data_source* source, void* codec) {
  return static_cast<ssize_t>(
      Codec(codec).OnBodyWanted(*static_cast<ClientStream*>(source->ptr), length, *flags));
}

int ClientCallbacks::WriteBody(nghttp2_session*, nghttp2_frame*, const uint8_t* header,
                               size_t length, nghttp2_data_source* source, void* codec) {
  constexpr size_t kFrameHeader = 9;
  Codec(codec).OnBodyFrame(*static_cast<ClientStream*>(source->ptr), Text(header, kFrameHeader),
                           length);
  return 0;
}

int ClientCallbacks::OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* codec) {
  Codec(codec).OnHeadersBegun(frame->hd.stream_id);
  return 0;
}

int ClientCallbacks::OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                              size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                              void* codec) {
  return Codec(codec).OnField(frame->hd.stream_id, Text(name, name_size), Text(value, value_size));
}

int ClientCallbacks::OnInvalidHeader(nghttp2_session*, const nghttp2_frame* frame,
                                     const uint8_t* name, size_t name_size, const uint8_t*, size_t,
                                     uint8_t, void* codec) {
  Codec(codec).OnBadField(frame->hd.stream_id, Text(name, name_size));
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

int ClientCallbacks::OnFrameReceived(nghttp2_session*, const nghttp2_frame* frame, void* codec) {
  switch (frame->hd.type) {
    case NGHTTP2_HEADERS: return Codec(codec).OnHeadersComplete(frame->hd.stream_id, End(frame));
    case NGHTTP2_DATA: return Codec(codec).OnDataComplete(frame->hd.stream_id, End(frame));
    case NGHTTP2_RST_STREAM: Codec(codec).OnPeerReset(frame->hd.stream_id); break;
    case NGHTTP2_GOAWAY: Codec(codec).OnGoAway(); break;
    case NGHTTP2_PING:
      if (IsAck(frame)) Codec(codec).OnPingAck();
      break;
    default: break;
  }
  return 0;
}

int ClientCallbacks::OnInvalidFrame(nghttp2_session*, const nghttp2_frame* frame, int,
                                    void* codec) {
  Codec(codec).OnBadFrame(frame->hd.stream_id);
  return 0;
}

int ClientCallbacks::OnDataChunk(nghttp2_session*, uint8_t, int32_t wire_id, const uint8_t* data,
                                 size_t size, void* codec) {
  Codec(codec).OnData(wire_id, Text(data, size));
  return 0;
}

int ClientCallbacks::OnStreamClosed(nghttp2_session* session, int32_t wire_id, uint32_t code,
                                    void* codec) {
  void* const stream = nghttp2_session_get_stream_user_data(session, wire_id);
  if (stream != nullptr) Codec(codec).OnClosed(*static_cast<ClientStream*>(stream), code);
  return 0;
}

int ClientCallbacks::OnFrameSent(nghttp2_session*, const nghttp2_frame* frame, void* codec) {
  const bool goaway = frame->hd.type == NGHTTP2_GOAWAY;
  if (IsRequest(frame)) Codec(codec).OnRequestSent(frame->hd.stream_id);
  Codec(codec).OnFrameSent(frame->hd.type, goaway ? frame->goaway.error_code : 0);
  return 0;
}

int ClientCallbacks::OnFrameNotSent(nghttp2_session*, const nghttp2_frame* frame, int reason,
                                    void* codec) {
  if (IsRequest(frame)) Codec(codec).OnRequestNotSent(frame->hd.stream_id, reason);
  return 0;
}

}  // namespace sluice::http2
