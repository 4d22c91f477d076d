// How many retries a cluster gets: what keeps a failing service from being asked twice by everybody.
//
// Two limits, both must agree. By rate (ours): each first attempt deposits a fraction of a retry and
// each retry takes one, so that over any time the load on the service is at most (1 + fraction) of
// what the clients ask for, plus the reserve it began with. By concurrency (Envoy's): at most
// max_retries at once, or a share of the active requests with a minimum.
// Owner: `RetryTokens` is the WorkerCluster's, one per worker, plain numbers: a worker spends what
// its own requests deposited, so the sum over workers keeps the promise without a shared write per
// request. The count of retries at once is Breaker::retries, shared and exact. A revision that
// changes the fraction takes effect with the next deposit; what was saved stays. A delayed worker
// neither deposits nor takes; a silent peer costs its retry like any other; a restart begins with
// the reserve.
#pragma once

#include <algorithm>
#include <cstdint>

#include "dataplane/upstream/cluster_spec.h"

namespace sluice::upstream {

// In thousandths of a retry.
class RetryTokens final {
 public:
  // The worker's part of the reserve; at least one retry unless there is no budget at all.
  void Begin(const RetryRate& rate, uint32_t workers) {
    workers_ = std::max(workers, 1u);
    saved_ = Part(rate.reserve);
  }
  // A first attempt.
  void Deposit(const RetryRate& rate) {
    saved_ = std::min(saved_ + rate.permille, Part(rate.most_saved));
  }
  // False: there is not one whole retry.
  [[nodiscard]] bool Take() {
    if (saved_ < kOne) return false;
    saved_ -= kOne;
    return true;
  }
  uint64_t saved_permille() const { return saved_; }

 private:
  static constexpr uint64_t kOne = 1000;
  uint64_t Part(uint32_t retries) const {
    if (retries == 0) return 0;
    return std::max<uint64_t>(kOne, retries * kOne / workers_);
  }
  uint64_t saved_ = 0;
  uint32_t workers_ = 1;
};

// How many retries may be under way while `active` requests are (xDS: CircuitBreakers.Thresholds:
// max_retries, retry_budget).
inline uint32_t RetriesAtOnce(const BreakerLimits& limits, uint64_t active) {
  if (!limits.retry_share) return limits.max_retries;
  const auto share = static_cast<uint64_t>(limits.retry_percent * static_cast<double>(active) / 100);
  return static_cast<uint32_t>(
      std::min<uint64_t>(std::max<uint64_t>(share, limits.min_retries), UINT32_MAX - 1));
}

}  // namespace sluice::upstream
