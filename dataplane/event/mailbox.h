// The only way threads talk: messages posted to a loop, run there between two turns.
//
// Many producers, one consumer. Posting is a lock-free push and, only if the loop sleeps, one
// eventfd write. Messages are closures on the heap: mailboxes carry configuration, hand-offs and
// reports, never one message per request. Order per producer is kept. A closure must not capture
// an object that can die before it runs: capture values, or ids looked up again on arrival.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

namespace sluice::event {

class Mailbox final {
 public:
  Mailbox();   // creates the eventfd
  ~Mailbox();  // drops what was never run
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Thread-safe.
  void Post(std::function<void()> message);

  // Below: the loop only.
  int wake_fd() const { return wake_fd_; }
  // Announces that the loop is about to sleep; false if a message came meanwhile (do not sleep).
  bool PrepareSleep();
  void EndSleep();
  // Runs what had arrived when it was called, at most `max` messages; true if more wait.
  bool Drain(int max = 64);
  // Destroys what was never run.
  void DropAll();
  bool empty() const {
    return ready_ == nullptr && incoming_.load(std::memory_order_acquire) == nullptr;
  }

 private:
  struct Node {
    Node* next;
    std::function<void()> message;
  };
  void TakeIncoming();

  std::atomic<Node*> incoming_{nullptr};  // newest first
  std::atomic<bool> sleeping_{false};
  Node* ready_ = nullptr;       // oldest first, consumer only
  Node* ready_last_ = nullptr;  // meaningful while ready_ is set
  int wake_fd_;
};

}  // namespace sluice::event
