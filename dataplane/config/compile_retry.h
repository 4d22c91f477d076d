// Retry policies (xDS: config.route.v3.RetryPolicy) of routes and virtual hosts. Pure, build thread.
#pragma once

#include <memory>
#include <string>

#include "dataplane/config/error_list.h"
#include "dataplane/route/retry_policy.h"
#include "envoy/config/route/v3/route_components.pb.h"

namespace sluice::config {

// nullptr with errors added below `path`; also for a policy without a word in retry_on and without
// a per-try timeout, which changes nothing.
std::shared_ptr<const route::RetryPolicy> CompileRetryPolicy(
    const envoy::config::route::v3::RetryPolicy& policy, const std::string& path,
    ErrorList& errors);

}  // namespace sluice::config
