// A compiled filter chain: one flat array per hook, so that a request only meets the filters that
// act on it. Immutable and shared by all workers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "dataplane/filter/filter.h"

namespace sluice::filter {

// One filter at one hook; its state lies at `state_offset` in the exchange's filter state.
struct Step {
  const Filter* filter;
  uint32_t state_offset;
  BodyInterest body;
  uint32_t buffer_limit;
};

// Places of the chain at which filters act.
enum class Hook : uint8_t {
  kRequestHead, kRequestBody, kRequestTrailers,
  kResponseHead, kResponseBody, kResponseTrailers,
  kDone, kCount,
};

class Chain final {
 public:
  Chain() = default;
  // In configuration order, without the terminal router. Response hooks are stored reversed.
  explicit Chain(std::vector<std::shared_ptr<const Filter>> filters);

  const std::vector<Step>& steps(Hook hook) const { return hooks_[static_cast<size_t>(hook)]; }
  const std::vector<std::shared_ptr<const Filter>>& filters() const { return filters_; }
  // Bytes of per-request state of all filters together.
  size_t state_bytes() const { return state_bytes_; }
  // Makes or ends the states of all filters that have one. `states` has state_bytes() bytes.
  void MakeStates(char* states) const;
  void DestroyStates(char* states) const;
  bool empty() const { return filters_.empty(); }

 private:
  std::vector<std::shared_ptr<const Filter>> filters_;
  std::vector<uint32_t> state_offsets_;  // parallel to filters_
  std::vector<Step> hooks_[static_cast<size_t>(Hook::kCount)];
  size_t state_bytes_ = 0;
};

}  // namespace sluice::filter
