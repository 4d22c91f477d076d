// One connection to an endpoint: a byte stream, a client codec, and the bytes between them.
//
// States: connecting -> open (with or without streams) -> closed. Output is collected during a turn
// and written once at its end; what the socket does not take waits for OnWritable. Input is read
// while the codec wants it: a paused call is not read, and that is all back-pressure needs. An open
// connection without streams expects nothing in HTTP/1, so whatever is readable then means that it
// is dead. Owner: its Pool. Thread: the worker's loop.
// A revision change does not disturb it; endpoints that leave get their unused connections closed,
// used ones close after their last stream. A silent peer: connect and idle timeouts here, the
// rest by the calls' owners. Nothing survives a restart.
#pragma once

#include <cstdint>
#include <memory>

#include "dataplane/base/intrusive_list.h"
#include "dataplane/buffer/buffer.h"
#include "dataplane/event/loop.h"
#include "dataplane/http/codec.h"
#include "dataplane/http2/options.h"
#include "dataplane/net/socket_stream.h"
#include "dataplane/upstream/breaker.h"
#include "dataplane/upstream/call.h"
#include "dataplane/upstream/claims.h"
#include "dataplane/upstream/cluster_spec.h"

namespace sluice::upstream {

class Pool;

struct AvailableTag {};
class ClientConnection final : public event::Deferred,
                               public base::ListNode<AvailableTag>,
                               private net::StreamEvents,
                               private http::ConnectionEvents,
                               private event::Flushable,
                               private event::Task,
                               private event::Timer::Handler {
 public:
  // Starts to connect; the pool hears OnAvailable or OnConnectFailed on a later turn.
  ClientConnection(Pool& pool, const ClusterSpec& spec);
  // Adopts the idle connection that a claim word named; open at once.
  ClientConnection(Pool& pool, const ClusterSpec& spec, const ParkedConnection& claimed);
  ~ClientConnection() override;
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;

  // ---- For the pool ----
  bool connecting() const { return state_ == State::kConnecting; }
  // Streams that could be opened now: 0 when closed, spent or full.
  uint32_t room() const;
  bool has_streams() const { return !calls_.empty(); }
  // Opens a stream for `call` and sends what it has so far. False: no room after all.
  [[nodiscard]] bool Attach(Call& call);
  // Closes the socket; calls on it fail with kConnectionLost. The pool hears OnClosed first. Must
  // not be parked.
  void Close();
  // Another worker has the socket now: nothing is sent or closed. The object must not be used.
  void Disown();
  // Made under an equal ClusterSpec::transport_key().
  uint64_t transport_key() const { return transport_key_; }
  uint32_t requests() const { return requests_; }
  // The descriptor if any worker could go on with it: HTTP/1, plain, nothing buffered; else -1.
  int claimable_fd() const;
  // Nobody uses it now: the idle timeout runs from `now`, until the next Attach.
  void StartIdle(base::MonoTime now, base::Duration timeout);
  // Off the pool's list of connections with room.
  void LeaveAvailable() { base::ListNode<AvailableTag>::Unlink(); }

  // Where it is parked for other workers; kept by the pool.
  uint32_t claim_slot = Claims::kSlots;
  uint64_t claim_word = 0;
  uint32_t claim_hint = 0;
  size_t index = 0;  // in the pool's vector
  Ticket ticket;       // a unit of max_connections
  Ticket host_ticket;  // the same of the endpoint's own limit

  // ---- For its calls ----
  void SendBody(Call& call, buffer::Buffer& data, http::EndStream end);
  void SendTrailers(Call& call, const http::Head& trailers);
  size_t QueuedBytes(const Call& call) const;
  void Pause(Call& call, bool paused);
  enum class StreamEnd : uint8_t {
    kComplete,  // both messages are
    kBroken,    // one is not: HTTP/2 resets the stream, HTTP/1 closes
    kReset,     // the codec said that the stream failed
  };
  // `call` is done with its stream.
  void Detach(Call& call, StreamEnd end);

 private:
  enum class State : uint8_t { kConnecting, kOpen, kClosed };
  enum class Ping : uint8_t { kNone, kDue, kSent };  // what ping_at_ is the time of

  // net::StreamEvents
  void OnReadable() override;
  void OnWritable() override;
  void OnConnected(bool ok) override;
  // http::ConnectionEvents
  http::StreamEvents* OnStream(http::StreamId id) override;
  void OnLastStream() override {}
  void OnOutput() override;
  // event
  void Flush() override;
  void Run() override;  // reads on after a pause
  void OnTimer(event::Timer& timer) override;

  ClientConnection(Pool& pool, const ClusterSpec& spec, State state,
                   std::unique_ptr<net::SocketStream> stream);
  void SendSoFar(Call& call);
  // PINGs go on from `call`'s wishes if the cluster has none.
  void StartKeepalive(const Call& call);
  // False when the connection did not survive it.
  bool OnPingTime();
  void ArmBy(base::MonoTime deadline);
  void ReadAndFeed();
  // False when the connection did not survive it.
  bool FeedInput();
  void OnInputEnd();
  // Readable without a stream in HTTP/1.
  void OnUnexpectedInput();
  void OnWriteFailed();
  void TakeOutput();
  // Tells calls what was written, and who may send again.
  void NoteWritten();
  // After events from the codec or a Detach: closes, or tells the pool about room.
  void Settle();
  bool Spent() const;
  uint32_t RoomIfNotSpent() const;
  bool ServedItsShare() const;  // max_requests_per_connection

  Pool& pool_;
  event::Loop& loop_;
  std::unique_ptr<net::ByteStream> stream_;
  net::SocketStream* const plain_;  // `stream_` when that is a bare socket
  const http2::ClientOptions http2_options_;
  std::unique_ptr<http::Codec> codec_;
  const Protocol protocol_;
  const uint32_t max_streams_;
  const uint64_t transport_key_;
  State state_;
  bool in_codec_ = false;      // a call of the codec that makes events is on the stack
  bool readable_ = false;      // the socket may have bytes that were not read
  bool write_failed_ = false;  // output is dropped; a response may still come
  bool notify_ = false;        // some call waits for NoteWritten
  net::IoStatus input_end_ = net::IoStatus::kOk;  // kEnd or kError once Read has said so
  uint32_t requests_ = 0;
  uint32_t streams_ = 0;  // calls_ counted
  base::IntrusiveList<Call, CallTag> calls_;
  buffer::Buffer in_;
  buffer::Buffer out_;
  event::Timer timer_;
  base::MonoTime idle_deadline_ = base::kNever;  // kNever while in use
  Keepalive keepalive_;
  Ping ping_ = Ping::kNone;
  base::MonoTime ping_at_ = base::kNever;  // the next PING, or the end of waiting for its answer
};

}  // namespace sluice::upstream
