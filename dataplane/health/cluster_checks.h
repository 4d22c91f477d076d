// The active checks of one cluster: a checker for each endpoint that wants one.
//
// Owner: HealthWatch, while the cluster's spec has a check. Thread: config. An update of
// endpoints touches only those that came, left or want to be checked otherwise; another check in
// the spec replaces every checker, but what was known of the endpoints stays. A restart begins with
// pending endpoints.
#pragma once

#include <memory>

#include "absl/container/flat_hash_map.h"
#include "dataplane/health/endpoint_checker.h"

namespace sluice::health {

class ClusterChecks final {
 public:
  // What is borrowed outlives this object; `cluster`'s spec has a check at every call but the
  // destructor.
  ClusterChecks(const HealthContext& context, upstream::Cluster& cluster,
                EndpointChecker::OnPassed passed);
  // Nobody stays unhealthy because of a check.
  ~ClusterChecks();
  ClusterChecks(const ClusterChecks&) = delete;
  ClusterChecks& operator=(const ClusterChecks&) = delete;

  // The cluster has another spec or other endpoints.
  void Update();

 private:
  struct Checked {
    std::shared_ptr<upstream::Endpoint> endpoint;
    upstream::EndpointCheck own;
    std::unique_ptr<EndpointChecker> checker;  // nullptr: its own checks are disabled
  };
  struct AddressHash {
    size_t operator()(const net::Address& address) const { return address.Hash(); }
  };
  void Adopt(Checked& place, const std::shared_ptr<upstream::Endpoint>& endpoint,
             const upstream::EndpointCheck& own);

  const HealthContext& context_;
  upstream::Cluster& cluster_;
  const EndpointChecker::OnPassed passed_;
  upstream::HealthCheckSpec spec_;
  absl::flat_hash_map<net::Address, Checked, AddressHash> checked_;
};

}  // namespace sluice::health
