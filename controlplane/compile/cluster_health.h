// Service.health_check and Service.ejection -> a Cluster. Pure; any thread.
#pragma once

#include <string>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "sluice/v1/service.pb.h"

namespace sluice::compile {

// `default_host`: what HTTP checks name as Host where the Service does not say it.
void SetHealthCheck(const sluice::v1::HealthCheck& check, const std::string& default_host,
                    envoy::config::cluster::v3::Cluster& cluster);

// Detections that are not asked for are off, those too that xDS has on.
void SetEjection(const sluice::v1::Ejection& ejection,
                 envoy::config::cluster::v3::Cluster& cluster);

}  // namespace sluice::compile
