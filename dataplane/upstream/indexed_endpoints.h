// An EndpointSet that is ready to be given to clusters: addresses unique and found by hash, an
// Endpoint for each one that is expected to be new, and if wanted the arrangement for picking.
//
// All of it is work that needs no cluster, and for ten thousand endpoints it is milliseconds: so a
// large one is made on the build thread, and the config thread only puts a table together
// (Registry::ReplaceEndpoints). Owner: shared by the tables made of it and by who may set it again.
// Thread: made on any; immutable then, but for the spares, which the config thread takes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/balance/pick_table.h"
#include "dataplane/upstream/cluster_spec.h"
#include "dataplane/upstream/endpoint.h"

namespace sluice::upstream {

class IndexedEndpoints final {
 public:
  static constexpr uint32_t kNowhere = UINT32_MAX;

  // `known` may be nullptr: what the cluster has already, as far as the caller knows. Being wrong
  // costs time and nothing else. Of two entries with one address the first is kept.
  // `balancing` may be nullptr: how the cluster balances, as far as the caller knows.
  explicit IndexedEndpoints(EndpointSet set, const IndexedEndpoints* known = nullptr,
                            const balance::Balancing* balancing = nullptr);

  const EndpointSet& set() const { return set_; }
  // The position in set().endpoints; kNowhere if there is no such address.
  uint32_t Find(const net::Address& address) const;
  // An Endpoint for that position, made ahead; nullptr if there is none or it was taken. Config
  // thread: the first cluster that needs it gets it, since an Endpoint is of one cluster.
  std::shared_ptr<Endpoint> TakeSpare(uint32_t position) const;
  // Positions are those of set().endpoints. nullptr if nobody said how to balance.
  const std::shared_ptr<const balance::PickTable>& picks() const { return picks_; }

 private:
  struct AddressHash {
    size_t operator()(const net::Address& address) const { return address.Hash(); }
  };
  bool Has(const EndpointSpec& spec) const;

  EndpointSet set_;
  absl::flat_hash_map<net::Address, uint32_t, AddressHash> by_address_;
  mutable std::vector<std::shared_ptr<Endpoint>> spares_;  // by position; may be shorter
  std::shared_ptr<const balance::PickTable> picks_;
};

// `set`, whose addresses are unique, arranged for picking. Any thread; up to a second for rings of
// millions of points.
std::shared_ptr<const balance::PickTable> Arrange(const EndpointSet& set,
                                                  const balance::Balancing& balancing);

}  // namespace sluice::upstream
