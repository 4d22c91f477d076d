// The table of C functions through which an nghttp2 session speaks to its ClientCodec.
//
// They only translate arguments: what an event means is in client_receiving.cc, what is sent in
// client_sending.cc. `codec` is the session's user data. The names are nghttp2's
// (on_header_callback is OnHeader); a result is 0 to go on, or one of nghttp2's codes:
// NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE resets the stream, NGHTTP2_ERR_CALLBACK_FAILURE ends the
// connection. Called only from inside Feed and TakeOutput, on the codec's loop.
#pragma once

#include <nghttp2/nghttp2.h>

#include "dataplane/http2/client_codec.h"

namespace sluice::http2 {

struct ClientCallbacks {
  // One for the process, never freed. Thread-safe.
  static const nghttp2_session_callbacks* Table();

  // The body of a request: `source->ptr` is its ClientStream. ReadBody says how many bytes the next
  // DATA frame has, without touching the buffer it is given; WriteBody moves them.
  static ssize_t ReadBody(nghttp2_session* session, int32_t wire_id, uint8_t* unused, size_t length,
                          uint32_t* flags, nghttp2_data_source* source, void* codec);
  static int WriteBody(nghttp2_session* session, nghttp2_frame* frame, const uint8_t* header,
                       size_t length, nghttp2_data_source* source, void* codec);

  // A header block, field by field.
  static int OnBeginHeaders(nghttp2_session* session, const nghttp2_frame* frame, void* codec);
  static int OnHeader(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t flags,
                      void* codec);
  static int OnInvalidHeader(nghttp2_session* session, const nghttp2_frame* frame,
                             const uint8_t* name, size_t name_size, const uint8_t* value,
                             size_t value_size, uint8_t flags, void* codec);
  // A frame that was complete: valid, or not.
  static int OnFrameReceived(nghttp2_session* session, const nghttp2_frame* frame, void* codec);
  static int OnInvalidFrame(nghttp2_session* session, const nghttp2_frame* frame, int reason,
                            void* codec);
  static int OnDataChunk(nghttp2_session* session, uint8_t flags, int32_t wire_id,
                         const uint8_t* data, size_t size, void* codec);
  // The stream is forgotten after this, whoever closed it.
  static int OnStreamClosed(nghttp2_session* session, int32_t wire_id, uint32_t code, void* codec);
  // A frame of ours that went into the output, or could not.
  static int OnFrameSent(nghttp2_session* session, const nghttp2_frame* frame, void* codec);
  static int OnFrameNotSent(nghttp2_session* session, const nghttp2_frame* frame, int reason,
                            void* codec);
};

}  // namespace sluice::http2
