// Circuit breaker of one cluster: counts in use, shared by all workers, and their limits.
//
// xDS: CircuitBreakers. Owner: the Cluster, so a count survives revisions: a limit of 100 stays
// 100 through an update, and lowering it below the count only refuses until the count has fallen.
// Threads: any worker. A limit of kUnlimited is not counted, because the counter would be the one
// cache line that all workers write on every request; when a revision makes a limit finite, what
// is in flight then was not counted and is not released either (`Ticket`).
// Nobody meets a limit without warning: the unit that makes four fifths of it used is told to the
// watcher (`LimitWatcher`), once, until the watcher says that it is over (`Rearm`).
// A worker that dies takes the process along; nothing survives a restart.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

#include "dataplane/upstream/cluster_spec.h"

namespace sluice::upstream {

enum class Limit : uint8_t { kConnections, kPending, kRequests, kRetries };
inline constexpr Limit kLimits[] = {Limit::kConnections, Limit::kPending, Limit::kRequests,
                                    Limit::kRetries};
// As in the configuration: "max_connections", ...
std::string_view LimitName(Limit limit);
// Of a cluster's default priority.
uint32_t LimitOf(const BreakerLimits& limits, Limit limit);

// `in_use` of `most` units are. Called on any worker, between two of its steps: must not block.
using LimitWatcher = std::function<void(Limit limit, uint32_t in_use, uint32_t most)>;

// One resource: connections, pending requests, requests or retries of a cluster.
class alignas(64) InUse final {
 public:
  InUse() = default;  // nobody watches
  // `watcher` outlives this object.
  InUse(Limit which, const LimitWatcher* watcher) : watcher_(watcher), which_(which) {}
  // False when `limit` units are in use. `*counted` says whether Release must be called.
  [[nodiscard]] bool Acquire(uint32_t limit, bool* counted) {
    *counted = false;
    if (limit == BreakerLimits::kUnlimited) return true;
    const uint32_t before = count_.fetch_add(1, std::memory_order_relaxed);
    if (before >= limit) {
      count_.fetch_sub(1, std::memory_order_relaxed);
      return false;
    }
    if (IsNear(before + 1, limit) && !near_.load(std::memory_order_relaxed)) [[unlikely]] {
      NoteNear(before + 1, limit);
    }
    *counted = true;
    return true;
  }
  void Release() { count_.fetch_sub(1, std::memory_order_relaxed); }
  uint32_t count() const { return count_.load(std::memory_order_relaxed); }
  // Four fifths of `limit` were in use, and the watcher was told.
  bool near() const { return near_.load(std::memory_order_relaxed); }
  uint64_t times_near() const { return times_near_.load(std::memory_order_relaxed); }
  // The next time is told again. Called by whoever watches, on any thread.
  void Rearm() { near_.store(false, std::memory_order_relaxed); }
  static bool IsNear(uint32_t in_use, uint32_t limit) {
    return uint64_t{in_use} * 5 >= uint64_t{limit} * 4;
  }

 private:
  void NoteNear(uint32_t in_use, uint32_t limit);

  std::atomic<uint32_t> count_{0};
  std::atomic<bool> near_{false};
  std::atomic<uint64_t> times_near_{0};
  const LimitWatcher* watcher_ = nullptr;
  Limit which_ = Limit::kConnections;
};

struct Breaker {
  // `watcher` may be empty.
  explicit Breaker(LimitWatcher watcher) : watcher_(std::move(watcher)) {}
  Breaker(const Breaker&) = delete;
  Breaker& operator=(const Breaker&) = delete;

 private:
  const LimitWatcher watcher_;

 public:
  InUse connections{Limit::kConnections, &watcher_};
  InUse pending{Limit::kPending, &watcher_};
  InUse requests{Limit::kRequests, &watcher_};
  InUse retries{Limit::kRetries, &watcher_};
  InUse& of(Limit limit);
  const InUse& of(Limit limit) const { return const_cast<Breaker*>(this)->of(limit); }
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
