// One HTTP exchange with a cluster, as a client: the only HTTP client in the program. Forwarding,
// ADS, and later authorisation, JWKS, rate-limit calls and health checks all use it, over the
// HTTP/1 and HTTP/2 client codecs alike.
//
// Life: Start picks an endpoint and borrows a stream from the worker's pool (or waits for one) ->
// the head goes out -> body and trailers as they come -> response events -> OnEnd or OnFailed.
// Owner: whoever made it (an exchange holds its Call by value); Cancel or the destructor end it at
// any point and no event follows. Thread: one worker.
// State and changes: the cluster and endpoints are those of the moment of Start; a revision that
// removes them does not disturb the call; a silent peer is bounded by the connect timeout here and
// by the owner's timeouts for the rest; nothing survives a restart.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "dataplane/base/intrusive_list.h"
#include "dataplane/buffer/buffer.h"
#include "dataplane/event/loop.h"
#include "dataplane/http/codec.h"
#include "dataplane/upstream/active_ticket.h"
#include "dataplane/upstream/breaker.h"
#include "dataplane/upstream/cluster_spec.h"
#include "dataplane/upstream/pool_stats.h"

namespace sluice::upstream {

class WorkerCluster;   // one cluster as one worker sees it (worker_cluster.h)
class ClientConnection;
class Endpoint;
class Pool;

// A reference that keeps a Pool, and with it the Endpoint, from being dropped.
class PoolRef final {
 public:
  PoolRef() = default;
  ~PoolRef() { Reset(nullptr); }
  PoolRef(const PoolRef&) = delete;
  PoolRef& operator=(const PoolRef&) = delete;
  void Reset(Pool* pool);
  Pool* operator->() const { return pool_; }

 private:
  Pool* pool_ = nullptr;
};

// Why a call ended without a complete response. proxy/local_reply maps it to status and details.
enum class CallError : uint8_t {
  kNone,
  kNoHealthyEndpoint,   // the pick found nobody (503)
  kPendingOverflow,     // max_pending_requests or max_requests (503)
  kConnectionOverflow,  // max_connections and nobody to wait for (503)
  kConnectFailed,       // refused, unreachable (503)
  kConnectTimeout,      // (503, as in Envoy)
  kConnectionLost,      // reset or end before the response was complete (502/503)
  kBadResponse,         // the response broke RFC 9112/9113 (502); `stream_error` says how
  kReset,               // RST_STREAM of one stream
};

struct CallFailure {
  CallError error = CallError::kNone;
  http::StreamError stream_error = http::StreamError::kNone;
  // A byte of the request was written on the connection: the peer may have acted on it.
  bool request_sent = false;
  // The connection had served other requests before (the stale keep-alive race).
  bool reused_connection = false;
  // A byte of the response came (HTTP/1).
  bool response_begun = false;
};

// What the choice of an endpoint should heed.
struct PickHint {
  uint64_t hash = 0;  // for hash policies; 0: none
  // Endpoints not to take again if one of so many further picks finds another. Only compared.
  std::span<const Endpoint* const> avoided = {};
  uint32_t further_picks = 0;
  bool Avoids(const Endpoint* endpoint) const {
    return std::find(avoided.begin(), avoided.end(), endpoint) != avoided.end();
  }
};

class CallEvents {
 public:
  // Where the next response head (final, informational or trailers) is written; lives until the
  // call ended.
  virtual http::Head& NewResponseHead(http::StreamEvents::HeadKind kind) = 0;
  virtual void OnResponseHead(http::EndStream end) = 0;
  virtual void OnInformational() {}
  // The callee takes all of `data`, and pauses the call when that is too much.
  virtual void OnResponseBody(buffer::Buffer& data) = 0;
  virtual void OnResponseTrailers() = 0;
  // The response is complete. The request may still be on its way: then the call goes on sending
  // nothing more and the connection is not reused.
  virtual void OnResponseEnd() = 0;
  // Nothing follows.
  virtual void OnFailed(const CallFailure& failure) = 0;
  // queued_bytes() fell to half of kHighMark after it had been above.
  virtual void OnCallSendable() {}

 protected:
  ~CallEvents() = default;
};

struct CallTag {};
// Waiting calls are on their pool's list.
class Call final : public base::ListNode<CallTag>, private http::StreamEvents {
 public:
  static constexpr size_t kHighMark = 32 * 1024;

  Call() = default;
  ~Call() { Cancel(); }

  // `head` and `events` outlive the call. May call OnFailed only on a later turn of the loop, never
  // from inside Start.
  void Start(WorkerCluster& cluster, const http::Head& head, http::EndStream end, CallEvents& events,
             const PickHint& hint = {});
  // For calls that may be silent for long (ADS): PINGs on their HTTP/2 connections where the cluster
  // does not ask for any itself. Before Start, for all that follow.
  void SetKeepalive(Keepalive keepalive) { keepalive_ = keepalive; }
  // After Start with EndStream::kNo. Takes all of `data`. Allowed before the connection exists.
  void SendBody(buffer::Buffer& data, http::EndStream end);
  // `trailers` outlives the call.
  void SendTrailers(const http::Head& trailers);
  // Request bytes accepted but not yet written to the socket.
  size_t queued_bytes() const;
  // Back-pressure on the response.
  void PauseResponse(bool paused);
  // The owner waited too long for the endpoint and is about to cancel: outlier detection hears of it.
  void ReportTimeout();
  // Ends the call; idempotent. HTTP/1 closes the connection if the exchange was not complete.
  void Cancel();
  // Cancel, and lets go of the endpoint and its pool: for a call that will not be started again soon.
  void Forget();

  bool active() const { return state_ != State::kIdle; }
  // The endpoint picked, also after the end and until the next Start
  // or Forget; nullptr if nobody was picked.
  // For the access log.
  const Endpoint* endpoint() const { return endpoint_; }

 private:
  friend class Pool;
  friend class ClientConnection;
  enum class State : uint8_t { kIdle, kWaiting, kOpen, kFailing };
  // A failure that was found inside Start is reported by a task.
  struct LateFailure final : event::Task {
    explicit LateFailure(Call& c) : call(c) {}
    void Run() override { call.Fail(error); }
    Call& call;
    CallError error = CallError::kNone;
  };

  void FailLater(event::Loop& loop, CallError error);
  // Ends the call, then reports it. The call must be off every list.
  void Fail(CallError error, http::StreamError stream_error = http::StreamError::kNone);
  void Finish();
  void NoteQueued();
  // The connection wrote something, or dropped what it held.
  void AfterWrite();

  // http::StreamEvents
  http::Head& NewHead(HeadKind kind) override;
  void OnHead(http::EndStream end) override;
  void OnInformational() override;
  void OnBody(buffer::Buffer& data) override;
  void OnTrailers() override;
  void OnEnd() override;
  void OnReset(http::StreamError error) override;
  void OnSendable() override;

  State state_ = State::kIdle;
  bool end_with_head_ = false;  // the request is its head
  bool request_done_ = false;   // its end was given to us
  bool above_mark_ = false;     // OnSendable is owed
  bool paused_ = false;
  bool request_sent_ = false;
  bool reused_ = false;
  bool response_begun_ = false;
  http::StreamId stream_ = 0;
  Keepalive keepalive_;
  const http::Head* head_ = nullptr;
  const http::Head* trailers_ = nullptr;
  const http::Head* response_ = nullptr;  // the final head; of its owner
  CallEvents* events_ = nullptr;
  ClientConnection* connection_ = nullptr;  // kOpen
  PoolStats* stats_ = nullptr;
  PoolRef pool_;
  const Endpoint* endpoint_ = nullptr;
  buffer::Buffer body_;  // kWaiting: what was sent before there was a connection
  Ticket request_ticket_;
  Ticket pending_ticket_;
  ActiveTicket active_ticket_;  // of endpoint_
  LateFailure late_failure_{*this};
};

}  // namespace sluice::upstream
