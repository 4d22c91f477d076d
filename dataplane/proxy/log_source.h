// What one worker and the log writer share: the ring, and the specs that records in it point to.
//
// Owner: both, by shared_ptr, so a worker may end while its records wait. Threads: the first part
// belongs to the worker, the ring has its own rules, `closed` goes from worker to writer.
// A record holds a bare AccessLogSpec*. Hold makes that safe: the source keeps each spec until no
// snapshot has it and the ring has passed its last record. Reference counts shared with other
// cores are touched once per spec and worker, never per request.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "dataplane/config/access_log_spec.h"
#include "dataplane/proxy/log_ring.h"

namespace sluice::proxy {

// How workers wake the writer: only when it sleeps, and only from OverHalf rings.
class LogWake final {
 public:
  LogWake();
  ~LogWake();
  LogWake(const LogWake&) = delete;
  LogWake& operator=(const LogWake&) = delete;

  // Any thread; at most one write to the eventfd per sleep.
  void Wake() {
    if (sleeping_.load(std::memory_order_seq_cst) && sleeping_.exchange(false)) Write();
  }
  // Wakes also a writer that is just about to sleep.
  void WakeAlways() { Write(); }
  // The writer: returns after `milliseconds` or a wake-up.
  void Sleep(int milliseconds);

 private:
  void Write();
  int fd_;
  std::atomic<bool> sleeping_{false};
};

class LogSource final {
 public:
  explicit LogSource(std::shared_ptr<LogWake> wake) : wake_(std::move(wake)) {}

  // ---- The worker ----
  LogRing& ring() { return ring_; }
  // Makes it safe to put a record of `spec` into the ring now.
  void Hold(const std::shared_ptr<const config::AccessLogSpec>& spec) {
    if (spec.get() == last_spec_) [[likely]] {
      *last_position_ = ring_.produced();
      return;
    }
    HoldOther(spec);
  }
  void WakeIfNeeded() {
    if (ring_.OverHalf()) [[unlikely]]
      wake_->Wake();
  }
  size_t held() const { return held_.size(); }
  // The worker is done; the writer drops the source when the ring is empty.
  void Close() { closed_.store(true, std::memory_order_release); }

  // ---- The writer ----
  bool closed() const { return closed_.load(std::memory_order_acquire); }

 private:
  struct Held {
    std::shared_ptr<const config::AccessLogSpec> spec;
    // A ring position at or before its last record's begin.
    std::unique_ptr<uint64_t> position;
  };
  void HoldOther(const std::shared_ptr<const config::AccessLogSpec>& spec);
  void DropUnused();

  const std::shared_ptr<LogWake> wake_;
  LogRing ring_;
  const config::AccessLogSpec* last_spec_ = nullptr;
  uint64_t* last_position_ = nullptr;
  absl::flat_hash_map<const config::AccessLogSpec*, Held> held_;
  std::atomic<bool> closed_{false};
};

}  // namespace sluice::proxy
