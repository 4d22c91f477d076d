// Counters of one cluster on one worker: what /stats and /clusters sum over workers.
//
// Single writer, the worker; any thread may read, and sees each counter at some recent moment.
// Owner: the Cluster (one block per worker, made on first use), so counts outlive the worker's own
// objects. Plain increments: a relaxed load and store, no locked instruction.
#pragma once

#include <atomic>
#include <cstdint>

namespace sluice::upstream {

class Counter final {
 public:
  // The single writer only.
  void Add(uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void Sub(uint64_t n = 1) { Add(~n + 1); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// X(member, name as in Envoy's cluster statistics, meaning)
#define SLUICE_POOL_STATS(X)                                                                 \
  X(cx_total, "upstream_cx_total", "connections opened")                                     \
  X(cx_active, "upstream_cx_active", "connections open now; minus those other workers took") \
  X(cx_destroyed, "upstream_cx_destroy", "connections closed")                               \
  X(cx_connect_fail, "upstream_cx_connect_fail", "refused, unreachable or timed out")        \
  X(cx_connect_timeout, "upstream_cx_connect_timeout", "of these: timed out")                \
  X(cx_idle_timeout, "upstream_cx_idle_timeout", "closed because nobody used them")          \
  X(cx_max_requests, "upstream_cx_max_requests", "closed after their last allowed request")  \
  X(cx_overflow, "upstream_cx_overflow", "not opened because of max_connections")            \
  X(cx_stolen, "sluice_cx_stolen", "idle connections taken from other workers")              \
  X(cx_lost, "sluice_cx_lost", "idle connections other workers took")                        \
  X(rq_total, "upstream_rq_total", "requests started")                                       \
  X(rq_active, "upstream_rq_active", "requests on a connection or waiting for one")          \
  X(rq_reused, "sluice_rq_reused", "requests on a connection that had served others")        \
  X(rq_pending_total, "upstream_rq_pending_total", "requests that had to wait")              \
  X(rq_pending_active, "upstream_rq_pending_active", "requests waiting now")                 \
  X(rq_pending_overflow, "upstream_rq_pending_overflow", "refused: max_requests or max_pending_requests") \
  X(rq_no_host, "upstream_cx_none_healthy", "refused: nobody to send to")                    \
  X(rq_cancelled, "upstream_rq_cancelled", "ended by their owner before the response was complete") \
  X(rq_failed, "sluice_rq_failed", "ended by an error of the peer or the connection")

struct PoolStats {
#define SLUICE_POOL_COUNTER(member, name, meaning) Counter member;
  SLUICE_POOL_STATS(SLUICE_POOL_COUNTER)
#undef SLUICE_POOL_COUNTER
};

}  // namespace sluice::upstream
