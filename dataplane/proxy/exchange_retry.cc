// Further attempts of ExchangeDriver: when the last one is given up, how the next one starts, and
// the limits of each.
#include <fmt/format.h>

#include <algorithm>

#include "dataplane/proxy/downstream_connection.h"
#include "dataplane/proxy/exchange_driver.h"

namespace sluice::proxy {

using http::EndStream;

namespace {

void SetAttemptCount(uint32_t attempts, http::Head& head) {
  char text[12];
  const auto* const end = fmt::format_to_n(text, sizeof text, "{}", attempts).out;
  head.Set(http::FieldId::kXEnvoyAttemptCount, {text, static_cast<size_t>(end - text)});
}

}  // namespace

// What was received of the body and sent on before follows from where it is kept.
void ExchangeDriver::StartAttempt(upstream::WorkerCluster& cluster) {
  forwarding_ = true;
  attempts = retry_.attempts();
  if (route.route->forward()->attempt_count_to_upstream) SetAttemptCount(attempts, request);
  const bool bodiless =
      request_ended_ && held_.empty() && !request_has_trailers_ && retry_.kept_bytes() == 0;
  upstream::PickHint hint = retry_.Hint();
  hint.hash = hash_.hash.value_or(0);
  call_.Start(cluster, request, EndStream(bodiless), *this, hint);
  if (retry_.policy() != nullptr) WatchTry();
}

bool ExchangeDriver::RetryAfterFailure(const upstream::CallFailure& failure) {
  upstream::WorkerCluster* cluster = context_.upstream.Find(cluster_id_);
  if (cluster == nullptr) return false;
  return TryAgain(retry_.OnFailure(failure, *cluster, context_.random));
}

bool ExchangeDriver::RetryAfterResponse() {
  upstream::WorkerCluster* cluster = context_.upstream.Find(cluster_id_);
  if (cluster == nullptr) return false;
  const auto unix_now = std::chrono::duration_cast<std::chrono::seconds>(
      context_.loop.clock().WallNow().time_since_epoch());
  return TryAgain(retry_.OnResponse(response, *cluster, context_.random, unix_now.count()));
}

// A response that is not wanted may end while we wait, which saves its connection; it is cut when
// the next attempt starts.
bool ExchangeDriver::TryAgain(const RetryVerdict& verdict) {
  if (!verdict.again) {
    if (retry_.limit_exceeded()) flags |= filter::kUpstreamRetryLimitExceeded;
    if (retry_.declined()) flags |= filter::kUpstreamOverflow;
    return false;
  }
  waiting_to_retry_ = true;
  retry_.NoteTried(call_.endpoint());
  response.Clear();
  response_trailers.Clear();
  try_deadline_ = try_idle_deadline_ = base::kNever;
  if (verdict.wait > base::Duration::zero()) {
    try_timer_.ArmAt(context_.loop.now() + verdict.wait);
  } else {
    try_timer_.Disarm();
    context_.loop.Post(next_attempt_task_);
  }
  return true;
}

void ExchangeDriver::NextAttempt() {
  if (finished_ || !waiting_to_retry_) return;
  call_.Cancel();
  waiting_to_retry_ = false;
  response.Clear();
  response_trailers.Clear();
  upstream::WorkerCluster* cluster = context_.upstream.Find(cluster_id_);
  if (cluster == nullptr) {
    flags |= filter::kNoClusterFound;
    return Reply({503, "cluster_not_found", "the route's cluster is gone"});
  }
  StartAttempt(*cluster);
  buffer::Buffer kept;
  retry_.CopyKept(kept);
  const bool ends = request_ended_ && !holding_;
  const bool with_body = ends && !request_has_trailers_;
  if (!kept.empty()) call_.SendBody(kept, EndStream(with_body));
  if (ends && request_has_trailers_) call_.SendTrailers(request_trailers);
  if (call_.queued_bytes() < upstream::Call::kHighMark) ResumeReceiving();
}

void ExchangeDriver::WatchTry() {
  const base::MonoTime now = context_.loop.now();
  const route::RetryPolicy& policy = *retry_.policy();
  const bool complete = request_ended_ && !holding_;
  if (policy.per_try_timeout > base::Duration::zero() && complete) {
    try_deadline_ = now + policy.per_try_timeout;
  }
  if (policy.per_try_idle_timeout > base::Duration::zero()) {
    try_idle_deadline_ = now + policy.per_try_idle_timeout;
  }
  const base::MonoTime next = std::min(try_deadline_, try_idle_deadline_);
  if (next != base::kNever) try_timer_.ArmAt(next);
}

void ExchangeDriver::OnTimer(event::Timer&) {
  if (finished_) return;
  if (waiting_to_retry_) return NextAttempt();
  const base::MonoTime now = context_.loop.now();
  const bool answered = upstream_first_byte != base::MonoTime{};
  if (answered) try_deadline_ = base::kNever;
  if (now >= try_deadline_) return OnTryTimeout(false);
  if (now >= try_idle_deadline_) return OnTryTimeout(true);
  const base::MonoTime next = std::min(try_deadline_, try_idle_deadline_);
  if (next != base::kNever) try_timer_.ArmAt(next);
}

void ExchangeDriver::OnTryTimeout(bool idle) {
  const std::string_view why = idle ? "upstream_per_try_idle_timeout" : "upstream_per_try_timeout";
  endpoint = call_.endpoint();
  if (response_head_sent_) return AbortResponse(why);
  upstream::WorkerCluster* cluster = context_.upstream.Find(cluster_id_);
  if (cluster != nullptr) {
    cluster->stats().rq_per_try_timeout.Add();
    call_.ReportTimeout();
    const bool begun = upstream_first_byte != base::MonoTime{};
    if (!begun && TryAgain(retry_.OnTryTimeout(*cluster, context_.random))) return call_.Cancel();
  }
  flags |= filter::kUpstreamRequestTimeout;
  Reply({504, why, "the service did not answer in time"});
}

void ExchangeDriver::MarkAttempts(bool failure) {
  if (failure && retry_.marks_failures()) response.Set(kRetriedField, "1");
  const route::Forward* action = route.route == nullptr ? nullptr : route.route->forward();
  if (action == nullptr || !action->attempt_count_to_client) return;
  SetAttemptCount(attempts, response);
}

}  // namespace sluice::proxy
