// How a write to the configuration ended. A value.
#pragma once

#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "sluice/v1/config_service.pb.h"
#include "sluice/v1/object.pb.h"

namespace sluice::revision {

// `status` says what the caller can do (config_service.proto); `problems` all that is wrong.
struct Refusal {
  absl::Status status;
  std::vector<sluice::v1::Problem> problems;
};
using Outcome = std::variant<sluice::v1::ApplyResponse, Refusal>;

}  // namespace sluice::revision
