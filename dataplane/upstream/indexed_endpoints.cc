#include "dataplane/upstream/indexed_endpoints.h"

#include <algorithm>
#include <utility>

namespace sluice::upstream {
namespace {

// What consistent hashing knows an endpoint by, the same text as in Envoy.
std::string HashedAddress(const net::Address& address) {
  constexpr std::string_view kUnix = "unix:";
  std::string text = address.ToString();
  if (!address.is_ip() && text.starts_with(kUnix)) text.erase(0, kUnix.size());
  return text;
}

}  // namespace

IndexedEndpoints::IndexedEndpoints(EndpointSet set, const IndexedEndpoints* known,
                                   const balance::Balancing* balancing)
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
  if (balancing != nullptr) picks_ = Arrange(set_, *balancing);
}

std::shared_ptr<const balance::PickTable> Arrange(const EndpointSet& set,
                                                  const balance::Balancing& balancing) {
  std::vector<std::string> addresses;
  if (balancing.uses_hash()) addresses.reserve(set.endpoints.size());
  std::vector<balance::Member> members;
  members.reserve(set.endpoints.size());
  for (const EndpointSpec& one : set.endpoints) {
    balance::Member& member =
        members.emplace_back(balance::Member{one.weight, one.priority, one.locality, {}});
    if (!balancing.uses_hash()) continue;
    addresses.push_back(HashedAddress(one.address));
    const bool by_name = balancing.hash_hostname && !one.hostname.empty();
    member.key = by_name ? std::string_view(one.hostname) : addresses.back();
  }
  return std::make_shared<const balance::PickTable>(balancing, members, set.locality_weights);
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
