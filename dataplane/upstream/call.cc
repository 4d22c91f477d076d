#include "dataplane/upstream/call.h"

#include "dataplane/base/check.h"
#include "dataplane/upstream/client_connection.h"
#include "dataplane/upstream/endpoint.h"
#include "dataplane/upstream/pool.h"
#include "dataplane/upstream/worker_cluster.h"

namespace sluice::upstream {

void PoolRef::Reset(Pool* pool) {
  if (pool != nullptr) pool->AddUser();
  if (pool_ != nullptr) pool_->DropUser();
  pool_ = pool;
}

void Call::Start(WorkerCluster& cluster, const http::Head& head, http::EndStream end,
                 CallEvents& events, const PickHint& hint) {
  base::Check(state_ == State::kIdle, "a call is started when the one before has ended");
  end_with_head_ = request_done_ = end == http::EndStream::kYes;
  above_mark_ = paused_ = request_sent_ = reused_ = response_begun_ = false;
  head_ = &head;
  trailers_ = nullptr;
  events_ = &events;
  endpoint_ = nullptr;
  pool_.Reset(nullptr);
  stats_ = &cluster.stats();
  stats_->rq_total.Add();
  stats_->rq_active.Add(1);

  event::Loop& loop = cluster.worker().loop();
  Cluster& shared = cluster.cluster();
  if (!request_ticket_.Take(shared.breaker().requests, shared.spec().breaker.max_requests)) {
    return FailLater(loop, CallError::kPendingOverflow);
  }
  Pool* pool = cluster.Pick(hint);
  if (pool == nullptr) return FailLater(loop, CallError::kNoHealthyEndpoint);
  pool_.Reset(pool);
  endpoint_ = &pool->endpoint();
  if (shared.spec().balancing.counts_active()) active_ticket_.Take(pool->active_requests());
  state_ = State::kWaiting;
  const CallError refused = pool->Lend(*this);
  if (refused != CallError::kNone) FailLater(loop, refused);
}

void Call::FailLater(event::Loop& loop, CallError error) {
  if (error == CallError::kPendingOverflow) stats_->rq_pending_overflow.Add();
  if (error == CallError::kNoHealthyEndpoint) stats_->rq_no_host.Add();
  state_ = State::kFailing;
  late_failure_.error = error;
  loop.Post(late_failure_);
}

void Call::Fail(CallError error, http::StreamError stream_error) {
  CallFailure failure;
  failure.error = error;
  failure.stream_error = stream_error;
  // A refused stream was not processed whatever was written (RFC 9113 8.7).
  failure.request_sent = request_sent_ && stream_error != http::StreamError::kRefused;
  failure.reused_connection = reused_;
  failure.response_begun = response_begun_;
  if (state_ == State::kOpen) stats_->rq_failed.Add();
  if (endpoint_ != nullptr) pool_->outlier().OnError(error);
  Finish();
  events_->OnFailed(failure);
}

void Call::Finish() {
  state_ = State::kIdle;
  connection_ = nullptr;
  body_.Clear();
  request_ticket_.Release();
  active_ticket_.Release();
  stats_->rq_active.Add(-1);
}

void Call::Cancel() {
  switch (state_) {
    case State::kIdle:
      return;
    case State::kWaiting:
      pool_->Abandon(*this);
      break;
    case State::kOpen:
      connection_->Detach(*this, ClientConnection::StreamEnd::kBroken);
      break;
    case State::kFailing:
      late_failure_.Unlink();
      break;
  }
  stats_->rq_cancelled.Add();
  Finish();
}

void Call::ReportTimeout() {
  if (active() && endpoint_ != nullptr) pool_->outlier().OnTimeout();
}

void Call::Forget() {
  Cancel();
  endpoint_ = nullptr;
  pool_.Reset(nullptr);
}

void Call::SendBody(buffer::Buffer& data, http::EndStream end) {
  if (request_done_ || state_ == State::kIdle || state_ == State::kFailing) return data.Clear();
  request_done_ = end == http::EndStream::kYes;
  if (state_ == State::kOpen) {
    connection_->SendBody(*this, data, end);
  } else {
    body_.Append(data);
  }
  NoteQueued();
}

void Call::SendTrailers(const http::Head& trailers) {
  if (request_done_ || state_ == State::kIdle || state_ == State::kFailing) return;
  request_done_ = true;
  trailers_ = &trailers;
  if (state_ == State::kOpen) connection_->SendTrailers(*this, trailers);
}

size_t Call::queued_bytes() const {
  return state_ == State::kOpen ? connection_->QueuedBytes(*this) : body_.size();
}

void Call::NoteQueued() {
  if (queued_bytes() > kHighMark) above_mark_ = true;
}

void Call::AfterWrite() {
  if (!above_mark_ || queued_bytes() > kHighMark / 2) return;
  above_mark_ = false;
  events_->OnCallSendable();
}

void Call::PauseResponse(bool paused) {
  if (paused_ == paused) return;
  paused_ = paused;
  if (state_ == State::kOpen) connection_->Pause(*this, paused);
}

http::Head& Call::NewHead(HeadKind kind) {
  http::Head& head = events_->NewResponseHead(kind);
  if (kind == HeadKind::kMain) response_ = &head;
  return head;
}

void Call::OnHead(http::EndStream end) {
  pool_->outlier().OnAnswer(response_->status);
  events_->OnResponseHead(end);
}

void Call::OnInformational() { events_->OnInformational(); }
void Call::OnBody(buffer::Buffer& data) { events_->OnResponseBody(data); }
void Call::OnTrailers() { events_->OnResponseTrailers(); }
void Call::OnSendable() { AfterWrite(); }

void Call::OnEnd() {
  connection_->Detach(*this, request_done_ ? ClientConnection::StreamEnd::kComplete
                                           : ClientConnection::StreamEnd::kBroken);
  Finish();
  events_->OnResponseEnd();
}

void Call::OnReset(http::StreamError error) {
  connection_->Detach(*this, ClientConnection::StreamEnd::kReset);
  switch (error) {
    case http::StreamError::kEarlyEnd:
    case http::StreamError::kConnectionLost:
      return Fail(CallError::kConnectionLost, error);
    case http::StreamError::kPeerReset:
    case http::StreamError::kRefused:
    case http::StreamError::kCancelled:
      return Fail(CallError::kReset, error);
    default:
      return Fail(CallError::kBadResponse, error);
  }
}

}  // namespace sluice::upstream
