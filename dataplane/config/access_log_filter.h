// Compiles envoy.config.accesslog.v3.AccessLogFilter: which requests are logged. Build thread.
#pragma once

#include <string>

#include "dataplane/config/access_log_spec.h"
#include "dataplane/config/error_list.h"
#include "envoy/config/accesslog/v3/accesslog.pb.h"

namespace sluice::config {

// Status code, duration, response flags, header, sampling (runtime_filter without a runtime: its
// percentage holds), and / or of these. Others are refused by name.
LogFilter CompileLogFilter(const envoy::config::accesslog::v3::AccessLogFilter& filter,
                           const std::string& path, ErrorList& errors);

}  // namespace sluice::config
