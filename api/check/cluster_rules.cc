#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "api/check/cross_rules.h"

namespace sluice::api {
namespace {

using envoy::config::cluster::v3::CircuitBreakers;
using envoy::config::cluster::v3::Cluster;
using envoy::config::endpoint::v3::ClusterLoadAssignment;
using envoy::config::endpoint::v3::LbEndpoint;
using envoy::config::endpoint::v3::LocalityLbEndpoints;

constexpr uint64_t kMaxWeight = std::numeric_limits<uint32_t>::max();

// Interval pairs come in several messages of the same shape.
template <typename Pair>
void CheckIntervals(const Pair& pair, const FieldPath& path, ErrorList& errors) {
  const auto key = [](const google::protobuf::Duration& d) {
    return std::pair(d.seconds(), d.nanos());
  };
  if (pair.has_max_interval() && key(pair.max_interval()) < key(pair.base_interval())) {
    errors.Add(path.Field("max_interval").ToString(), "is less than base_interval");
  }
}

void CheckThresholds(const google::protobuf::RepeatedPtrField<CircuitBreakers::Thresholds>& all,
                     std::string_view field, const FieldPath& path, ErrorList& errors) {
  absl::flat_hash_map<int, int> seen;
  for (int i = 0; i < all.size(); ++i) {
    const auto [other, fresh] = seen.insert({all[i].priority(), i});
    if (fresh) continue;
    const FieldPath at = path.Field(field, i);
    errors.Add(at.Field("priority").ToString(),
               fmt::format("is that of {}[{}] too", field, other->second));
  }
}

void CheckEndpoint(const LbEndpoint& endpoint, const ClusterLoadAssignment& assignment,
                   const FieldPath& path, ErrorList& errors) {
  switch (endpoint.host_identifier_case()) {
    case LbEndpoint::kEndpoint:
      if (!endpoint.endpoint().has_address()) {
        errors.Add(path.Field("endpoint.address").ToString(), "is required");
      }
      break;
    case LbEndpoint::kEndpointName:
      if (assignment.named_endpoints().count(endpoint.endpoint_name()) == 0) {
        errors.Add(path.Field("endpoint_name").ToString(),
                   fmt::format("\"{}\" is not in named_endpoints", endpoint.endpoint_name()));
      }
      break;
    default:
      errors.Add(path.Field("endpoint").ToString(), "is required");
  }
}

void CheckLocality(const LocalityLbEndpoints& locality, const ClusterLoadAssignment& assignment,
                   const FieldPath& path, ErrorList& errors) {
  uint64_t sum = 0;
  for (int i = 0; i < locality.lb_endpoints_size(); ++i) {
    const FieldPath at = path.Field("lb_endpoints", i);
    CheckEndpoint(locality.lb_endpoints(i), assignment, at, errors);
    sum += locality.lb_endpoints(i).load_balancing_weight().value();
  }
  if (sum > kMaxWeight) {
    errors.Add(
        path.Field("lb_endpoints").ToString(),
        fmt::format("the weights must add up to at most {}, they add up to {}", kMaxWeight, sum));
  }
}

// Priorities are 0, 1, 2, ... without a gap; the weights of each add up to 32 bits.
void CheckPriorities(const ClusterLoadAssignment& assignment, const FieldPath& path,
                     ErrorList& errors) {
  struct Priority {
    int first = 0;  // the locality that brought it up
    uint64_t weight = 0;
  };
  std::map<uint32_t, Priority> priorities;
  for (int i = 0; i < assignment.endpoints_size(); ++i) {
    const LocalityLbEndpoints& locality = assignment.endpoints(i);
    priorities.insert({locality.priority(), {i, 0}}).first->second.weight +=
        locality.load_balancing_weight().value();
  }
  uint32_t expected = 0;
  bool gap_reported = false;
  for (const auto& [number, priority] : priorities) {
    const FieldPath at = path.Field("endpoints", priority.first);
    if (number != expected && !gap_reported) {
      errors.Add(at.Field("priority").ToString(),
                 fmt::format("is {}, but no endpoints have priority {}", number, expected));
      gap_reported = true;
    }
    ++expected;
    if (priority.weight > kMaxWeight) {
      errors.Add(path.Field("endpoints").ToString(),
                 fmt::format("the weights of priority {} must add up to at most {}, they add up "
                             "to {}",
                             number, kMaxWeight, priority.weight));
    }
  }
}

void CheckLogicalDns(const ClusterLoadAssignment& assignment, const FieldPath& path,
                     ErrorList& errors) {
  if (assignment.endpoints_size() == 1 && assignment.endpoints(0).lb_endpoints_size() == 1) return;
  errors.Add(path.Field("endpoints").ToString(),
             "a LOGICAL_DNS cluster has one locality with one endpoint");
}

void CheckEds(const Cluster& cluster, const FieldPath& path, ErrorList& errors) {
  if (!cluster.eds_cluster_config().has_eds_config()) {
    errors.Add(path.Field("eds_cluster_config.eds_config").ToString(),
               "is required for an EDS cluster");
  }
  if (cluster.has_load_assignment()) {
    errors.Add(path.Field("load_assignment").ToString(),
               "an EDS cluster gets its endpoints from eds_cluster_config");
  }
}

}  // namespace

void CrossCheck(const Cluster& cluster, const FieldPath& path, ErrorList& errors) {
  const FieldPath assignment = path.Field("load_assignment");
  if (cluster.has_cluster_type()) return;  // its own rules; none is known here
  if (cluster.type() == Cluster::EDS) return CheckEds(cluster, path, errors);
  if (cluster.has_eds_cluster_config()) {
    errors.Add(path.Field("eds_cluster_config").ToString(), "needs the type EDS");
  }
  if (cluster.type() == Cluster::ORIGINAL_DST) return;
  if (!cluster.has_load_assignment()) {
    errors.Add(assignment.ToString(), fmt::format("is required for a cluster of type {}",
                                                  Cluster::DiscoveryType_Name(cluster.type())));
  } else if (cluster.type() == Cluster::LOGICAL_DNS) {
    CheckLogicalDns(cluster.load_assignment(), assignment, errors);
  } else if (cluster.type() == Cluster::STATIC) {
    CheckAddressesAreIp(cluster.load_assignment(), assignment, errors);
  }
}

void CheckAddressesAreIp(const ClusterLoadAssignment& assignment, const FieldPath& path,
                         ErrorList& errors) {
  std::array<unsigned char, 16> bytes;
  for (int i = 0; i < assignment.endpoints_size(); ++i) {
    const FieldPath locality = path.Field("endpoints", i);
    for (int k = 0; k < assignment.endpoints(i).lb_endpoints_size(); ++k) {
      const auto& endpoint = assignment.endpoints(i).lb_endpoints(k).endpoint();
      const std::string& text = endpoint.address().socket_address().address();
      if (text.empty() || inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
          inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) {
        continue;
      }
      const FieldPath at = locality.Field("lb_endpoints", k);
      errors.Add(at.Field("endpoint.address.socket_address.address").ToString(),
                 "is no IP address; names need a DNS cluster");
    }
  }
}

void CrossCheck(const Cluster::RefreshRate& rate, const FieldPath& path, ErrorList& errors) {
  CheckIntervals(rate, path, errors);
}

void CrossCheck(const envoy::config::core::v3::BackoffStrategy& backoff, const FieldPath& path,
                ErrorList& errors) {
  CheckIntervals(backoff, path, errors);
}

void CrossCheck(const CircuitBreakers& breakers, const FieldPath& path, ErrorList& errors) {
  CheckThresholds(breakers.thresholds(), "thresholds", path, errors);
  CheckThresholds(breakers.per_host_thresholds(), "per_host_thresholds", path, errors);
}

void CrossCheck(const ClusterLoadAssignment& assignment, const FieldPath& path, ErrorList& errors) {
  for (int i = 0; i < assignment.endpoints_size(); ++i) {
    const FieldPath at = path.Field("endpoints", i);
    CheckLocality(assignment.endpoints(i), assignment, at, errors);
  }
  CheckPriorities(assignment, path, errors);
  for (const auto& [name, endpoint] : assignment.named_endpoints()) {
    if (endpoint.has_address()) continue;
    const FieldPath at = path.Entry("named_endpoints", name);
    errors.Add(at.Field("address").ToString(), "is required");
  }
}

}  // namespace sluice::api
