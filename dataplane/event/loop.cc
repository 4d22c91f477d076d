#include "dataplane/event/loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "dataplane/base/check.h"

namespace sluice::event {
namespace {

constexpr int kMaxEvents = 256;
// In the event data of the mailbox's eventfd, which is no slot.
constexpr uint64_t kWakeData = UINT64_MAX;

uint64_t DataOf(const IoToken& token) { return uint64_t{token.generation} << 32 | token.slot; }

uint32_t ReadyOf(uint32_t epoll_bits) {
  uint32_t ready = 0;
  if (epoll_bits & EPOLLIN) ready |= kReadable;
  if (epoll_bits & EPOLLOUT) ready |= kWritable;
  if (epoll_bits & (EPOLLRDHUP | EPOLLHUP)) ready |= kPeerClosed;
  if (epoll_bits & EPOLLERR) ready |= kFailed;
  return ready;
}

// Rounded up: waking before the deadline would only mean another turn.
int ToEpollTimeout(base::Duration wait) {
  if (wait == base::Duration::max()) return -1;
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  return static_cast<int>(std::clamp<int64_t>(ms, 0, INT32_MAX));
}

int64_t ThreadCpuNanoseconds() {
  timespec ts;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
  return int64_t{ts.tv_sec} * 1'000'000'000 + ts.tv_nsec;
}

}  // namespace

Loop::Loop(const base::Clock& clock)
    : clock_(clock),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      events_(kMaxEvents),
      now_(clock.Now()),
      timers_(now_) {
  base::Check(epoll_fd_ >= 0, "an epoll descriptor can be made");
  // Edge-triggered, and so never read: each write to an eventfd is an edge.
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.u64 = kWakeData}};
  base::Check(epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, mailbox_.wake_fd(), &event) == 0,
              "the mailbox can be watched");
}

Loop::~Loop() {
  // What these own may still want to Remove itself.
  Reap();
  mailbox_.DropAll();
  Reap();
  close(epoll_fd_);
}

IoToken Loop::Add(int fd, IoHandler& handler, IoPass pass, Trigger trigger) {
  IoToken token;
  if (free_slots_.empty()) {
    token.slot = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
    // Room for every slot, so that Remove never allocates.
    free_slots_.reserve(slots_.capacity());
  } else {
    token.slot = free_slots_.back();
    free_slots_.pop_back();
  }
  Slot& slot = slots_[token.slot];
  token.generation = slot.generation;
  slot.handler = &handler;
  slot.pass = pass;
  epoll_event event{};
  event.events =
      trigger == Trigger::kEdge ? EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET : uint32_t{EPOLLIN};
  event.data.u64 = DataOf(token);
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) != 0) Forget(token);
  return token;
}

void Loop::Remove(int fd, IoToken& token) {
  if (!token.valid()) return;
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
  Forget(token);
}

void Loop::Forget(IoToken& token) {
  if (!token.valid()) return;
  Slot& slot = slots_[token.slot];
  base::Check(slot.generation == token.generation, "a registration ends once");
  slot.handler = nullptr;
  ++slot.generation;
  free_slots_.push_back(token.slot);
  token = IoToken();
}

void Loop::Post(Task& task) {
  if (!task.linked()) tasks_.PushBack(task);
}

void Loop::FlushLater(Flushable& item) {
  if (!item.linked()) flushes_.PushBack(item);
}

void Loop::DestroyLater(std::unique_ptr<Deferred> object) {
  if (object != nullptr) dead_.push_back(std::move(object));
}

bool Loop::HasWork() const {
  return HasQueued() || timers_.UntilNext(now_) == base::Duration::zero();
}

base::Duration Loop::Until(base::MonoTime deadline, base::Duration max_wait) const {
  if (deadline <= now_) return base::Duration::zero();
  return deadline == base::kNever ? max_wait : std::min(max_wait, deadline - now_);
}

int Loop::Wait(base::Duration max_wait) {
  base::Duration wait = base::Duration::zero();
  if (!HasQueued()) {
    const base::MonoTime next = timers_.NextAt();
    wait = Until(next, max_wait);
    if (wait > base::Duration::zero()) {
      // The last turn took time. Only a loop that would sleep pays for knowing how much.
      now_ = clock_.Now();
      wait = Until(next, max_wait);
    }
  }
  const bool may_sleep = wait > base::Duration::zero() && mailbox_.PrepareSleep();
  int events;
  do {
    const int timeout_ms = may_sleep ? ToEpollTimeout(wait) : 0;
    events = epoll_wait(epoll_fd_, events_.data(), kMaxEvents, timeout_ms);
  } while (events < 0 && errno == EINTR);
  if (may_sleep) mailbox_.EndSleep();
  base::Check(events >= 0, "epoll_wait works");
  now_ = clock_.Now();
  return events;
}

int Loop::Dispatch(int events, IoPass pass) {
  int handled = 0;
  for (int i = 0; i < events; ++i) {
    const uint64_t data = events_[i].data.u64;
    if (data == kWakeData) continue;
    const Slot& slot = slots_[static_cast<uint32_t>(data)];
    if (slot.handler == nullptr || slot.generation != data >> 32 || slot.pass != pass) continue;
    ++handled;
    slot.handler->OnIo(ReadyOf(events_[i].events));
  }
  return handled;
}

void Loop::RunTasks() {
  if (tasks_.empty()) return;
  base::IntrusiveList<Task, TaskTag> running;
  running.Splice(tasks_);
  while (!running.empty()) running.PopFront().Run();
}

void Loop::RunFlushes() {
  if (flushes_.empty()) return;
  base::IntrusiveList<Flushable, FlushTag> running;
  running.Splice(flushes_);
  while (!running.empty()) running.PopFront().Flush();
}

void Loop::Reap() {
  // A destructor may hand over more; the vector keeps its memory for the next turn.
  for (size_t i = 0; i < dead_.size(); ++i) std::unique_ptr<Deferred>(std::move(dead_[i])).reset();
  dead_.clear();
}

void Loop::FinishTurn() {
  RunTasks();
  RunFlushes();
  timers_.Advance(now_);
  mailbox_.Drain();
  if (turn_hook_ != nullptr) turn_hook_->Run();
  Reap();
}

int Loop::RunOnce(base::Duration max_wait) {
  const int events = Wait(max_wait);
  ++turns_;
  const int64_t started = measure_turns_ ? ThreadCpuNanoseconds() : 0;
  int handled = Dispatch(events, IoPass::kUpstream);
  handled += Dispatch(events, IoPass::kDownstream);
  FinishTurn();
  if (measure_turns_) {
    const int64_t took = ThreadCpuNanoseconds() - started;
    if (took > longest_turn_ns_.load(std::memory_order_relaxed)) {
      longest_turn_ns_.store(took, std::memory_order_relaxed);
    }
  }
  return handled;
}

void Loop::Run() {
  while (!stop_) RunOnce(base::Duration::max());
  stop_ = false;
}

void Loop::Stop() {
  // As a message it keeps its place behind those that the caller posted before.
  mailbox_.Post([this] { stop_ = true; });
}

void Loop::RunUntilIdle() {
  // Idle is a turn that had nothing to do: what tasks and timers of the last one wrote may have
  // made events only after it had waited.
  bool busy;
  do {
    busy = HasWork();
    busy = RunOnce(base::Duration::zero()) > 0 || busy;
  } while (busy || HasWork());
}

}  // namespace sluice::event
