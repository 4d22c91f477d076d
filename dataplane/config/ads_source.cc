#include "dataplane/config/ads_source.h"

#include "dataplane/config/implemented_fields.h"

namespace sluice::config {

void CheckAdsSource(const envoy::config::core::v3::ConfigSource& source, const std::string& path,
                    ErrorList& errors) {
  RefuseAllBut(source, {"ads", "self", "initial_fetch_timeout", "resource_api_version"}, path,
               errors);
  if (!source.has_ads() && !source.has_self())
    errors.Add(path, "only ads and self are implemented yet");
}

}  // namespace sluice::config
