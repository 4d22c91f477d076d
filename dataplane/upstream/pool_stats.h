// Counters of one cluster on one worker: what /stats and /clusters sum over workers.
//
// Single writer, the worker; any thread may read, and sees each number at some recent moment.
// Owner: the Cluster (one block per worker, made on first use), so counts outlive the worker's own
// objects. A name of Envoy's means what it means there; what Envoy does not count has a name of ours,
// "sluice_...". Every refusal has a counter of its own, so that an operator can tell a limit that was
// met from a peer that failed: the *_overflow ones are limits, the rq_retry_* ones say why a failed
// request was not tried again. Gauges are differences per worker and may be negative there; only the
// sum over workers means something.
#pragma once

#include "dataplane/stats/counter.h"

namespace sluice::upstream {

// X(type, member, name as in Envoy's cluster statistics, meaning)
#define SLUICE_POOL_STATS(X) \
  X(Counter, cx_total, "upstream_cx_total", "connections opened") \
  X(Gauge, cx_active, "upstream_cx_active", "connections open now") \
  X(Counter, cx_destroyed, "upstream_cx_destroy", "connections closed") \
  X(Counter, cx_connect_fail, "upstream_cx_connect_fail", "refused, unreachable or timed out") \
  X(Counter, cx_connect_timeout, "upstream_cx_connect_timeout", "of these: timed out") \
  X(Counter, cx_idle_timeout, "upstream_cx_idle_timeout", "closed because nobody used them") \
  X(Counter, cx_keepalive_timeout, "sluice_cx_keepalive_timeout", "closed: a PING had no answer") \
  X(Counter, cx_max_requests, "upstream_cx_max_requests", "closed after their last request") \
  X(Counter, cx_overflow, "upstream_cx_overflow", "not opened because of max_connections") \
  X(Counter, cx_stolen, "sluice_cx_stolen", "idle connections taken from other workers") \
  X(Counter, cx_lost, "sluice_cx_lost", "idle connections other workers took") \
  X(Counter, cx_handed, "sluice_cx_handed", "freed connections given to a worker that waited") \
  X(Counter, rq_beside_idle, "sluice_rq_waited_beside_idle", "over 2 ms, while one idled elsewhere") \
  X(Counter, rq_total, "upstream_rq_total", "requests started") \
  X(Gauge, rq_active, "upstream_rq_active", "requests on a connection or waiting for one") \
  X(Counter, rq_reused, "sluice_rq_reused", "requests on a connection that had served others") \
  X(Counter, rq_pending_total, "upstream_rq_pending_total", "requests that had to wait") \
  X(Gauge, rq_pending_active, "upstream_rq_pending_active", "requests waiting now") \
  X(Counter, rq_pending_overflow, "upstream_rq_pending_overflow", "refused by a limit of requests") \
  X(Counter, rq_no_host, "upstream_cx_none_healthy", "refused: nobody to send to") \
  X(Counter, rq_cancelled, "upstream_rq_cancelled", "ended early by their owner") \
  X(Counter, rq_failed, "sluice_rq_failed", "ended by an error of the peer or the connection") \
  X(Counter, rq_retry, "upstream_rq_retry", "attempts after the first") \
  X(Counter, rq_retry_success, "upstream_rq_retry_success", "requests that a retry saved") \
  X(Counter, rq_retry_overflow, "upstream_rq_retry_overflow", "not retried: too many at once") \
  X(Counter, rq_retry_budget, "sluice_rq_retry_budget", "not retried: the rate budget is spent") \
  X(Counter, rq_retry_limit, "upstream_rq_retry_limit_exceeded", "failed after all their retries") \
  X(Counter, rq_retry_stale, "sluice_rq_retry_stale", "sent again: the idle connection had died") \
  X(Counter, rq_retry_unsafe, "sluice_rq_retry_unsafe", "not retried: it may have been processed") \
  X(Counter, rq_retry_exponential, "upstream_rq_retry_backoff_exponential", "waits of our choice") \
  X(Counter, rq_retry_ratelimited, "upstream_rq_retry_backoff_ratelimited", "waits as told") \
  X(Counter, rq_retry_body, "retry_or_shadow_abandoned", "not retried: the body was not kept") \
  X(Counter, rq_per_try_timeout, "upstream_rq_per_try_timeout", "attempts that took too long")

// A block of its own cache lines: workers do not share any.
struct alignas(64) PoolStats {
#define SLUICE_POOL_STAT(type, member, name, meaning) stats::type member;
  SLUICE_POOL_STATS(SLUICE_POOL_STAT)
#undef SLUICE_POOL_STAT
};

}  // namespace sluice::upstream
