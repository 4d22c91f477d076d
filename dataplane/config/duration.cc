#include "dataplane/config/duration.h"

namespace sluice::config {

base::Duration CompileDuration(const google::protobuf::Duration& value, const std::string& path,
                               ErrorList& errors) {
  constexpr int64_t kYear = 365 * 86'400;
  if (value.seconds() < 0 || value.nanos() < 0) {
    errors.Add(path, "must not be negative");
  } else if (value.seconds() > kYear || value.nanos() > 999'999'999) {
    errors.Add(path, "must be at most a year");
  } else {
    return std::chrono::seconds(value.seconds()) + std::chrono::nanoseconds(value.nanos());
  }
  return {};
}

}  // namespace sluice::config
