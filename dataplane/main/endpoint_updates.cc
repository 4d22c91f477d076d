#include "dataplane/main/endpoint_updates.h"

#include <algorithm>

#include "api/check/check_resources.h"
#include "dataplane/config/compile_endpoints.h"

namespace sluice::main {

using config::ResourceType;
using envoy::config::endpoint::v3::ClusterLoadAssignment;

namespace {
constexpr uint32_t kForgetAfter = 2;
}

std::shared_ptr<const upstream::IndexedEndpoints> CompileAssignment(
    const config::Resource& resource, const upstream::IndexedEndpoints* known,
    const balance::Balancing* balancing, config::Problems& problems) {
  const auto& message = static_cast<const ClusterLoadAssignment&>(*resource.message);
  config::ErrorList errors;
  api::CheckClusterLoadAssignment(message, errors);
  upstream::EndpointSet set;
  if (errors.empty()) set = config::CompileAssignment(message, "", errors);
  config::AddProblems(ResourceType::kEndpoint, resource, errors, problems);
  if (!errors.empty()) return nullptr;
  return std::make_shared<const upstream::IndexedEndpoints>(std::move(set), known, balancing);
}

void EndpointUpdates::Compile(Batch& batch) {
  for (size_t i = 0; i < batch.assignments.size(); ++i) {
    Assignment& one = batch.assignments[i];
    const std::optional<balance::Balancing>& balancing = batch.balancing[i];
    one.set = CompileAssignment(*one.resource, batch.known[i].get(),
                                balancing ? &*balancing : nullptr, batch.problems);
  }
}

void EndpointUpdates::Apply(xds::TypeChange change, Done done) {
  auto batch = std::make_shared<Batch>();
  batch->done = std::move(done);
  bool large = false;
  for (config::ResourceRef& resource : change.changed) {
    batch->balancing.push_back(BalancingOf(resource->name));
    const std::optional<balance::Balancing>& balancing = batch->balancing.back();
    large = large || resource->size >= kCompileHere || (balancing && balancing->uses_hash());
    const auto held = held_.find(resource->name);
    batch->known.push_back(held == held_.end() ? nullptr : held->second.set);
    batch->assignments.push_back(
        {.resource = std::move(resource), .set = nullptr, .order = ++last_order_});
  }
  for (const std::string& name : change.removed) held_.erase(name);
  if (!large) {
    Compile(*batch);
    return Publish(*batch);
  }
  threads_.build.mailbox().Post([this, batch] {
    Compile(*batch);
    threads_.config.mailbox().Post([this, batch]() mutable {
      Publish(*batch);
      // What it replaced is in the batch now; a reference kept here could be the last.
      threads_.build.mailbox().Post([batch = std::move(batch)] {});
    });
  });
}

std::optional<balance::Balancing> EndpointUpdates::BalancingOf(const std::string& service) const {
  const auto users = users_.find(service);
  if (users == users_.end()) return std::nullopt;
  return users->second.front().cluster->spec().balancing;
}

void EndpointUpdates::Publish(Batch& batch) {
  for (Assignment& one : batch.assignments) {
    if (one.set == nullptr) continue;
    Assignment& place = held_[one.resource->name];
    if (place.order > one.order) continue;
    std::swap(place, one);
    const auto users = users_.find(place.resource->name);
    if (users == users_.end()) continue;
    for (User& user : users->second) Set(user, place);
  }
  if (on_change_) on_change_();
  // A round trip through every worker: who answers has begun a turn after the release stores above.
  workers_.Confirm(threads_.config, [done = std::move(batch.done),
                                     problems = std::move(batch.problems)] { done(problems); });
}

void EndpointUpdates::Set(User& user, const Assignment& assignment) {
  const upstream::ClusterSpec& spec = user.cluster->spec();
  const bool asks = spec.discovery == upstream::Discovery::kEds &&
                    spec.eds_service_name == assignment.resource->name;
  if (!asks || user.content == assignment.resource->content) return;
  user.content = assignment.resource->content;
  registry_.ReplaceEndpoints(*user.cluster, assignment.set);
}

void EndpointUpdates::Follow(Directories directories) {
  const bool forgets = directories != directories_;
  absl::flat_hash_map<const upstream::Cluster*, std::array<uint8_t, 32>> before;
  for (const auto& [service, users] : users_) {
    for (const User& user : users) {
      if (user.cluster->spec().eds_service_name == service) before[user.cluster] = user.content;
    }
  }
  users_.clear();
  for (const auto& directory : directories) {
    for (const auto& entry : directory->entries) {
      upstream::Cluster& cluster = *entry.cluster;
      const auto known = before.find(&cluster);
      AddUser(cluster.spec(), {&cluster, known == before.end() ? Content{} : known->second});
      // A staged name must not be forgotten, although nothing is set from it yet.
      AddUser(*entry.spec, {&cluster, {}});
    }
  }
  directories_ = std::move(directories);
  absl::erase_if(held_, [&](auto& entry) {
    auto& [service, assignment] = entry;
    const auto users = users_.find(service);
    if (users == users_.end()) return forgets && ++assignment.unasked >= kForgetAfter;
    assignment.unasked = 0;
    for (User& user : users->second) Set(user, assignment);
    return false;
  });
}

void EndpointUpdates::AddUser(const upstream::ClusterSpec& spec, User user) {
  if (spec.discovery != upstream::Discovery::kEds) return;
  auto& users = users_[spec.eds_service_name];
  const bool known = std::any_of(users.begin(), users.end(),
                                 [&](const User& one) { return one.cluster == user.cluster; });
  if (!known) users.push_back(user);
}

std::vector<config::ResourceRef> EndpointUpdates::Held() const {
  std::vector<config::ResourceRef> all;
  for (const auto& [service, assignment] : held_) all.push_back(assignment.resource);
  return all;
}

}  // namespace sluice::main
