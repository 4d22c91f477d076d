// A thread that runs a Loop, and the role "I run on this loop" that the compiler can check.
//
// LoopThread is a capability, not a lock: code that may only run on the loop says
// ABSL_EXCLUSIVE_LOCKS_REQUIRED(thread) and clang refuses callers that do not. An entry point from
// the loop (a handler, a message) calls AssertCurrent first.
//
//   LoopThread thread(clock);
//   SetUp(thread.loop());             // any thread, as long as nobody runs the loop
//   thread.Start({.name = "worker0", .cpu = 0});
//   thread.loop().mailbox().Post(...);
//   thread.Stop(); thread.Join();
//
// Owned by whoever starts it; Start, Join and the destructor belong to that thread.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "dataplane/event/loop.h"

namespace sluice::event {

class ABSL_LOCKABLE LoopThread final {
 public:
  struct Options {
    // Shown by ps and top; the kernel keeps 15 bytes.
    std::string name = {};
    // Pin to this CPU; ignored where the process may not use it.
    std::optional<int> cpu = std::nullopt;
    // Added to the thread's own niceness; for the build thread.
    int nice = 0;
  };

  // `clock` outlives the loop.
  explicit LoopThread(const base::Clock& clock) : loop_(clock) {}
  ~LoopThread();  // stops and joins
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  // Starts the thread; once. Signals stay with the threads that do not block them: block them
  // before (see signals.h).
  void Start(Options options);
  // Runs the loop on the calling thread until Stop; for main's own loop.
  void RunHere();
  // Thread-safe: the loop ends after its current turn.
  void Stop() { loop_.Stop(); }
  // Waits for the end of a started thread. Idempotent.
  void Join();

  // While no thread runs it, the loop belongs to whoever calls.
  Loop& loop() { return loop_; }
  bool IsCurrent() const;
  // Stops the process when called from another thread while the loop runs.
  void AssertCurrent() const ABSL_ASSERT_EXCLUSIVE_LOCK();

 private:
  void RunAsOwner();

  Loop loop_;
  std::thread thread_;
  std::atomic<std::thread::id> runner_{};  // no thread: not running
};

}  // namespace sluice::event
