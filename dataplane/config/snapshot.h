// One complete compiled configuration: what every worker serves between two revisions.
//
// Immutable after `Compile`; shared as shared_ptr<const Snapshot> between threads, while requests
// inside a worker use the worker's own count (snapshot_ref.h), so that no request touches a
// counter that other cores write. It owns no sockets, pools, breaker counts or health: those live
// in process registries by name and survive it (design 4.3).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/config/http_config.h"
#include "dataplane/net/address.h"
#include "dataplane/upstream/cluster.h"

namespace sluice::config {

// A compiled envoy.config.listener.v3.Listener with one plaintext HTTP filter chain.
struct ListenerSpec {
  std::string name;
  net::Address address;            // after --bind-host; port 0 = any
  uint32_t backlog = 4096;         // xDS: tcp_backlog_size
  bool ipv4_too = false;           // xDS: SocketAddress.ipv4_compat
  size_t buffer_limit = 32 * 1024; // xDS: per_connection_buffer_limit_bytes
  std::shared_ptr<const HttpConfig> http;
};

// The clusters of a snapshot: the compiled ones and the process-wide state that belongs to their
// names. Shared by successive snapshots while no cluster changes.
struct ClusterDirectory {
  struct Entry {
    std::shared_ptr<const upstream::ClusterSpec> spec;
    std::shared_ptr<upstream::Cluster> cluster;
  };
  std::vector<Entry> entries;  // in the order of Draft::clusters
  absl::flat_hash_map<std::string, upstream::ClusterId> ids;
  std::shared_ptr<const void> made_of;  // Draft::clusters
};

struct Snapshot {
  uint64_t revision = 0;  // 0: from a file or a standard xDS server
  std::vector<std::shared_ptr<const ListenerSpec>> listeners;
  std::shared_ptr<const ClusterDirectory> clusters = std::make_shared<const ClusterDirectory>();

  // An invalid id if there is no such cluster.
  upstream::ClusterId FindCluster(std::string_view name) const {
    // Debian's Abseil has a string_view of its own.
    const auto it = clusters->ids.find(absl::string_view(name.data(), name.size()));
    return it == clusters->ids.end() ? upstream::ClusterId{} : it->second;
  }
};

}  // namespace sluice::config
