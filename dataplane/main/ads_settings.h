// What the bootstrap says about the control plane: dynamic_resources.ads_config and the node.
// Pure; before the threads run.
#pragma once

#include <optional>

#include "dataplane/config/error_list.h"
#include "dataplane/xds/ads_client.h"
#include "envoy/config/bootstrap/v3/bootstrap.pb.h"

namespace sluice::main {

// nullopt without dynamic_resources.ads_config, or when errors were added. The first of
// grpc_services counts, as in Envoy; it must be a cluster of the bootstrap that speaks HTTP/2
// (api/check has seen that it exists). The wait for the first configuration is the longer one of
// the two ConfigSources' (xDS: initial_fetch_timeout), zero for ever.
std::optional<xds::AdsOptions> AdsSettings(const envoy::config::bootstrap::v3::Bootstrap& bootstrap,
                                           config::ErrorList& errors);

}  // namespace sluice::main
