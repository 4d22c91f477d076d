#include "dataplane/proxy/exchange_driver.h"

#include <algorithm>

#include "dataplane/proxy/access_log.h"
#include "dataplane/proxy/downstream_connection.h"
#include "dataplane/proxy/local_reply.h"

namespace sluice::proxy {

ExchangePool::ExchangePool() = default;
ExchangePool::~ExchangePool() = default;

ExchangeDriver* ExchangePool::Take(WorkerContext& context) {
  if (free_.empty()) return new ExchangeDriver(context);
  ExchangeDriver* driver = free_.back().release();
  free_.pop_back();
  return driver;
}

void ExchangePool::Return(ExchangeDriver* driver) { free_.emplace_back(driver); }

ExchangeDriver::ExchangeDriver(WorkerContext& context)
    : Exchange(context.pool), context_(context), try_timer_(context.loop.timers(), *this),
      resume_task_(*this, &ExchangeDriver::ResumeHeld),
      release_task_(*this, &ExchangeDriver::Release),
      next_attempt_task_(*this, &ExchangeDriver::NextAttempt) {}

void ExchangeDriver::Begin(DownstreamConnection& connection, http::StreamId id) {
  connection_ = &connection;
  id_ = id;
  const ListenerBinding& binding = connection.binding();
  snapshot_ = binding.snapshot;
  http_ = binding.spec->http.get();
  stats_ = binding.stats;
  // Counted here and not at the head: a request that cannot be parsed is one, too.
  stats_->requests_total.Add();
  stats_->requests_active.Add(1);
  start = connection.message_start();
  downstream_remote = &connection.peer();
  downstream_local = &connection.local();
  random = context_.random();
  held_at_ = 0;
  phase_ = Phase::kHead;
  holding_ = buffering_request_ = buffering_response_ = forwarding_ = false;
  request_paused_ = response_paused_ = request_ended_ = request_has_trailers_ = false;
  expect_continue_ = response_head_sent_ = response_complete_ = finished_ = false;
  waiting_to_retry_ = false;
  pick_ = {};
  hash_ = {};
}

http::Head& ExchangeDriver::NewHead(HeadKind kind) {
  return kind == HeadKind::kTrailers ? request_trailers : request;
}

void ExchangeDriver::OnReset(http::StreamError error) {
  if (finished_) return;
  stats_->refused[static_cast<size_t>(error) % stats_->refused.size()].Add();
  const bool gone = error == http::StreamError::kEarlyEnd ||
                    error == http::StreamError::kPeerReset ||
                    error == http::StreamError::kConnectionLost;
  if (gone) return OnDownstreamLost();
  flags |= filter::kDownstreamProtocolError;
  request_ended_ = true;  // nothing more of it will be read
  connection_->CloseAfterResponse();
  if (!response_head_sent_) return Reply(ReplyFor(error));
  AbortResponse(http::StreamErrorName(error));
}

void ExchangeDriver::OnDownstreamLost() {
  if (finished_) return;
  request_ended_ = true;
  if (!response_complete_) {
    flags |= filter::kDownstreamTermination;
    details = "downstream_remote_disconnect";
    stats_->requests_reset.Add();
  }
  Finish();
}

void ExchangeDriver::OnDeadline(Deadline which) {
  if (finished_) return;
  switch (which) {
    case Deadline::kHead: stats_->timeouts_head.Add(); break;
    case Deadline::kBody: stats_->timeouts_body.Add(); break;
    case Deadline::kRoute: stats_->timeouts_route.Add(); break;
    case Deadline::kStreamIdle: stats_->timeouts_idle.Add(); break;
    case Deadline::kStreamAge: stats_->timeouts_stream.Add(); break;
    default: break;
  }
  if (which == Deadline::kRoute) call_.ReportTimeout();
  if (which == Deadline::kStreamAge) {
    if (!request_ended_) connection_->CloseAfterResponse();
    flags |= filter::kDurationTimeout;
    return Reply({408, "max_duration_timeout", "the request took longer than it may"});
  }
  if (response_head_sent_) {
    return AbortResponse(which == Deadline::kRoute ? "response_timeout" : "stream_idle_timeout");
  }
  if (which == Deadline::kRoute) {
    flags |= filter::kUpstreamRequestTimeout;
    return Reply({504, "response_timeout", "the service did not answer in time"});
  }
  if (request_ended_) {
    flags |= filter::kStreamIdleTimeout;
    return Reply({504, "stream_idle_timeout", "no byte was seen for too long"});
  }
  connection_->CloseAfterResponse();
  if (which == Deadline::kHead) return Reply({408, "request_header_timeout", {}});
  if (which == Deadline::kBody) return Reply({408, "request_body_timeout", {}});
  Reply({408, "request_timeout", {}});
}

void ExchangeDriver::Finish() {
  if (finished_) return;
  finished_ = true;
  end = context_.loop.now();
  call_.Cancel();
  try_timer_.Disarm();
  next_attempt_task_.Unlink();
  retry_.Clear();
  for (Deadline d : {Deadline::kHead, Deadline::kBody, Deadline::kRequest, Deadline::kRoute,
                     Deadline::kStreamIdle, Deadline::kStreamAge}) {
    connection_->deadlines().Clear(d);
  }
  if (filter_states_ != nullptr) {
    for (const filter::Step& step : http_->chain.steps(filter::Hook::kDone)) {
      step.filter->OnDone(*this, filter_states_ + step.state_offset);
    }
    http_->chain.DestroyStates(filter_states_);
    filter_states_ = nullptr;
  }
  Count();
  context_.access_logs.Record(*this, *http_, *stats_);
  connection_->OnExchangeDone();
  // Callers up the stack (codec, call) may still touch the heads: give them back later.
  context_.loop.Post(release_task_);
}

void ExchangeDriver::Count() {
  stats_->requests_active.Add(-1);
  if (response.status >= 100 && response.status < 600) {
    stats_->responses[response.status / 100].Add();
  }
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(end - start).count();
  stats_->request_time.Record(static_cast<uint64_t>(std::max<int64_t>(micros, 0)));
}

void ExchangeDriver::Release() {
  held_.Clear();
  held_response_.Clear();
  resume_task_.Unlink();
  call_.Forget();
  ResetState();
  snapshot_ = {};
  connection_ = nullptr;
  context_.exchanges.Return(this);
}

}  // namespace sluice::proxy
