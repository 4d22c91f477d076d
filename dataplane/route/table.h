// The router: one compiled route configuration (xDS: RouteConfiguration). Host, then path, then
// the other conditions; the first route in configuration order that matches is taken, as in Envoy,
// in time O(|path| + candidates on that path), whatever the number of routes.
//
// Immutable and thread-safe. Find is pure: no allocation (but see predicates.h), lock (but see
// regex.h) or clock. Routes and hosts live as long as the Table.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/http/head.h"
#include "dataplane/route/host_index.h"
#include "dataplane/route/route.h"
#include "dataplane/route/virtual_host.h"

namespace sluice::route {

struct Match {
  const Route* route = nullptr;       // null: no route (404)
  const VirtualHost* host = nullptr;  // null: no virtual host takes this authority
};

// A cluster that some route names, with the path of the first field that does.
struct ClusterReference {
  std::string cluster;
  std::string field_path;
};

struct TableOptions {
  std::string name;
  // The port of the authority takes no part in the choice. xDS: ignore_port_in_host_matching.
  bool ignore_port = false;
  // Segments are matched up to their first ';'. xDS: ignore_path_parameters_in_path_matching.
  bool ignore_path_parameters = false;
  // The references must exist when the configuration is taken. xDS: validate_clusters.
  bool validate_clusters = false;
};

class Table final {
 public:
  // Hosts keep their order. A domain taken twice is the caller's error to report: the first wins.
  Table(TableOptions options, std::vector<std::shared_ptr<const VirtualHost>> hosts,
        std::vector<ClusterReference> clusters);
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // `head` is normalised (http/path.h); `random` decides fractions, and the caller gives the same
  // number to PickCluster. A host that requires TLS answers plain requests by its redirect route
  // (RFC 9110 15.4.2, "https" of the same URI): the scheme is x-forwarded-proto, which the
  // connection manager has set or checked, else head.scheme.
  Match Find(const http::Head& head, uint64_t random) const;

  // The two halves of Find, so that a connection can remember the host of its last authority.
  // null: nobody takes it. `authority` is lower case, as normalised for `scheme`.
  const VirtualHost* FindHost(std::string_view authority, std::string_view scheme) const;
  Match FindIn(const VirtualHost& host, const http::Head& head, uint64_t random) const;

  const TableOptions& options() const { return options_; }
  const std::vector<std::shared_ptr<const VirtualHost>>& hosts() const { return hosts_; }
  // Each cluster once.
  const std::vector<ClusterReference>& clusters() const { return clusters_; }

 private:
  const TableOptions options_;
  const std::vector<std::shared_ptr<const VirtualHost>> hosts_;
  const std::vector<ClusterReference> clusters_;
  HostIndex host_index_;
};

}  // namespace sluice::route
