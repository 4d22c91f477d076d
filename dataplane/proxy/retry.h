// Whether one request is tried again, and what another attempt needs.
//
// A failed attempt is repeated when the route's policy wants it, the request may be repeated, its
// body was kept, and both budgets of the cluster agree (upstream/retry_budget.h). May be repeated:
// the method is idempotent (RFC 9110 9.2.2), or the route names it, or no byte of the request was
// written. Without any policy one kind of failure is still repaired, once: a reused connection that
// died before any byte of the answer (the peer closed it while our request was on its way).
// Never repeated: what a tier behind us has already tried (x-sluice-retried), and anything after
// the response head went to the client (the driver does not ask then).
// Owner: the exchange, by value; Clear at its end. Thread: its worker. A revision change: the policy
// of the request's own snapshot holds to the end, endpoints and limits are those of the moment. A
// delayed worker retries later. A silent peer is bounded by the per-try and route timeouts. Nothing
// survives a restart.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "dataplane/base/clock.h"
#include "dataplane/base/random.h"
#include "dataplane/buffer/buffer.h"
#include "dataplane/http/head.h"
#include "dataplane/route/route.h"
#include "dataplane/upstream/breaker.h"
#include "dataplane/upstream/call.h"

namespace sluice::upstream {
class WorkerCluster;
}

namespace sluice::proxy {

// On a failure that the gateway answers after a retry, or after declining one for lack of budget:
// outer tiers must not try again what was tried here (field "x-sluice-retried: 1").
inline constexpr std::string_view kRetriedField = "x-sluice-retried";

struct RetryVerdict {
  bool again = false;
  base::Duration wait{0};
};

class Retry final {
 public:
  // Before the first attempt; `action` and `request` outlive the request.
  void Begin(const route::Forward& action, const http::Head& request);
  // The request is over.
  void Clear();

  // An attempt ended without a response.
  RetryVerdict OnFailure(const upstream::CallFailure& failure, upstream::WorkerCluster& cluster,
                         base::Random& random);
  // A response head came that was not sent on yet. `unix_now`: seconds since 1970.
  RetryVerdict OnResponse(const http::Head& response, upstream::WorkerCluster& cluster,
                          base::Random& random, int64_t unix_now);
  // per_try_timeout is over.
  RetryVerdict OnTryTimeout(upstream::WorkerCluster& cluster, base::Random& random);

  // nullptr: no policy, or none that is for this request.
  const route::RetryPolicy* policy() const { return policy_; }
  uint32_t attempts() const { return retries_ + 1; }
  // The policy's retries are used up.
  bool limit_exceeded() const { return limit_exceeded_; }
  // A budget refused.
  bool declined() const { return declined_; }
  // A failure that is answered now must carry kRetriedField.
  bool marks_failures() const { return retried_by_policy_ || declined_; }

  // Request body bytes that were sent on, for another attempt. While nothing is being sent
  // (`waiting`) they are kept beyond the limit too: the driver pauses the client.
  void Keep(const buffer::Buffer& data, buffer::BlockPool& pool, bool waiting);
  size_t kept_bytes() const { return kept_.size(); }
  // No further attempt: the response is on its way to the client.
  void ForgetBody() {
    body_lost_ = true;
    kept_.Clear();
  }
  // A second view of all that was kept.
  void CopyKept(buffer::Buffer& out) const;
  // For the next attempt; `tried` is where the last one went, nullptr for nowhere.
  void NoteTried(const upstream::Endpoint* tried);
  upstream::PickHint Hint() const;

 private:
  // `wanted`: the policy wants another attempt. `maybe_processed`: bytes of the request were sent.
  bool Allowed(bool wanted, bool maybe_processed, upstream::WorkerCluster& cluster);
  bool Affordable(upstream::WorkerCluster& cluster);
  base::Duration BackOff(base::Random& random) const;

  static constexpr size_t kRemembered = 8;
  const route::RetryPolicy* policy_ = nullptr;
  uint32_t replay_limit_ = 0;
  uint32_t retries_ = 0;
  uint32_t tried_count_ = 0;
  bool may_repeat_ = false;     // also after bytes were sent
  bool keeps_body_ = false;
  bool body_lost_ = false;      // it was over the limit, or not kept at all
  bool stale_used_ = false;
  bool retried_by_policy_ = false;
  bool limit_exceeded_ = false;
  bool declined_ = false;
  upstream::Ticket ticket_;     // of Breaker::retries
  buffer::Buffer kept_;
  std::array<const upstream::Endpoint*, kRemembered> tried_{};
};

}  // namespace sluice::proxy
