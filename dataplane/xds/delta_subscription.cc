#include "dataplane/xds/delta_subscription.h"

#include "envoy/service/discovery/v3/discovery.pb.h"

namespace sluice::xds {
namespace {

using envoy::service::discovery::v3::DeltaDiscoveryRequest;

DeltaDiscoveryRequest RequestOf(DiscoveryType type) {
  DeltaDiscoveryRequest request;
  request.set_type_url(std::string(TypeUrl(type)));
  return request;
}

}  // namespace

void DeltaSubscription::StartStream() {
  open_ = false;
  told_.clear();
}

Names DeltaSubscription::Wanted() const {
  if (interest_.wish() != Interest::Wish::kNames) return {"*"};
  return interest_.names();
}

std::optional<std::string> DeltaSubscription::TakeRequest(const Node* node) {
  if (open_ && told_changes_ == interest_.changes()) return std::nullopt;
  told_changes_ = interest_.changes();
  Names wanted = Wanted();
  if (open_ ? wanted == told_ : interest_.empty()) return std::nullopt;
  DeltaDiscoveryRequest request = RequestOf(type_);
  if (node != nullptr) *request.mutable_node() = *node;
  if (!open_) {
    // R42. A commit is always wanted anew: it is what the staged set is checked against.
    for (const auto& [name, version] : interest_.held()) {
      (*request.mutable_initial_resource_versions())[name] = version;
    }
  }
  // R37: nothing at all in the first request is everything, to every server.
  const bool legacy = !open_ && interest_.wish() == Interest::Wish::kLegacy;
  for (const std::string& name : wanted) {
    if (!legacy && !told_.contains(name)) request.add_resource_names_subscribe(name);
  }
  for (const std::string& name : told_) {
    if (!wanted.contains(name)) request.add_resource_names_unsubscribe(name);
  }
  open_ = true;
  told_ = std::move(wanted);
  return request.SerializeAsString();
}

std::string DeltaSubscription::Answer(const Response& response,
                                      const std::optional<google::rpc::Status>& error) {
  DeltaDiscoveryRequest request = RequestOf(type_);
  request.set_response_nonce(response.nonce);
  if (error.has_value()) *request.mutable_error_detail() = *error;
  return request.SerializeAsString();
}

std::vector<std::string> DeltaSubscription::Removals(const Response& response) const {
  std::vector<std::string> names;
  for (const std::string& name : response.removed) {
    if (interest_.held().contains(name)) names.push_back(name);  // R51
  }
  return names;
}

// R44 makes a server send a name that is subscribed once more, but not say what is gone: it must
// have forgotten us first.
std::vector<std::string> DeltaSubscription::TakeRestart() {
  if (!open_) return {};
  DeltaDiscoveryRequest leave = RequestOf(type_);
  for (const std::string& name : told_) leave.add_resource_names_unsubscribe(name);
  DeltaDiscoveryRequest again = RequestOf(type_);
  told_ = Wanted();
  for (const std::string& name : told_) again.add_resource_names_subscribe(name);
  return {leave.SerializeAsString(), again.SerializeAsString()};
}

}  // namespace sluice::xds
