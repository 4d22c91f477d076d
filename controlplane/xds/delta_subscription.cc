#include "controlplane/xds/delta_subscription.h"

namespace sluice::xds {

using envoy::service::discovery::v3::DeltaDiscoveryRequest;
using snapshot::WireMap;

Answer DeltaSubscription::OnRequest(const DeltaDiscoveryRequest& request) {
  const bool first = !asked_;
  asked_ = true;
  if (first) {
    for (const auto& [name, version] : request.initial_resource_versions()) sent_[name] = version;
    if (request.resource_names_subscribe().empty() && empty_means_all_) {
      wildcard_ = owes_first_ = true;
    }
  }
  for (const std::string& name : request.resource_names_unsubscribe()) Unsubscribe(name);
  for (const std::string& name : request.resource_names_subscribe()) {
    // R44: on the first message the map of versions says what need not come again.
    if (!first || !sent_.contains(name)) Subscribe(name);
    if (name != "*") named_.insert(name);
    if (name == "*") wildcard_ = true;
  }
  if (request.response_nonce().empty() || request.response_nonce() != nonce_) return Answer::kNone;
  nonce_.clear();
  return request.has_error_detail() ? Answer::kNack : Answer::kAck;
}

void DeltaSubscription::Subscribe(const std::string& name) {
  if (name != "*") {
    owed_.insert(name);
    return;
  }
  if (!wildcard_) owes_first_ = true;
}

void DeltaSubscription::Unsubscribe(const std::string& name) {
  if (name == "*") {
    wildcard_ = false;
    std::erase_if(sent_, [&](const auto& entry) { return !named_.contains(entry.first); });
    return;
  }
  if (named_.erase(name) == 0) return;
  owed_.erase(name);
  if (wildcard_) {
    owed_.insert(name);  // R49: the client dropped it; the wildcard may still cover it
  } else {
    sent_.erase(name);
  }
}

void DeltaSubscription::Forget() {
  sent_.clear();
  nonce_.clear();
  if (wildcard_) owes_first_ = true;
}

std::optional<Update> DeltaSubscription::Next(const WireMap& desired) {
  if (waiting()) return std::nullopt;
  return NextNow(desired);
}

std::optional<Update> DeltaSubscription::NextNow(const WireMap& desired) {
  Update update;
  for (const std::string& name : owed_) {
    if (const auto it = desired.find(name); it == desired.end()) {
      update.removed.push_back(name);
      sent_.erase(name);
    } else {
      sent_.erase(name);  // found to differ below
    }
  }
  owed_.clear();
  auto consider = [&](const snapshot::WireRef& resource) {
    const auto held = sent_.find(resource->name);
    if (held != sent_.end() && held->second == resource->version) return;
    update.resources.push_back(resource);
    if (held != sent_.end()) {
      held->second = resource->version;
    } else {
      sent_.emplace(resource->name, resource->version);
    }
  };
  if (wildcard_) {
    for (const auto& [name, resource] : desired) consider(resource);
  } else {
    for (const std::string& name : named_) {
      if (const auto it = desired.find(name); it != desired.end()) consider(it->second);
    }
  }
  std::erase_if(sent_, [&](const auto& entry) {
    if (!Covers(entry.first)) return true;
    if (desired.contains(entry.first)) return false;
    update.removed.push_back(entry.first);
    return true;
  });
  if (update.resources.empty() && update.removed.empty() && !owes_first_) return std::nullopt;
  owes_first_ = false;
  return update;
}

}  // namespace sluice::xds
