// One request in the active count of an endpoint (balance/endpoint_state.h), given back by the
// destructor.
//
// Owner: the Call, which holds the endpoint's pool and with it the count for as long. Taken only in
// clusters whose policy asks for it: the count is a cache line that all workers write. When a
// revision changes the policy, what was taken is given back and what was not is not. Thread: any.
#pragma once

#include <atomic>
#include <cstdint>

namespace sluice::upstream {

class ActiveTicket final {
 public:
  ActiveTicket() = default;
  ~ActiveTicket() { Release(); }
  ActiveTicket(const ActiveTicket&) = delete;
  ActiveTicket& operator=(const ActiveTicket&) = delete;

  // `count` outlives this ticket's hold. Gives back what it held before.
  void Take(std::atomic<uint32_t>& count) {
    Release();
    count.fetch_add(1, std::memory_order_relaxed);
    count_ = &count;
  }
  void Release() {
    if (count_ != nullptr) count_->fetch_sub(1, std::memory_order_relaxed);
    count_ = nullptr;
  }

 private:
  std::atomic<uint32_t>* count_ = nullptr;
};

}  // namespace sluice::upstream
