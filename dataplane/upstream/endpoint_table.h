// The endpoints of one cluster at one moment, arranged for picking.
//
// Immutable but for health. Made by the Registry on the config thread, published by one release store
// in Cluster, read by workers, retired by the registry when every worker has finished a turn since
// (registry.h). A worker never keeps a pointer to a table across turns; what it keeps (a Pool)
// holds its Endpoint itself.
// Health of an endpoint has one door, SetHealth on the config thread: it changes the byte that picks
// read and the counts that choose levels (balance/level_choice.h), both in place, so 25,000 endpoints
// are not touched because one of them failed a check.
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
  // with all their state; assigned health and listed flags are set for `from`. Whoever is new in a
  // cluster that had endpoints, or becomes healthy by `from`, is so since `now`.
  EndpointTable(const ClusterSpec& spec, std::shared_ptr<const IndexedEndpoints> from,
                const EndpointTable* previous, base::MonoTime now = {});

  // Config thread. False: `endpoint` is not in this table, and nothing was changed. `likely`: the
  // position where it is looked for first.
  bool SetHealth(const Endpoint& endpoint, balance::Health health, base::MonoTime now,
                 uint32_t likely = 0) const;

  const std::vector<std::shared_ptr<Endpoint>>& endpoints() const { return endpoints_; }
  // nullptr when nobody may serve. `hash` 0: none.
  const std::shared_ptr<Endpoint>* Pick(balance::PickState& state, uint64_t hash) const;
  // `likely`: the position where it is looked for first.
  bool Contains(const Endpoint& endpoint, uint32_t likely = 0) const;
  // What it was made from, for /clusters and for a new ClusterSpec of the same endpoints.
  const EndpointSet& source() const { return source_->set(); }
  const std::shared_ptr<const IndexedEndpoints>& indexed_source() const { return source_; }

 private:
  // The endpoint that has the address and name of `spec`; nullptr if there is none.
  std::shared_ptr<Endpoint> Take(const EndpointSpec& spec, uint32_t likely) const;
  // kNowhere if it is not in this table.
  uint32_t PositionOf(const Endpoint& endpoint, uint32_t likely) const;

  std::shared_ptr<const IndexedEndpoints> source_;  // parallel to endpoints_
  std::vector<std::shared_ptr<Endpoint>> endpoints_;
  std::vector<const balance::EndpointState*> states_;  // parallel
  std::shared_ptr<const balance::PickTable> picks_;
  std::unique_ptr<balance::LevelChoice> levels_;  // nullptr when the table is empty
};

}  // namespace sluice::upstream
