// How many active checks may be under way at once in the process, and who waits for their turn.
//
// Owner: HealthWatch. Thread: config. First come, first served: ten thousand endpoints whose checks
// fall due together cost no burst of as many connections, and each is asked in the end.
#pragma once

#include <cstddef>

#include "dataplane/base/intrusive_list.h"

namespace sluice::health {

struct SlotTag {};

class CheckSlots final {
 public:
  class Waiter : public base::ListNode<SlotTag> {
   public:
    // The slot is the waiter's now.
    virtual void OnSlot() = 0;

   protected:
    ~Waiter() = default;
  };
  explicit CheckSlots(size_t limit) : free_(limit) {}

  // True: the caller has a slot. False: `waiter` is in the queue and hears OnSlot, unless it
  // unlinks itself before.
  [[nodiscard]] bool Take(Waiter& waiter) {
    if (free_ == 0) {
      waiting_.PushBack(waiter);
      return false;
    }
    --free_;
    return true;
  }
  // Gives a slot back.
  void Give() {
    if (waiting_.empty()) {
      ++free_;
    } else {
      waiting_.PopFront().OnSlot();
    }
  }

 private:
  size_t free_;
  base::IntrusiveList<Waiter, SlotTag> waiting_;
};

}  // namespace sluice::health
