#include "dataplane/config/compile_retry_budget.h"

#include <fmt/format.h>

#include "dataplane/config/implemented_fields.h"
#include "sluice/xds/v1/limits.pb.h"

namespace sluice::config {
namespace {

constexpr const char* kKey = "sluice.retry_budget";
constexpr uint32_t kMostPercent = 1000;
constexpr uint32_t kMostRetries = 1'000'000;

void Take(bool present, uint32_t value, uint32_t most, const std::string& path, uint32_t& out,
          ErrorList& errors) {
  if (!present) return;
  if (value > most) errors.Add(path, fmt::format("must be at most {}", most));
  out = value;
}

}  // namespace

upstream::RetryRate CompileRetryBudget(const envoy::config::cluster::v3::Cluster& cluster,
                                       const std::string& path, ErrorList& errors) {
  upstream::RetryRate rate;
  const auto& metadata = cluster.metadata().typed_filter_metadata();
  const auto found = metadata.find(kKey);
  if (found == metadata.end()) return rate;
  const std::string at = JoinPath(path, fmt::format("metadata.typed_filter_metadata[\"{}\"]", kKey));
  sluice::xds::v1::RetryBudget budget;
  if (!found->second.UnpackTo(&budget)) {
    errors.Add(at, "must be a sluice.xds.v1.RetryBudget");
    return rate;
  }
  uint32_t percent = rate.permille / 10;
  Take(budget.has_rate_percent(), budget.rate_percent().value(), kMostPercent,
       JoinPath(at, "rate_percent"), percent, errors);
  rate.permille = percent * 10;
  Take(budget.has_reserve(), budget.reserve().value(), kMostRetries, JoinPath(at, "reserve"),
       rate.reserve, errors);
  Take(budget.has_most_saved(), budget.most_saved().value(), kMostRetries,
       JoinPath(at, "most_saved"), rate.most_saved, errors);
  return rate;
}

}  // namespace sluice::config
