// One thread that runs what others hand it, in order: the place where the control plane's mutable
// state lives (fleet, streams, roll-outs), so that none of it needs a lock.
//
// gRPC's threads, the store and timers Post; nothing on a strand may block. `Start` gives it a
// thread of its own; without one a test drives it by RunUntilIdle and a clock it moves.
// Threads: Post and After from any; Cancel, and what is run, on the strand.
// A delayed task delays those behind it, which is why none may wait. Stop runs what was posted
// before it and drops timers; what is posted later is dropped. Nothing survives a restart.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "dataplane/base/clock.h"

namespace sluice::strand {

class Strand final {
 public:
  using Task = std::function<void()>;
  using TimerId = std::pair<base::MonoTime, uint64_t>;

  // `clock` outlives the strand.
  explicit Strand(const base::Clock& clock) : clock_(clock) {}
  ~Strand() { Stop(); }
  Strand(const Strand&) = delete;
  Strand& operator=(const Strand&) = delete;

  void Start();
  void Stop();

  // Runs `task` on the strand after what was posted before.
  void Post(Task task);
  // Runs `task` once, `delay` from now; a delay of zero or less is as soon as possible.
  TimerId After(base::Duration delay, Task task);
  // The timer will not run; without effect when it has.
  void Cancel(TimerId id);

  // For strands without a thread: runs everything that is due now.
  void RunUntilIdle();

  base::MonoTime now() const { return clock_.Now(); }
  const base::Clock& clock() const { return clock_; }

 private:
  void Run();
  // The next task that is due; empty when there is none. Called with the lock held.
  Task TakeDue();

  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;               // guarded by mutex_, as all below
  std::map<TimerId, Task> timers_;
  uint64_t next_timer_ = 0;
  bool stopping_ = false;
  std::thread thread_;                   // touched by Start and Stop only
};

}  // namespace sluice::strand
