#include "controlplane/compile/cluster_balancing.h"

namespace sluice::compile {
namespace {

using envoy::config::cluster::v3::Cluster;
using sluice::v1::Balancing;

void SetSlowStart(const sluice::v1::SlowStart& from, Cluster::SlowStartConfig& out) {
  *out.mutable_slow_start_window() = from.window();
  if (from.start_percent() != 0) out.mutable_min_weight_percent()->set_value(from.start_percent());
}

void SetLeastRequest(const Balancing& from, Cluster& cluster) {
  cluster.set_lb_policy(Cluster::LEAST_REQUEST);
  if (from.choices() == 0 && !from.has_bias_percent() && !from.has_slow_start()) return;
  auto& out = *cluster.mutable_least_request_lb_config();
  if (from.choices() != 0) out.mutable_choice_count()->set_value(from.choices());
  if (from.has_bias_percent()) {
    out.mutable_active_request_bias()->set_default_value(from.bias_percent() / 100.0);
    out.mutable_active_request_bias()->set_runtime_key("sluice.bias");  // xDS requires a name
  }
  if (from.has_slow_start()) SetSlowStart(from.slow_start(), *out.mutable_slow_start_config());
}

}  // namespace

void SetBalancing(const Balancing& from, Cluster& cluster) {
  switch (from.policy()) {
    case Balancing::LEAST_REQUEST: SetLeastRequest(from, cluster); break;
    case Balancing::RANDOM: cluster.set_lb_policy(Cluster::RANDOM); break;
    case Balancing::RING_HASH: cluster.set_lb_policy(Cluster::RING_HASH); break;
    case Balancing::MAGLEV: cluster.set_lb_policy(Cluster::MAGLEV); break;
    default:
      if (!from.has_slow_start()) break;
      SetSlowStart(from.slow_start(),
                   *cluster.mutable_round_robin_lb_config()->mutable_slow_start_config());
  }
  if (from.has_panic_percent()) {
    cluster.mutable_common_lb_config()->mutable_healthy_panic_threshold()->set_value(
        from.panic_percent());
  }
}

}  // namespace sluice::compile
