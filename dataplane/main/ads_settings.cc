#include "dataplane/main/ads_settings.h"

#include <algorithm>

#include "dataplane/config/implemented_fields.h"

namespace sluice::main {

namespace {

using config::ErrorList;
using config::JoinPath;
using envoy::config::bootstrap::v3::Bootstrap;
using envoy::config::core::v3::ApiConfigSource;
using envoy::config::core::v3::ConfigSource;

constexpr char kAds[] = "dynamic_resources.ads_config";

base::Duration TimeoutOf(const ConfigSource& source) {
  constexpr base::Duration kDefault = std::chrono::seconds(15);  // xds.md R55
  if (!source.has_initial_fetch_timeout()) return kDefault;
  const auto& timeout = source.initial_fetch_timeout();
  return std::chrono::seconds(timeout.seconds()) + std::chrono::nanoseconds(timeout.nanos());
}

base::Duration FirstWait(const Bootstrap::DynamicResources& dynamic) {
  base::Duration longest{};
  for (const ConfigSource* source : {&dynamic.cds_config(), &dynamic.lds_config()}) {
    const base::Duration one = TimeoutOf(*source);
    if (one == base::Duration::zero()) return one;
    longest = std::max(longest, one);
  }
  return longest;
}

void ReadServer(const ApiConfigSource& ads, xds::AdsOptions& out, ErrorList& errors) {
  const std::string at = config::IndexPath(JoinPath(kAds, "grpc_services"), 0);
  if (ads.grpc_services().empty())
    return errors.Add(JoinPath(kAds, "grpc_services"), "must not be empty");
  const auto& service = ads.grpc_services(0);
  config::RefuseAllBut(service, {"envoy_grpc"}, at, errors);
  const auto& grpc = service.envoy_grpc();
  config::RefuseAllBut(grpc, {"cluster_name", "authority", "max_receive_message_length"},
                       JoinPath(at, "envoy_grpc"), errors);
  out.cluster = grpc.cluster_name();
  out.authority = grpc.authority();
  if (grpc.has_max_receive_message_length())
    out.max_message = grpc.max_receive_message_length().value();
}

}  // namespace

std::optional<xds::AdsOptions> AdsSettings(const Bootstrap& bootstrap, ErrorList& errors) {
  const auto& dynamic = bootstrap.dynamic_resources();
  if (!dynamic.has_ads_config()) return std::nullopt;
  const ApiConfigSource& ads = dynamic.ads_config();
  const size_t before = errors.size();
  config::RefuseAllBut(
      ads, {"api_type", "grpc_services", "transport_api_version", "set_node_on_first_message_only"},
      kAds, errors);
  xds::AdsOptions options;
  ReadServer(ads, options, errors);
  switch (ads.api_type()) {
    case ApiConfigSource::GRPC:
      options.discovery.variant = xds::Variant::kSotw;
      break;
    case ApiConfigSource::DELTA_GRPC:
      options.discovery.variant = xds::Variant::kDelta;
      break;
    default:
      errors.Add(JoinPath(kAds, "api_type"), "must be GRPC or DELTA_GRPC");
  }
  options.discovery.node = bootstrap.node();
  options.discovery.initial_fetch_timeout = FirstWait(dynamic);
  if (errors.size() != before) return std::nullopt;
  return options;
}

}  // namespace sluice::main
