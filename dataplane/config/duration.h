// Durations of routes (google.protobuf.Duration): checked, and as base::Duration. Pure.
#pragma once

#include <string>

#include "dataplane/base/clock.h"
#include "dataplane/config/error_list.h"
#include "google/protobuf/duration.pb.h"

namespace sluice::config {

// From zero to a year; else an error at `path` and zero.
base::Duration CompileDuration(const google::protobuf::Duration& value, const std::string& path,
                               ErrorList& errors);

}  // namespace sluice::config
