// The event loop: one thread, one epoll set, everything else hangs off it.
//
// A descriptor is registered once, edge-triggered for everything, and never modified: readiness is
// remembered by its owner, and back-pressure is simply not reading. Events carry a slot and a
// generation, so an event for a descriptor that was closed in the same turn finds nobody.
//
// One turn: wait -> upstream I/O -> downstream I/O -> posted tasks -> flushes (one write per
// connection) -> timers -> mailbox -> end-of-turn hook -> destruction of what was handed over.
//
// Ownership: the loop owns the epoll descriptor, slots and timers' wheel; handlers, tasks and
// timers are borrowed and unlink themselves when destroyed. Thread: all calls on the loop's own
// thread, except `mailbox().Post` and `Stop`.
// A delayed loop serves its mailbox late and nobody waits for it but the poster of the message.
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "dataplane/base/clock.h"
#include "dataplane/base/intrusive_list.h"
#include "dataplane/event/mailbox.h"
#include "dataplane/event/timer_wheel.h"

namespace sluice::event {

// What an event said about a descriptor; bits are or-ed.
enum Ready : uint32_t { kReadable = 1, kWritable = 2, kPeerClosed = 4, kFailed = 8 };

// Receives edges of one descriptor. May call Remove for itself or others, also from inside OnIo.
class IoHandler {
 public:
  virtual void OnIo(uint32_t ready) = 0;

 protected:
  ~IoHandler() = default;
};

// A unit of work to run later in this turn (or the next, if posted by a task). Unlinks itself when
// destroyed, so a task never outlives what it points to.
struct TaskTag {};
class Task : public base::ListNode<TaskTag> {
 public:
  virtual void Run() = 0;

 protected:
  ~Task() = default;
};

// A connection with bytes to write at the end of this turn.
struct FlushTag {};
class Flushable : public base::ListNode<FlushTag> {
 public:
  virtual void Flush() = 0;

 protected:
  ~Flushable() = default;
};

// Base of objects that may die inside their own callback: hand them to DestroyLater.
class Deferred {
 public:
  virtual ~Deferred() = default;
};

// Which pass of the turn serves a descriptor. Responses go first: they free resources.
enum class IoPass : uint8_t { kUpstream, kDownstream };
// kLevel reports readability only, each turn while it lasts: for listen sockets, signalfd, eventfd.
enum class Trigger : uint8_t { kEdge, kLevel };

// Names a registration; stale after Remove.
struct IoToken {
  uint32_t slot = UINT32_MAX;
  uint32_t generation = 0;
  bool valid() const { return slot != UINT32_MAX; }
};

class Loop final {
 public:
  // `clock` outlives the loop.
  explicit Loop(const base::Clock& clock);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Registers `fd` (non-blocking). `handler` is borrowed until Remove. The first edge reports what
  // is ready already. Fails only when the kernel has no memory: then the token is invalid.
  IoToken Add(int fd, IoHandler& handler, IoPass pass, Trigger trigger = Trigger::kEdge);
  // Ends the registration; does not close `fd`. An invalid token is ignored.
  void Remove(int fd, IoToken& token);
  // Ends the registration of a descriptor that another thread has already deleted from epoll_fd()
  // (and may even have closed): no call on the descriptor, only the slot is freed.
  void Forget(IoToken& token);
  // The epoll descriptor, for another loop that takes an idle connection over (upstream/).
  int epoll_fd() const { return epoll_fd_; }

  // Cached at the start of the turn and after each wait.
  base::MonoTime now() const { return now_; }
  const base::Clock& clock() const { return clock_; }
  TimerWheel& timers() { return timers_; }
  Mailbox& mailbox() { return mailbox_; }

  // Runs `task` after this turn's I/O; a task already posted stays where it is.
  void Post(Task& task);
  // Calls `item.Flush()` once at the end of this turn; already listed items stay listed once. From
  // inside a Flush, a timer or a message it means the next turn, which then follows at once.
  void FlushLater(Flushable& item);
  // Destroys `object` at the end of this turn, when no callback of it can be on the stack. No-op
  // for nullptr.
  void DestroyLater(std::unique_ptr<Deferred> object);
  // Called at the end of each turn; at most one hook (the worker's snapshot switch). Borrowed.
  void SetTurnHook(Task* hook) { turn_hook_ = hook; }

  // One turn, waiting at most `max_wait` (Duration::max(): for ever) for the first event. Returns
  // the number of I/O events that found their handler.
  int RunOnce(base::Duration max_wait);
  // Turns until Stop.
  void Run();
  // Thread-safe. Run returns at the end of the turn that finds this; what the caller has posted to
  // the mailbox before is run first.
  void Stop();
  // Turns while there is work that needs no waiting; for tests with virtual time. A peer on the
  // same loop is served too: what is written to a loopback socket is readable in the next turn.
  void RunUntilIdle();

  // Turns so far, and CPU time of the longest one since the last reset (only measured when
  // MeasureTurns was called: a thread CPU clock read costs about 0.8 us).
  void MeasureTurns() { measure_turns_ = true; }
  base::Duration longest_turn() const {
    return base::Duration(longest_turn_ns_.load(std::memory_order_relaxed));
  }
  void ResetLongestTurn() { longest_turn_ns_.store(0, std::memory_order_relaxed); }
  uint64_t turns() const { return turns_; }

 private:
  struct Slot {
    IoHandler* handler = nullptr;
    uint32_t generation = 0;
    IoPass pass = IoPass::kDownstream;
  };
  int Wait(base::Duration max_wait);
  // Until `deadline` as of now(), at most `max_wait`.
  base::Duration Until(base::MonoTime deadline, base::Duration max_wait) const;
  bool HasWork() const;
  // Work but timers.
  bool HasQueued() const {
    return !tasks_.empty() || !flushes_.empty() || !dead_.empty() || !mailbox_.empty();
  }
  int Dispatch(int events, IoPass pass);
  void RunTasks();
  void RunFlushes();
  void Reap();
  void FinishTurn();

  const base::Clock& clock_;
  int epoll_fd_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_slots_;
  std::vector<epoll_event> events_;
  base::MonoTime now_;
  TimerWheel timers_;
  Mailbox mailbox_;
  base::IntrusiveList<Task, TaskTag> tasks_;
  base::IntrusiveList<Flushable, FlushTag> flushes_;
  std::vector<std::unique_ptr<Deferred>> dead_;
  Task* turn_hook_ = nullptr;
  bool stop_ = false;
  bool measure_turns_ = false;
  std::atomic<int64_t> longest_turn_ns_{0};
  uint64_t turns_ = 0;
};

}  // namespace sluice::event
