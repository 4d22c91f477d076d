#include "dataplane/event/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

#include "dataplane/base/check.h"

namespace sluice::event {

Mailbox::Mailbox() : wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  base::Check(wake_fd_ >= 0, "an eventfd can be made");
}

Mailbox::~Mailbox() {
  DropAll();
  close(wake_fd_);
}

void Mailbox::Post(std::function<void()> message) {
  Node* node = new Node{nullptr, std::move(message)};
  node->next = incoming_.load(std::memory_order_relaxed);
  while (!incoming_.compare_exchange_weak(node->next, node, std::memory_order_seq_cst,
                                          std::memory_order_relaxed)) {
  }
  // Both sides write, then read what the other wrote, in one total order: either the loop sees the
  // message before it sleeps, or we see that it sleeps. The exchange lets one of many posters pay
  // for the wake-up.
  if (sleeping_.load(std::memory_order_seq_cst) && sleeping_.exchange(false)) {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof(one));
  }
}

bool Mailbox::PrepareSleep() {
  sleeping_.store(true, std::memory_order_seq_cst);
  if (ready_ == nullptr && incoming_.load(std::memory_order_seq_cst) == nullptr) return true;
  EndSleep();
  return false;
}

void Mailbox::EndSleep() { sleeping_.store(false, std::memory_order_relaxed); }

void Mailbox::TakeIncoming() {
  Node* newest = incoming_.exchange(nullptr, std::memory_order_acquire);
  if (newest == nullptr) return;
  Node* oldest = nullptr;
  Node* const last = newest;
  while (newest != nullptr) {
    Node* next = std::exchange(newest->next, oldest);
    oldest = std::exchange(newest, next);
  }
  if (ready_ == nullptr) {
    ready_ = oldest;
  } else {
    ready_last_->next = oldest;
  }
  ready_last_ = last;
}

bool Mailbox::Drain(int max) {
  TakeIncoming();
  for (; max > 0 && ready_ != nullptr; --max) {
    Node* node = std::exchange(ready_, ready_->next);
    node->message();
    delete node;
  }
  return !empty();
}

void Mailbox::DropAll() {
  // The destructor of a closure may post again.
  for (TakeIncoming(); ready_ != nullptr; TakeIncoming()) {
    delete std::exchange(ready_, ready_->next);
  }
}

}  // namespace sluice::event
