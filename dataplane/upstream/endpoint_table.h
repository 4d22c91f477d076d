// The endpoints of one cluster at one moment, arranged for picking.
//
// Immutable. Made by the Registry on the config thread, published by one release store in Cluster,
// read by workers, retired by the registry when every worker has finished a turn since
// (registry.h). A worker never keeps a pointer to a table across turns; what it keeps (a Pool)
// holds its Endpoint itself.
#pragma once

#include <memory>
#include <vector>

#include "dataplane/balance/pick_table.h"
#include "dataplane/upstream/cluster_spec.h"
#include "dataplane/upstream/endpoint.h"
#include "dataplane/upstream/indexed_endpoints.h"

namespace sluice::upstream {

class EndpointTable final {
 public:
  // Endpoints whose address (and name) is in `previous` (may be nullptr) are taken over from there,
  // with all their state; assigned health and listed flags are set for `from`.
  EndpointTable(const ClusterSpec& spec, std::shared_ptr<const IndexedEndpoints> from,
                const EndpointTable* previous);

  const std::vector<std::shared_ptr<Endpoint>>& endpoints() const { return endpoints_; }
  // nullptr when the table is empty.
  const std::shared_ptr<Endpoint>* Pick(balance::PickState& state, uint64_t hash) const;
  // `likely`: the position where it is looked for first.
  bool Contains(const Endpoint& endpoint, uint32_t likely = 0) const;
  // What it was made from, for /clusters and for a new ClusterSpec of the same endpoints.
  const EndpointSet& source() const { return source_->set(); }
  const std::shared_ptr<const IndexedEndpoints>& indexed_source() const { return source_; }

 private:
  // The endpoint that has the address and name of `spec`; nullptr if there is none.
  std::shared_ptr<Endpoint> Take(const EndpointSpec& spec, uint32_t likely) const;

  std::shared_ptr<const IndexedEndpoints> source_;  // parallel to endpoints_
  std::vector<std::shared_ptr<Endpoint>> endpoints_;
  std::unique_ptr<const balance::PickTable> picks_;
};

}  // namespace sluice::upstream
