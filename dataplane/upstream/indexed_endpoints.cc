#include "dataplane/upstream/indexed_endpoints.h"

#include <algorithm>
#include <utility>

namespace sluice::upstream {

IndexedEndpoints::IndexedEndpoints(EndpointSet set, const IndexedEndpoints* known)
    : set_(std::move(set)) {
  by_address_.reserve(set_.endpoints.size());
  std::erase_if(set_.endpoints, [this](const EndpointSpec& one) {
    return !by_address_.try_emplace(one.address, static_cast<uint32_t>(by_address_.size())).second;
  });
  for (uint32_t i = 0; i < set_.endpoints.size(); ++i) {
    const EndpointSpec& one = set_.endpoints[i];
    if (known != nullptr && known->Has(one)) continue;
    spares_.resize(set_.endpoints.size());
    spares_[i] = std::make_shared<Endpoint>(one.address, one.hostname);
  }
}

uint32_t IndexedEndpoints::Find(const net::Address& address) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? kNowhere : found->second;
}

bool IndexedEndpoints::Has(const EndpointSpec& spec) const {
  const uint32_t position = Find(spec.address);
  return position != kNowhere && set_.endpoints[position].hostname == spec.hostname;
}

std::shared_ptr<Endpoint> IndexedEndpoints::TakeSpare(uint32_t position) const {
  return position < spares_.size() ? std::move(spares_[position]) : nullptr;
}

}  // namespace sluice::upstream
