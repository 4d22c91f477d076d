// Circuit breaker of one cluster: counts in use, shared by all workers, and their limits.
//
// xDS: CircuitBreakers. Owner: the Cluster, so a count survives revisions: a limit of 100 stays
// 100 through an update, and lowering it below the count only refuses until the count has fallen.
// Threads: any worker. A limit of kUnlimited is not counted, because the counter would be the one
// cache line that all workers write on every request; when a revision makes a limit finite, what
// is in flight then was not counted and is not released either (`Ticket`).
// A worker that dies takes the process along; nothing survives a restart.
#pragma once

#include <atomic>
#include <cstdint>

#include "dataplane/upstream/cluster_spec.h"

namespace sluice::upstream {

// One resource: connections, pending requests, requests or retries of a cluster.
class alignas(64) InUse final {
 public:
  // False when `limit` units are in use. `*counted` says whether Release must be called.
  [[nodiscard]] bool Acquire(uint32_t limit, bool* counted) {
    *counted = false;
    if (limit == BreakerLimits::kUnlimited) return true;
    if (count_.fetch_add(1, std::memory_order_relaxed) >= limit) {
      count_.fetch_sub(1, std::memory_order_relaxed);
      return false;
    }
    *counted = true;
    return true;
  }
  void Release() { count_.fetch_sub(1, std::memory_order_relaxed); }
  uint32_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint32_t> count_{0};
};

struct Breaker {
  InUse connections;
  InUse pending;
  InUse requests;
  InUse retries;
};

// One unit of an InUse, given back by the destructor.
class Ticket final {
 public:
  Ticket() = default;
  ~Ticket() { Release(); }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  // False: over `limit`; the ticket holds nothing then. Must not hold one already.
  [[nodiscard]] bool Take(InUse& from, uint32_t limit) {
    bool counted = false;
    if (!from.Acquire(limit, &counted)) return false;
    from_ = counted ? &from : nullptr;
    return true;
  }
  void Release() {
    if (from_ != nullptr) from_->Release();
    from_ = nullptr;
  }
  // A parked connection takes its unit along to whoever claims it: the old owner forgets it, the
  // new one adopts it.
  bool counted() const { return from_ != nullptr; }
  void Forget() { from_ = nullptr; }
  void Adopt(InUse& from) { from_ = &from; }

 private:
  InUse* from_ = nullptr;
};

}  // namespace sluice::upstream
