#include "controlplane/strand/strand.h"

namespace sluice::strand {

void Strand::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Strand::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    timers_.clear();
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Strand::Post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

Strand::TimerId Strand::After(base::Duration delay, Task task) {
  TimerId id;
  {
    const std::lock_guard lock(mutex_);
    id = {clock_.Now() + delay, next_timer_++};
    if (!stopping_) timers_.emplace(id, std::move(task));
  }
  wake_.notify_one();
  return id;
}

void Strand::Cancel(TimerId id) {
  const std::lock_guard lock(mutex_);
  timers_.erase(id);
}

Strand::Task Strand::TakeDue() {
  Task task;
  if (!timers_.empty() && timers_.begin()->first.first <= clock_.Now()) {
    task = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
  } else if (!tasks_.empty()) {
    task = std::move(tasks_.front());
    tasks_.pop_front();
  }
  return task;
}

void Strand::RunUntilIdle() {
  for (;;) {
    Task task;
    {
      const std::lock_guard lock(mutex_);
      task = TakeDue();
    }
    if (!task) return;
    task();
  }
}

void Strand::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (Task task = TakeDue()) {
      lock.unlock();
      task();
      task = nullptr;  // what it captured dies outside the lock
      lock.lock();
      continue;
    }
    if (stopping_) return;
    if (timers_.empty()) {
      wake_.wait(lock);
    } else {
      wake_.wait_for(lock, timers_.begin()->first.first - clock_.Now());
    }
  }
}

}  // namespace sluice::strand
