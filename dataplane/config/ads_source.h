// Where a resource says that another one comes from (xDS: core.v3.ConfigSource). Here that is
// always the one ADS stream of the process, named as `ads` or, in what came over it, as `self`.
#pragma once

#include <string>

#include "dataplane/config/error_list.h"
#include "envoy/config/core/v3/config_source.pb.h"

namespace sluice::config {

// Adds an error for anything else. initial_fetch_timeout is taken but not used: the wait for a
// resource is the same for all (xds.md R55). `path` is where `source` stands. Pure; any thread.
void CheckAdsSource(const envoy::config::core::v3::ConfigSource& source, const std::string& path,
                    ErrorList& errors);

}  // namespace sluice::config
