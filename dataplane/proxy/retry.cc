#include "dataplane/proxy/retry.h"

#include <algorithm>

#include "dataplane/upstream/worker_cluster.h"

namespace sluice::proxy {
namespace {

using upstream::CallError;

// Smaller pieces are copied: each shared one keeps the whole block that it was read into.
constexpr size_t kShareFrom = 1024;

bool WantsAnother(const route::RetryPolicy& policy, const upstream::CallFailure& failure) {
  switch (failure.error) {
    // Our own limits and opinions: another attempt would only meet them again.
    case CallError::kNone:
    case CallError::kNoHealthyEndpoint:
    case CallError::kPendingOverflow:
    case CallError::kConnectionOverflow:
      return false;
    case CallError::kConnectFailed:
    case CallError::kConnectTimeout:
      if (policy.has(route::kRetryConnectFailure)) return true;
      break;
    case CallError::kConnectionLost:
    case CallError::kBadResponse:
    case CallError::kReset:
      break;
  }
  if (policy.has(route::kRetry5xx | route::kRetryGatewayError | route::kRetryReset)) return true;
  if (policy.has(route::kRetryResetBeforeRequest) && !failure.request_sent) return true;
  return policy.has(route::kRetryRefusedStream) &&
         failure.stream_error == http::StreamError::kRefused;
}

}  // namespace

void Retry::Begin(const route::Forward& action, const http::Head& request) {
  policy_ = action.retry.get();
  if (policy_ != nullptr && !route::CoversRequest(*policy_, request)) policy_ = nullptr;
  replay_limit_ = action.replay_limit;
  retries_ = tried_count_ = 0;
  const bool idempotent = http::IsIdempotent(request.method);
  may_repeat_ = idempotent || (policy_ != nullptr && route::NamesMethod(*policy_, request));
  keeps_body_ = policy_ != nullptr || idempotent;
  body_lost_ = stale_used_ = retried_by_policy_ = limit_exceeded_ = declined_ = false;
}

void Retry::Clear() {
  policy_ = nullptr;
  keeps_body_ = false;
  kept_.Clear();
  ticket_.Release();
}

RetryVerdict Retry::OnFailure(const upstream::CallFailure& failure,
                              upstream::WorkerCluster& cluster, base::Random& random) {
  const bool stale = failure.error == CallError::kConnectionLost && failure.reused_connection &&
                     !failure.response_begun && !stale_used_ && !body_lost_ &&
                     (may_repeat_ || !failure.request_sent);
  if (stale) {
    stale_used_ = true;
    ++retries_;
    cluster.stats().rq_retry_stale.Add();
    return {true, {}};
  }
  const bool wanted = policy_ != nullptr && WantsAnother(*policy_, failure);
  if (!Allowed(wanted, failure.request_sent, cluster)) return {};
  cluster.stats().rq_retry_exponential.Add();
  return {true, BackOff(random)};
}

RetryVerdict Retry::OnResponse(const http::Head& response, upstream::WorkerCluster& cluster,
                               base::Random& random, int64_t unix_now) {
  if (policy_ == nullptr) return {};
  const bool wanted = route::WantsAnother(*policy_, response);
  if (!wanted && retried_by_policy_) cluster.stats().rq_retry_success.Add();
  const bool tried_behind = wanted && response.Find(kRetriedField).has_value();
  if (tried_behind || !Allowed(wanted, true, cluster)) return {};
  if (const auto asked = route::AskedToWait(*policy_, response, unix_now)) {
    cluster.stats().rq_retry_ratelimited.Add();
    // Later than asked by up to a half, so that not all come back at once.
    return {true, *asked + base::Duration(random.Below(static_cast<uint64_t>(asked->count()) / 2))};
  }
  cluster.stats().rq_retry_exponential.Add();
  return {true, BackOff(random)};
}

RetryVerdict Retry::OnTryTimeout(upstream::WorkerCluster& cluster, base::Random& random) {
  upstream::CallFailure failure;
  failure.error = CallError::kReset;
  failure.request_sent = true;
  return OnFailure(failure, cluster, random);
}

bool Retry::Allowed(bool wanted, bool maybe_processed, upstream::WorkerCluster& cluster) {
  ticket_.Release();
  if (!wanted) return false;
  upstream::PoolStats& stats = cluster.stats();
  const uint32_t by_policy = retries_ - (stale_used_ ? 1 : 0);
  if (by_policy >= policy_->num_retries) {
    limit_exceeded_ = true;
    stats.rq_retry_limit.Add();
    return false;
  }
  if (maybe_processed && !may_repeat_) {
    stats.rq_retry_unsafe.Add();
    return false;
  }
  if (body_lost_) {
    stats.rq_retry_body.Add();
    return false;
  }
  if (!Affordable(cluster)) return false;
  ++retries_;
  retried_by_policy_ = true;
  stats.rq_retry.Add();
  return true;
}

bool Retry::Affordable(upstream::WorkerCluster& cluster) {
  upstream::Cluster& shared = cluster.cluster();
  const upstream::BreakerLimits& limits = shared.spec().breaker;
  uint64_t active = 0;
  if (limits.retry_share) {
    active = static_cast<uint64_t>(
        std::max<int64_t>(shared.Total(&upstream::PoolStats::rq_active), 0));
  }
  if (!ticket_.Take(shared.breaker().retries, upstream::RetriesAtOnce(limits, active))) {
    cluster.stats().rq_retry_overflow.Add();
    declined_ = true;
    return false;
  }
  if (cluster.retry_tokens().Take()) return true;
  ticket_.Release();
  cluster.stats().rq_retry_budget.Add();
  declined_ = true;
  return false;
}

base::Duration Retry::BackOff(base::Random& random) const {
  const uint32_t doublings = std::min(retries_ - 1, 20u);
  const base::Duration most =
      std::min(policy_->back_off_max, policy_->back_off_base * (int64_t{1} << doublings));
  return base::Duration(random.Below(static_cast<uint64_t>(most.count())));
}

void Retry::Keep(const buffer::Buffer& data, buffer::BlockPool& pool, bool waiting) {
  if (data.empty() || body_lost_) return;
  if (!keeps_body_ || (!waiting && kept_.size() + data.size() > replay_limit_)) {
    body_lost_ = true;
    return kept_.Clear();
  }
  data.ForEachSlice([&](const buffer::Slice& slice) {
    if (slice.size() < kShareFrom) return kept_.AppendCopy(pool, slice.view());
    kept_.Append(slice.Share());
  });
}

void Retry::CopyKept(buffer::Buffer& out) const {
  kept_.ForEachSlice([&](const buffer::Slice& slice) { out.Append(slice.Share()); });
}

void Retry::NoteTried(const upstream::Endpoint* tried) {
  if (tried != nullptr) tried_[tried_count_++ % kRemembered] = tried;
}

upstream::PickHint Retry::Hint() const {
  upstream::PickHint hint;
  if (policy_ == nullptr || !policy_->avoid_previous_hosts) return hint;
  hint.avoided = std::span(tried_).first(std::min<size_t>(tried_count_, kRemembered));
  hint.further_picks = policy_->host_attempts;
  return hint;
}

}  // namespace sluice::proxy
