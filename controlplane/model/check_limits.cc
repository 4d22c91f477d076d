#include "api/check/field_error.h"
#include "controlplane/model/checks.h"

namespace sluice::model {
namespace {

using api::JoinPath;
using sluice::v1::RetryLimits;

constexpr uint32_t kMostRate = 1000;
constexpr uint32_t kMostSaved = 1'000'000;
constexpr uint32_t kDefaultSaved = 100;

}  // namespace

void CheckLimits(const sluice::v1::ServiceLimits& limits, Reporter& reporter) {
  const std::string path = "spec.limits.retries";
  const RetryLimits& retries = limits.retries();
  CheckAtMost(retries.rate_percent(), kMostRate, JoinPath(path, "rate_percent"), reporter);
  CheckAtMost(retries.saved(), kMostSaved, JoinPath(path, "saved"), reporter);
  const uint32_t saved = retries.has_saved() ? retries.saved() : kDefaultSaved;
  if (retries.reserve() > saved) {
    reporter.Invalid(JoinPath(path, "reserve"), "must not be more than saved");
  }
  CheckAtMost(retries.active_percent(), 100, JoinPath(path, "active_percent"), reporter);
  if (!retries.has_at_once()) return;
  const auto refuse = [&](bool set, const char* name) {
    if (set) reporter.Add(kConflict, JoinPath(path, name), "cannot be set beside at_once");
  };
  refuse(retries.has_active_percent(), "active_percent");
  refuse(retries.has_active_min(), "active_min");
}

}  // namespace sluice::model
