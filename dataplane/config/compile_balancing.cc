#include "dataplane/config/compile_balancing.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "dataplane/config/compile_cluster_protocol.h"
#include "dataplane/config/implemented_fields.h"
#include "envoy/extensions/load_balancing_policies/least_request/v3/least_request.pb.h"
#include "envoy/extensions/load_balancing_policies/maglev/v3/maglev.pb.h"
#include "envoy/extensions/load_balancing_policies/random/v3/random.pb.h"
#include "envoy/extensions/load_balancing_policies/ring_hash/v3/ring_hash.pb.h"
#include "envoy/extensions/load_balancing_policies/round_robin/v3/round_robin.pb.h"
#include "envoy/extensions/load_balancing_policies/wrr_locality/v3/wrr_locality.pb.h"

namespace sluice::config {
namespace {

namespace policies = envoy::extensions::load_balancing_policies;
using balance::Balancing;
using balance::HashFunction;
using balance::PolicyKind;
using envoy::config::cluster::v3::Cluster;
using envoy::config::cluster::v3::LoadBalancingPolicy;
using envoy::config::core::v3::RuntimeDouble;
using policies::common::v3::LocalityLbConfig;
using policies::least_request::v3::LeastRequest;
using policies::maglev::v3::Maglev;
using policies::ring_hash::v3::RingHash;
using policies::wrr_locality::v3::WrrLocality;

constexpr uint64_t kLargestTable = 5'000'011;        // xDS: MaglevLbConfig.table_size
constexpr uint64_t kLargestRing = 8 * 1024 * 1024;  // xDS: RingHashLbConfig.maximum_ring_size

// 0 to 100, or an error.
double CompilePercent(double value, const std::string& path, ErrorList& errors) {
  if (value >= 0 && value <= 100) return value;
  errors.Add(path, "must be between 0 and 100");
  return 0;
}

bool IsPrime(uint64_t number) {
  if (number < 2) return false;
  for (uint64_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return true;
}

// `from`: the SlowStartConfig of either package.
template <typename SlowStartConfig>
void CompileSlowStart(const SlowStartConfig& from, const std::string& path, Balancing& out,
                      ErrorList& errors) {
  balance::SlowStart& slow_start = out.slow_start;
  CompileClusterDuration(from.has_slow_start_window(), from.slow_start_window(),
                         JoinPath(path, "slow_start_window"), errors, slow_start.window);
  if (from.has_aggression()) {
    slow_start.aggression = from.aggression().default_value();
    if (!(slow_start.aggression > 0)) {
      errors.Add(JoinPath(path, "aggression.default_value"), "must be greater than 0");
    }
  }
  if (from.has_min_weight_percent()) {
    slow_start.min_weight = CompilePercent(from.min_weight_percent().value(),
                                           JoinPath(path, "min_weight_percent"), errors) /
                            100;
  }
}

// `from`: LeastRequestLbConfig or its extension, which have these members in common.
template <typename Config>
void CompileLeastRequest(const Config& from, const std::string& path, Balancing& out,
                         ErrorList& errors) {
  out.policy = PolicyKind::kLeastRequest;
  if (from.has_choice_count()) {
    out.choice_count = from.choice_count().value();
    if (out.choice_count < 2) errors.Add(JoinPath(path, "choice_count"), "must be at least 2");
  }
  if (from.has_active_request_bias()) {
    out.active_request_bias = from.active_request_bias().default_value();
    if (!(out.active_request_bias >= 0)) {
      errors.Add(JoinPath(path, "active_request_bias.default_value"), "must not be negative");
    }
  }
  CompileSlowStart(from.slow_start_config(), JoinPath(path, "slow_start_config"), out, errors);
}

// `from`: RingHashLbConfig or its extension.
template <typename Config>
void CompileRing(const Config& from, const std::string& path, Balancing& out, ErrorList& errors) {
  out.policy = PolicyKind::kRingHash;
  if (from.has_minimum_ring_size()) out.min_ring_size = from.minimum_ring_size().value();
  if (from.has_maximum_ring_size()) out.max_ring_size = from.maximum_ring_size().value();
  if (from.hash_function() == Config::MURMUR_HASH_2) out.hash_function = HashFunction::kMurmurHash2;
  if (out.max_ring_size > kLargestRing) {
    errors.Add(JoinPath(path, "maximum_ring_size"), fmt::format("must be at most {}", kLargestRing));
  }
  const std::string minimum = JoinPath(path, "minimum_ring_size");
  if (out.min_ring_size == 0) errors.Add(minimum, "must be at least 1");
  if (out.min_ring_size > out.max_ring_size) {
    errors.Add(minimum, fmt::format("is {}, more than maximum_ring_size, which is {}",
                                    out.min_ring_size, out.max_ring_size));
  }
}

// `from`: MaglevLbConfig or its extension.
template <typename Config>
void CompileMaglev(const Config& from, const std::string& path, Balancing& out, ErrorList& errors) {
  out.policy = PolicyKind::kMaglev;
  if (!from.has_table_size()) return;
  out.maglev_table_size = from.table_size().value();
  const std::string at = JoinPath(path, "table_size");
  if (out.maglev_table_size > kLargestTable) {
    return errors.Add(at, fmt::format("must be at most {}", kLargestTable));
  }
  if (!IsPrime(out.maglev_table_size)) {
    errors.Add(at, fmt::format("must be a prime; {} is not", out.maglev_table_size));
  }
}

// `from`: ConsistentHashingLbConfig of either package.
template <typename Config>
void CompileHashing(const Config& from, const std::string& path, Balancing& out,
                    ErrorList& errors) {
  RefuseAllBut(from, {"use_hostname_for_hashing"}, path, errors);
  out.hash_hostname = from.use_hostname_for_hashing();
}

// ---- Enum form ----

void CompileCommonConfig(const Cluster& cluster, const std::string& path, Balancing& out,
                         ErrorList& errors) {
  const std::string at = JoinPath(path, "common_lb_config");
  const Cluster::CommonLbConfig& common = cluster.common_lb_config();
  RefuseAllBut(common,
               {"healthy_panic_threshold", "locality_weighted_lb_config",
                "consistent_hashing_lb_config"},
               at, errors);
  out.locality_weighted = common.has_locality_weighted_lb_config();
  if (common.has_healthy_panic_threshold()) {
    out.panic_percent = static_cast<uint32_t>(
        std::lround(CompilePercent(common.healthy_panic_threshold().value(),
                                   JoinPath(at, "healthy_panic_threshold"), errors)));
  }
  CompileHashing(common.consistent_hashing_lb_config(),
                 JoinPath(at, "consistent_hashing_lb_config"), out, errors);
}

// The options that go with the policy; those of another one would have no effect.
void CheckOptions(const Cluster& cluster, Cluster::LbConfigCase expected, const std::string& path,
                  ErrorList& errors) {
  if (cluster.lb_config_case() == Cluster::LB_CONFIG_NOT_SET) return;
  if (cluster.lb_config_case() == expected) return;
  const auto* field = Cluster::descriptor()->FindFieldByNumber(cluster.lb_config_case());
  errors.Add(JoinPath(path, field->name()),
             fmt::format("does not belong to lb_policy {}",
                         Cluster::LbPolicy_Name(cluster.lb_policy())));
}

void CompileEnum(const Cluster& cluster, const std::string& path, Balancing& out,
                 ErrorList& errors) {
  const auto at = [&](std::string_view field) { return JoinPath(path, field); };
  switch (cluster.lb_policy()) {
    case Cluster::ROUND_ROBIN:
      CheckOptions(cluster, Cluster::kRoundRobinLbConfig, path, errors);
      return CompileSlowStart(cluster.round_robin_lb_config().slow_start_config(),
                              at("round_robin_lb_config.slow_start_config"), out, errors);
    case Cluster::LEAST_REQUEST:
      CheckOptions(cluster, Cluster::kLeastRequestLbConfig, path, errors);
      return CompileLeastRequest(cluster.least_request_lb_config(), at("least_request_lb_config"),
                                 out, errors);
    case Cluster::RING_HASH:
      CheckOptions(cluster, Cluster::kRingHashLbConfig, path, errors);
      return CompileRing(cluster.ring_hash_lb_config(), at("ring_hash_lb_config"), out, errors);
    case Cluster::MAGLEV:
      CheckOptions(cluster, Cluster::kMaglevLbConfig, path, errors);
      return CompileMaglev(cluster.maglev_lb_config(), at("maglev_lb_config"), out, errors);
    case Cluster::RANDOM:
      out.policy = PolicyKind::kRandom;
      return CheckOptions(cluster, Cluster::LB_CONFIG_NOT_SET, path, errors);
    case Cluster::LOAD_BALANCING_POLICY_CONFIG:
      return errors.Add(at("load_balancing_policy"),
                        "is required for lb_policy LOAD_BALANCING_POLICY_CONFIG");
    default:
      break;
  }
  errors.Add(at("lb_policy"), fmt::format("{}: not implemented yet",
                                          Cluster::LbPolicy_Name(cluster.lb_policy())));
}

// ---- Extension form ----

void CompileLocality(const LocalityLbConfig& from, const std::string& path, Balancing& out,
                     ErrorList& errors) {
  RefuseAllBut(from, {"locality_weighted_lb_config"}, path, errors);
  out.locality_weighted = from.has_locality_weighted_lb_config();
}

// Each takes one known policy. `path` is that of its message.
void CompilePolicy(const policies::round_robin::v3::RoundRobin& from, const std::string& path,
                   Balancing& out, ErrorList& errors) {
  CompileSlowStart(from.slow_start_config(), JoinPath(path, "slow_start_config"), out, errors);
  CompileLocality(from.locality_lb_config(), JoinPath(path, "locality_lb_config"), out, errors);
}

void CompilePolicy(const policies::random::v3::Random& from, const std::string& path,
                   Balancing& out, ErrorList& errors) {
  out.policy = PolicyKind::kRandom;
  CompileLocality(from.locality_lb_config(), JoinPath(path, "locality_lb_config"), out, errors);
}

void CompilePolicy(const LeastRequest& from, const std::string& path, Balancing& out,
                   ErrorList& errors) {
  CompileLeastRequest(from, path, out, errors);
  CompileLocality(from.locality_lb_config(), JoinPath(path, "locality_lb_config"), out, errors);
  if (from.selection_method() != LeastRequest::N_CHOICES) {
    errors.Add(JoinPath(path, "selection_method"),
               fmt::format("{}: not implemented yet",
                           LeastRequest::SelectionMethod_Name(from.selection_method())));
  }
}

void CompilePolicy(const RingHash& from, const std::string& path, Balancing& out,
                   ErrorList& errors) {
  RefuseAllBut(from,
               {"hash_function", "minimum_ring_size", "maximum_ring_size",
                "use_hostname_for_hashing", "consistent_hashing_lb_config",
                "locality_weighted_lb_config"},
               path, errors);
  CompileRing(from, path, out, errors);
  out.locality_weighted = from.has_locality_weighted_lb_config();
  out.hash_hostname = from.use_hostname_for_hashing();
  if (!from.has_consistent_hashing_lb_config()) return;
  CompileHashing(from.consistent_hashing_lb_config(),
                 JoinPath(path, "consistent_hashing_lb_config"), out, errors);
}

void CompilePolicy(const Maglev& from, const std::string& path, Balancing& out,
                   ErrorList& errors) {
  CompileMaglev(from, path, out, errors);
  out.locality_weighted = from.has_locality_weighted_lb_config();
  CompileHashing(from.consistent_hashing_lb_config(),
                 JoinPath(path, "consistent_hashing_lb_config"), out, errors);
}

// True: `any` is a `Policy`, and `out` is what it says.
template <typename Policy>
bool TryPolicy(const google::protobuf::Any& any, const std::string& path, Balancing& out,
               ErrorList& errors) {
  if (!any.Is<Policy>()) return false;
  Policy policy;
  if (!any.UnpackTo(&policy)) {
    errors.Add(path, "cannot be read");
  } else {
    CompilePolicy(policy, path, out, errors);
  }
  return true;
}

bool TryEndpointPolicy(const google::protobuf::Any& any, const std::string& path, Balancing& out,
                       ErrorList& errors) {
  return TryPolicy<policies::round_robin::v3::RoundRobin>(any, path, out, errors) ||
         TryPolicy<policies::random::v3::Random>(any, path, out, errors) ||
         TryPolicy<LeastRequest>(any, path, out, errors) ||
         TryPolicy<RingHash>(any, path, out, errors) || TryPolicy<Maglev>(any, path, out, errors);
}

// Takes the first entry that `known(any, path)` accepts.
template <typename Known>
void CompileList(const LoadBalancingPolicy& list, const std::string& path, ErrorList& errors,
                 Known&& known) {
  std::string unknown;
  for (int i = 0; i < list.policies_size(); ++i) {
    const auto& config = list.policies(i).typed_extension_config();
    const std::string at = JoinPath(IndexPath(JoinPath(path, "policies"), i),
                                    "typed_extension_config.typed_config");
    if (known(config.typed_config(), at)) return;
    unknown += fmt::format("{}'{}'", unknown.empty() ? "" : ", ", config.name());
  }
  errors.Add(JoinPath(path, "policies"),
             unknown.empty() ? "must not be empty"
                             : fmt::format("none is known here: {}", unknown));
}

void CompileExtensions(const LoadBalancingPolicy& list, const std::string& path, Balancing& out,
                       ErrorList& errors) {
  const auto endpoint_policy = [&](const google::protobuf::Any& any, const std::string& at) {
    return TryEndpointPolicy(any, at, out, errors);
  };
  CompileList(list, path, errors, [&](const google::protobuf::Any& any, const std::string& at) {
    if (!any.Is<WrrLocality>()) return endpoint_policy(any, at);
    WrrLocality outer;
    if (!any.UnpackTo(&outer)) {
      errors.Add(at, "cannot be read");
      return true;
    }
    CompileList(outer.endpoint_picking_policy(), JoinPath(at, "endpoint_picking_policy"), errors,
                endpoint_policy);
    out.locality_weighted = true;
    return true;
  });
}

}  // namespace

balance::Balancing CompileBalancing(const Cluster& cluster, const std::string& path,
                                    ErrorList& errors) {
  Balancing out;
  CompileCommonConfig(cluster, path, out, errors);
  if (!cluster.has_load_balancing_policy()) {
    CompileEnum(cluster, path, out, errors);
    return out;
  }
  // Of common_lb_config only the panic threshold reaches extensions; they say the rest themselves.
  out.locality_weighted = out.hash_hostname = false;
  CompileExtensions(cluster.load_balancing_policy(), JoinPath(path, "load_balancing_policy"), out,
                    errors);
  return out;
}

balance::Provisioning CompileProvisioning(
    const envoy::config::endpoint::v3::ClusterLoadAssignment::Policy& policy,
    const std::string& path, ErrorList& errors) {
  RefuseAllBut(policy, {"overprovisioning_factor", "weighted_priority_health"}, path, errors);
  balance::Provisioning out;
  out.weighted_by_endpoint = policy.weighted_priority_health();
  if (policy.has_overprovisioning_factor()) {
    out.factor_percent = policy.overprovisioning_factor().value();
    if (out.factor_percent == 0) {
      errors.Add(JoinPath(path, "overprovisioning_factor"), "must be greater than 0");
    }
  }
  return out;
}

}  // namespace sluice::config
