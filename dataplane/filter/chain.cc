#include "dataplane/filter/chain.h"

#include <algorithm>

namespace sluice::filter {

namespace {
constexpr size_t kStateAlign = 16;
size_t RoundUp(size_t n) { return (n + kStateAlign - 1) & ~(kStateAlign - 1); }
}  // namespace

Chain::Chain(std::vector<std::shared_ptr<const Filter>> filters) : filters_(std::move(filters)) {
  auto add = [this](Hook hook, const Filter* f, uint32_t offset, BodyInterest body, size_t limit) {
    hooks_[static_cast<size_t>(hook)].push_back({f, offset, body, static_cast<uint32_t>(limit)});
  };
  for (const auto& filter : filters_) {
    const Traits t = filter->traits();
    const auto offset = static_cast<uint32_t>(state_bytes_);
    state_offsets_.push_back(offset);
    state_bytes_ += RoundUp(t.state_bytes);
    const Filter* f = filter.get();
    const BodyInterest none = BodyInterest::kNone;
    if (t.request_head) add(Hook::kRequestHead, f, offset, none, 0);
    if (t.request_body != none) add(Hook::kRequestBody, f, offset, t.request_body, t.buffer_limit);
    if (t.request_trailers) add(Hook::kRequestTrailers, f, offset, none, 0);
    if (t.response_head) add(Hook::kResponseHead, f, offset, none, 0);
    if (t.response_body != none) add(Hook::kResponseBody, f, offset, t.response_body, t.buffer_limit);
    if (t.response_trailers) add(Hook::kResponseTrailers, f, offset, none, 0);
    if (t.done) add(Hook::kDone, f, offset, none, 0);
  }
  for (Hook hook : {Hook::kResponseHead, Hook::kResponseBody, Hook::kResponseTrailers}) {
    auto& steps = hooks_[static_cast<size_t>(hook)];
    std::reverse(steps.begin(), steps.end());
  }
}

void Chain::MakeStates(char* states) const {
  for (size_t i = 0; i < filters_.size(); ++i) filters_[i]->MakeState(states + state_offsets_[i]);
}

void Chain::DestroyStates(char* states) const {
  for (size_t i = 0; i < filters_.size(); ++i) {
    filters_[i]->DestroyState(states + state_offsets_[i]);
  }
}

}  // namespace sluice::filter
