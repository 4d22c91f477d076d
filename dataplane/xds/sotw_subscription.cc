#include "dataplane/xds/sotw_subscription.h"

#include "envoy/service/discovery/v3/discovery.pb.h"

namespace sluice::xds {

using envoy::service::discovery::v3::DiscoveryRequest;

void SotwSubscription::StartStream() {
  open_ = false;
  told_.clear();
  nonce_.clear();
}

std::string SotwSubscription::Request(const Node* node, const google::rpc::Status* error) {
  DiscoveryRequest request;
  if (node != nullptr) *request.mutable_node() = *node;
  request.set_type_url(std::string(TypeUrl(type_)));
  request.set_version_info(version_);
  request.set_response_nonce(nonce_);
  for (const std::string& name : interest_.names()) request.add_resource_names(name);
  if (error != nullptr) *request.mutable_error_detail() = *error;
  open_ = true;
  told_ = interest_.names();
  told_changes_ = interest_.changes();
  return request.SerializeAsString();
}

std::optional<std::string> SotwSubscription::TakeRequest(const Node* node) {
  if (open_ && told_changes_ == interest_.changes()) return std::nullopt;
  // R34: an empty first request would mean everything to some servers.
  if (open_ ? interest_.names() == told_ : interest_.empty()) return std::nullopt;
  return Request(node, nullptr);
}

std::string SotwSubscription::Answer(const Response& response,
                                     const std::optional<google::rpc::Status>& error) {
  nonce_ = response.nonce;
  if (!error.has_value()) version_ = response.version;
  return Request(nullptr, error.has_value() ? &*error : nullptr);
}

std::vector<std::string> SotwSubscription::Removals(const Response& response) const {
  if (!IsWildcardType(type_) || response.has_nameless) return {};
  Names present;
  for (const ReceivedResource& resource : response.resources) present.insert(resource.name);
  // What cannot be used is there: its held copy stays (R30).
  for (const auto& problem : response.problems) present.insert(problem.resource());
  std::vector<std::string> names;
  for (const auto& [name, version] : interest_.held()) {
    if (!present.contains(name)) names.push_back(name);
  }
  return names;
}

}  // namespace sluice::xds
