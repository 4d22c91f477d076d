// The streams of one client connection, by our own numbers.
//
// A StreamId is handed out before the stream has a number on the wire: heads may be sent in another
// order than streams were opened, and RFC 9113 5.1.1 wants wire numbers to rise. An id is a slot
// and a generation, so a stale one finds nobody. Streams are kept and used again: after warm-up
// none is allocated. Thread: one loop.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dataplane/base/intrusive_list.h"
#include "dataplane/buffer/arena.h"
#include "dataplane/buffer/buffer.h"
#include "dataplane/http/codec.h"

namespace sluice::http2 {

// On a list of streams whose owner is to hear something once the session is not on the stack.
struct NotifyTag {};

struct ClientStream final : base::ListNode<NotifyTag> {
  explicit ClientStream(buffer::BlockPool& pool) : arena(pool) {}

  // Its head was sent, and more may follow.
  bool sends() const { return wire_id != 0 && !send_ended && !reset && !closed; }

  http::StreamId id = 0;                // 0 on the free list
  http::StreamEvents* events = nullptr; // nullptr: nobody listens any more
  int32_t wire_id = 0;                  // 0 until the head was submitted
  bool on_wire = false;                 // the head is in the output
  http::StreamError error = http::StreamError::kNone;  // why it ended, once known
  bool counted = false;                 // one of StreamTable::open()
  bool closed = false;                  // the session has forgotten it
  bool reset = false;                   // RST_STREAM was submitted: nothing more is sent

  // Sending.
  bool send_ended = false;              // nothing more will be added to `body`
  bool deferred = false;                // the session waits for more of it
  bool above_mark = false;              // OnSendable is owed
  bool has_length = false;              // the head announced how long the body is
  uint64_t length_left = 0;             // of that
  buffer::Buffer body;
  std::span<const nghttp2_nv> trailers; // in `arena`
  buffer::Arena arena;

  // Receiving.
  bool has_head = false;                // the final response head is complete
  bool has_response_length = false;     // and said how long the body is
  uint32_t informational = 0;
  uint32_t empty_data = 0;              // DATA frames in a row that carried nothing
  uint32_t unconsumed = 0;              // bytes received while paused
  bool paused = false;
  bool refused = false;                 // to be reset behind its header block
  bool peer_reset = false;
  uint32_t next_free = 0;               // slot + 1
};

class StreamTable final {
 public:
  // Both outlive the table.
  StreamTable(buffer::BlockPool& pool, uint32_t max_streams);

  // nullptr when all slots are in use.
  ClientStream* Open(http::StreamEvents& events);
  ClientStream* Find(http::StreamId id) const;
  // The stream is no longer one of open(); it stays findable. Idempotent.
  void Uncount(ClientStream& stream);
  // Back to the free list; `stream` keeps no memory of its own.
  void Free(ClientStream& stream);

  // Streams whose message exchange is going on.
  uint32_t open() const { return open_; }
  // Streams that Open would give now.
  uint32_t room() const { return max_streams_ - in_use_; }
  // Calls `f(ClientStream&)` for each stream in use; `f` may free it and open others.
  template <typename F>
  void ForEach(F&& f) {
    for (size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i]->id != 0) f(*slots_[i]);
    }
  }

 private:
  buffer::BlockPool& pool_;
  const uint32_t max_streams_;
  std::vector<std::unique_ptr<ClientStream>> slots_;
  std::vector<uint32_t> generations_;
  uint32_t free_ = 0;  // slot + 1; 0: none
  uint32_t open_ = 0;
  uint32_t in_use_ = 0;
};

}  // namespace sluice::http2
