// Turns decoded header blocks of responses into http::Head (RFC 9113 8.2, 8.3.2), within limits.
//
// One object serves a connection: a header block is never interleaved with anything (RFC 9113 4.3).
// The session below has judged names, values and pseudo-header fields already, but a block may come
// in several Feeds, and its listener may go between them: then Ignore is called. Names that
// field_id.h knows are not copied, other names and all values once, into the head's arena.
// Thread: one loop.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/http/codec.h"
#include "dataplane/http/head.h"
#include "dataplane/http2/options.h"

namespace sluice::http2 {

class ResponseHead final {
 public:
  // `limits` outlives the object.
  explicit ResponseHead(const Limits& limits) : limits_(limits) {}

  // A block begins. Response: whether it is informational is seen at its first field.
  void BeginResponse(http::StreamEvents& events);
  void BeginTrailers(http::StreamEvents& events);
  // The block of a stream that nobody listens to: only counted.
  void BeginIgnored();
  // What comes from here on is only counted. After an error, or when the listener has gone.
  void Ignore() { events_ = nullptr; }

  enum class Verdict : uint8_t {
    kOk,                // stored, or counted while ignoring
    kRefuseStream,      // `error()` says why; the object ignores the rest of the block by itself
    kRefuseConnection,  // the block does not stop growing
  };
  Verdict AddField(std::string_view name, std::string_view value);
  // The block is complete. False: it is no response; `error()`.
  [[nodiscard]] bool Finish(http::EndStream end);

  http::StreamError error() const { return error_; }
  http::StreamEvents::HeadKind kind() const { return kind_; }
  // nullptr before the first field, and while ignoring.
  http::Head* head() const { return head_; }

 private:
  using HeadKind = http::StreamEvents::HeadKind;
  void Begin(http::StreamEvents* events, HeadKind kind);
  Verdict Refuse(http::StreamError error);
  Verdict SetStatus(std::string_view value);

  const Limits& limits_;
  http::StreamEvents* events_ = nullptr;
  HeadKind kind_ = HeadKind::kMain;
  http::Head* head_ = nullptr;
  uint32_t bytes_ = 0;
  uint32_t fields_ = 0;
  http::StreamError error_ = http::StreamError::kNone;
};

}  // namespace sluice::http2
