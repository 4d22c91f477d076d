// The table of C functions through which an nghttp2 session speaks to its ClientCodec. They only
// translate arguments; what they do is in client_receiving.cc and client_sending.cc.
#pragma once

#include <nghttp2/nghttp2.h>

#include "dataplane/http2/client_codec.h"

namespace sluice::http2 {

struct ClientCallbacks {
  // One for the process, never freed. Thread-safe.
  static const nghttp2_session_callbacks* Table();
  // Body of a request: `source->ptr` is its ClientStream.
  static ssize_t ReadBody(nghttp2_session* session, int32_t wire_id, uint8_t* unused, size_t length,
                          uint32_t* flags, nghttp2_data_source* source, void* codec);
  static int WriteBody(nghttp2_session* session, nghttp2_frame* frame, const uint8_t* header,
                       size_t length, nghttp2_data_source* source, void* codec);

  static int OnBeginHeaders(nghttp2_session* session, const nghttp2_frame* frame, void* codec);
  static int OnHeader(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t flags,
                      void* codec);
  static int OnInvalidHeader(nghttp2_session* session, const nghttp2_frame* frame,
                             const uint8_t* name, size_t name_size, const uint8_t* value,
                             size_t value_size, uint8_t flags, void* codec);
  static int OnFrameReceived(nghttp2_session* session, const nghttp2_frame* frame, void* codec);
  static int OnInvalidFrame(nghttp2_session* session, const nghttp2_frame* frame, int reason,
                            void* codec);
  static int OnDataChunk(nghttp2_session* session, uint8_t flags, int32_t wire_id,
                         const uint8_t* data, size_t size, void* codec);
  static int OnStreamClosed(nghttp2_session* session, int32_t wire_id, uint32_t code, void* codec);
  static int OnFrameSent(nghttp2_session* session, const nghttp2_frame* frame, void* codec);
  static int OnFrameNotSent(nghttp2_session* session, const nghttp2_frame* frame, int reason,
                            void* codec);
};

}  // namespace sluice::http2
