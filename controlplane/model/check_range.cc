#include <fmt/format.h>

#include "controlplane/model/checks.h"
#include "controlplane/model/syntax.h"

namespace sluice::model {
namespace {

constexpr int64_t kMillisecond = 1'000'000;

std::string TextOf(int64_t milliseconds) {
  if (milliseconds % kHourMs == 0) return fmt::format("{} h", milliseconds / kHourMs);
  if (milliseconds % 1000 == 0) return fmt::format("{} s", milliseconds / 1000);
  return fmt::format("{} ms", milliseconds);
}

}  // namespace

bool CheckDuration(const google::protobuf::Duration& duration, int64_t least_ms, int64_t most_ms,
                   const std::string& path, Reporter& reporter) {
  const auto nanos = NanosOf(duration);
  if (nanos && *nanos >= least_ms * kMillisecond && *nanos <= most_ms * kMillisecond) return true;
  reporter.Invalid(path, fmt::format("must be from {} to {}", TextOf(least_ms), TextOf(most_ms)));
  return false;
}

void CheckAtMost(uint32_t value, uint32_t most, const std::string& path, Reporter& reporter) {
  if (value > most) reporter.Invalid(path, fmt::format("must be at most {}", most));
}

}  // namespace sluice::model
