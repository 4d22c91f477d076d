// From envoy.config.accesslog.v3.AccessLog to an AccessLogSpec: sinks, formats, filters.
//
// Sinks: FileAccessLog, StdoutAccessLog, StderrAccessLog. Formats: Envoy's text and JSON formats
// with the operators of access_log_spec.h, and Envoy's default line when none is given; an operator
// that is not implemented is refused with its position, as is everything else outside of what
// works here. Pure; build thread.
#pragma once

#include <memory>
#include <string>

#include "dataplane/config/access_log_spec.h"
#include "dataplane/config/error_list.h"
#include "envoy/config/accesslog/v3/accesslog.pb.h"

namespace sluice::config {

// nullptr exactly when errors were added, with field paths below `path`.
std::shared_ptr<const AccessLogSpec> CompileAccessLog(
    const envoy::config::accesslog::v3::AccessLog& log, const std::string& path, ErrorList& errors);

}  // namespace sluice::config
