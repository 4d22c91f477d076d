#include "controlplane/snapshot/revision_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace sluice::snapshot {

namespace {

// The resources of `map`, as they travel; those that `previous` has are taken from there.
WireMap ToWire(Type type, const compile::ResourceMap& map, const WireMap* previous) {
  WireMap wire;
  for (const auto& [name, resource] : map) {
    WireRef made;
    if (previous != nullptr) {
      const auto held = previous->find(name);
      if (held != previous->end() && held->second->version == resource->version) made = held->second;
    }
    if (made == nullptr) made = MakeWireResource(type, name, resource->version, resource->bytes);
    wire.emplace_hint(wire.end(), name, std::move(made));
  }
  return wire;
}

}  // namespace

std::string GroupName(const compile::GroupKey& group) {
  std::string name = fmt::format("{}@{}", fmt::join(group.gateways, "+"), group.zone);
  if (group.client == compile::ClientClass::kStandard) name += "/standard";
  return name;
}

RevisionView::RevisionView(uint64_t number, model::Config config, std::shared_ptr<const RevisionView> previous)
    : number_(number), config_(std::move(config)), previous_(std::move(previous)) {
  // A chain of all revisions would keep them all: two are enough to share what did not change.
  if (previous_ != nullptr) {
    const std::lock_guard lock(previous_->mutex_);
    previous_->previous_.reset();
  }
}

std::vector<std::string> RevisionView::GatewaysOf(const std::map<std::string, std::string>& labels) const {
  std::vector<std::string> names;
  for (const model::ObjectPtr& object : config_.OfKind(model::kGateway)) {
    const auto& selector = object->gateway().proxy_selector();
    const bool selects = std::all_of(selector.begin(), selector.end(), [&](const auto& wanted) {
      const auto label = labels.find(wanted.first);
      return label != labels.end() && label->second == wanted.second;
    });
    if (selects) names.push_back(object->name());
  }
  return names;
}

compile::GroupKey RevisionView::GroupOf(const Member& member) const {
  return {.gateways = GatewaysOf(member.labels), .zone = member.zone, .client = member.client};
}

RevisionView::Entry RevisionView::Known(const compile::GroupKey& group) const {
  const std::lock_guard lock(mutex_);
  const auto it = groups_.find(group);
  return it == groups_.end() ? Entry{} : it->second;
}

GroupSnapshotRef RevisionView::Of(const compile::GroupKey& group) const {
  const std::lock_guard lock(mutex_);
  if (const auto it = groups_.find(group); it != groups_.end()) return it->second.snapshot;
  // Zones and classes of clients get the same resources: they are compiled once for all of them.
  compile::GroupKey common = group;
  common.zone.clear();
  common.client = compile::ClientClass::kCommitting;
  Entry& base = groups_[common];
  if (base.compiled == nullptr) {
    const Entry before = previous_ == nullptr ? Entry{} : previous_->Known(common);
    base.compiled = compile::CompiledGroup::Compile(config_, common, before.compiled.get());
    const compile::GroupResources& made = base.compiled->resources();
    const GroupSnapshot* held = before.snapshot.get();
    auto wire = [&](Type type, const compile::ResourceMap& map) {
      return ToWire(type, map, held == nullptr ? nullptr : &held->of(type));
    };
    base.snapshot = std::make_shared<GroupSnapshot>(
        number_, GroupName(common), wire(Type::kCluster, made.clusters), wire(Type::kListener, made.listeners),
        wire(Type::kRoute, made.routes));
  }
  if (group == common) return base.snapshot;
  const GroupSnapshotRef& shared = base.snapshot;
  auto own = std::make_shared<GroupSnapshot>(number_, GroupName(group), shared->of(Type::kCluster),
                                             shared->of(Type::kListener), shared->of(Type::kRoute));
  groups_[group] = {base.compiled, own};
  return own;
}

std::optional<compile::Origin> RevisionView::OriginOf(std::string_view type_url, const std::string& resource,
                                                      std::string_view field_path) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [group, entry] : groups_) {
    if (entry.compiled == nullptr) continue;
    const compile::GroupResources& all = entry.compiled->resources();
    const compile::ResourceMap& map = type_url == compile::kListenerType ? all.listeners
                                      : type_url == compile::kRouteType  ? all.routes
                                                                         : all.clusters;
    const auto it = map.find(resource);
    if (it != map.end() && it->second->type == type_url) return compile::OriginOf(*it->second, field_path);
  }
  return std::nullopt;
}

}  // namespace sluice::snapshot
