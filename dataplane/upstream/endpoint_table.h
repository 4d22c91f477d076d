// The endpoints of one cluster at one moment, arranged for picking.
//
// Immutable. Made by Registry::SetEndpoints on the config or build thread, published by one release
// store in Cluster, read by workers, retired by the registry when every worker has finished a turn
// since (registry.h). A worker never keeps a pointer to a table across turns; what it keeps (a
// Pool) holds its Endpoint itself.
#pragma once

#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/balance/pick_table.h"
#include "dataplane/upstream/cluster_spec.h"
#include "dataplane/upstream/endpoint.h"

namespace sluice::upstream {

class EndpointTable final {
 public:
  // Endpoints whose address (and name) is in `previous` (may be nullptr) are taken over from there,
  // with all their state; health bytes and listed flags are set for `set`.
  EndpointTable(const ClusterSpec& spec, const EndpointSet& set, const EndpointTable* previous);

  const std::vector<std::shared_ptr<Endpoint>>& endpoints() const { return endpoints_; }
  // nullptr when the table is empty.
  const std::shared_ptr<Endpoint>* Pick(balance::PickState& state, uint64_t hash) const;
  // `likely`: the position where it is looked for first.
  bool Contains(const Endpoint& endpoint, uint32_t likely = 0) const;
  // What it was made from, for /clusters and for a new ClusterSpec of the same endpoints.
  const EndpointSet& source() const { return source_; }

 private:
  struct AddressHash {
    size_t operator()(const net::Address& address) const { return address.Hash(); }
  };
  // The endpoint that has the address and name of `spec`; nullptr if there is none.
  std::shared_ptr<Endpoint> Take(const EndpointSpec& spec, uint32_t likely) const;

  EndpointSet source_;  // without duplicates; parallel to endpoints_
  std::vector<std::shared_ptr<Endpoint>> endpoints_;
  absl::flat_hash_map<net::Address, uint32_t, AddressHash> by_address_;
  std::unique_ptr<const balance::PickTable> picks_;
};

}  // namespace sluice::upstream
