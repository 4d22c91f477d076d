#include "controlplane/xds/sotw_subscription.h"

namespace sluice::xds {

using envoy::service::discovery::v3::DiscoveryRequest;
using snapshot::WireMap;

Answer SotwSubscription::OnRequest(const DiscoveryRequest& request) {
  if (!newest_nonce_.empty() && request.response_nonce() != newest_nonce_) return Answer::kNone;
  const bool answers = waiting();
  nonce_.clear();
  TakeNames(request);
  if (!answers) return Answer::kNone;
  return request.has_error_detail() ? Answer::kNack : Answer::kAck;
}

void SotwSubscription::TakeNames(const DiscoveryRequest& request) {
  if (!asked_) owed_ = true;
  std::set<std::string, std::less<>> names(request.resource_names().begin(), request.resource_names().end());
  const bool star = names.erase("*") > 0;
  const bool all = star || (full_ && names.empty() && !ever_named_);
  if (star || !names.empty()) ever_named_ = true;
  if (all && !wildcard_) owed_ = true;
  for (const std::string& name : names) {
    if (named_.contains(name)) continue;
    owed_ = true;
    sent_.erase(name);  // answered even if it was sent before (R17)
  }
  asked_ = true;
  wildcard_ = all;
  named_ = std::move(names);
  std::erase_if(sent_, [&](const auto& entry) { return !Covers(entry.first); });
}

std::optional<Update> SotwSubscription::Next(const WireMap& desired) {
  if (!asked_ || waiting()) return std::nullopt;
  return full_ ? NextFull(desired) : NextPartial(desired);
}

std::optional<Update> SotwSubscription::NextFull(const WireMap& desired) {
  Update update;
  std::map<std::string, std::string, std::less<>> state;
  for (const auto& [name, resource] : desired) {
    if (!Covers(name)) continue;
    update.resources.push_back(resource);
    state.emplace(name, resource->version);
    const auto held = sent_.find(name);
    if (held == sent_.end() || held->second != resource->version) update.changed.push_back(name);
  }
  if (!owed_ && state == sent_) return std::nullopt;
  owed_ = false;
  sent_ = std::move(state);
  return update;
}

std::optional<Update> SotwSubscription::NextPartial(const WireMap& desired) {
  Update update;
  owed_ = false;
  for (const std::string& name : named_) {
    const auto it = desired.find(name);
    if (it == desired.end()) {
      sent_.erase(name);
      continue;
    }
    std::string& held = sent_[name];
    if (held == it->second->version) continue;
    held = it->second->version;
    update.resources.push_back(it->second);
  }
  if (update.resources.empty()) return std::nullopt;
  return update;
}

}  // namespace sluice::xds
