#include "controlplane/model/config.h"

#include <map>
#include <set>

#include "controlplane/model/route_key.h"

namespace sluice::model {
namespace {

using sluice::v1::Object;
using sluice::v1::Route;

void AddTargetsOf(const Route& route, std::set<ObjectKey>& targets) {
  targets.insert({std::string(kApi), route.api()});
  if (route.has_forward()) targets.insert({std::string(kService), route.forward().service()});
  for (const auto& share : route.split().services()) {
    targets.insert({std::string(kService), share.service()});
  }
}

MatchKey MatchKeyOf(const Object& object) {
  const Route& route = object.route();
  return {route.api(), PathKey(route.match()), PredicatesKey(route.match()), object.name()};
}

// Edits of all three maps; of several for one key the last holds, so what goes comes first.
struct Edits {
  std::vector<Config::Objects::Edit> objects;
  std::vector<SharedMap<Reference, ObjectPtr>::Edit> references;
  std::vector<SharedMap<MatchKey, ObjectPtr>::Edit> matches;

  void Derived(const ObjectKey& key, const Object& object, std::optional<ObjectPtr> value) {
    for (ObjectKey& target : TargetsOf(object)) {
      references.push_back({Reference{std::move(target), key}, value});
    }
    if (object.kind() == kRoute && object.has_route()) {
      matches.push_back({MatchKeyOf(object), value});
    }
  }
};

}  // namespace

std::vector<ObjectKey> TargetsOf(const Object& object) {
  std::set<ObjectKey> targets;
  if (object.kind() == kRoute && object.has_route()) AddTargetsOf(object.route(), targets);
  if (object.kind() == kApi && object.has_api()) {
    for (const std::string& name : object.api().gateways()) {
      targets.insert({std::string(kGateway), name});
    }
  }
  return {targets.begin(), targets.end()};
}

Config Config::With(const std::vector<ObjectPtr>& upserts,
                    const std::vector<ObjectKey>& deletes) const {
  std::map<ObjectKey, ObjectPtr> changes;
  for (const ObjectKey& key : deletes) changes[key] = nullptr;
  for (const ObjectPtr& object : upserts) changes[KeyOf(*object)] = object;
  Edits edits;
  for (const auto& [key, object] : changes) {
    if (const ObjectPtr old = Find(key)) edits.Derived(key, *old, std::nullopt);
    if (object != nullptr) edits.Derived(key, *object, object);
    edits.objects.push_back({key, object == nullptr ? std::nullopt : std::optional(object)});
  }
  Config next;
  next.objects_ = objects_.With(std::move(edits.objects));
  next.references_ = references_.With(std::move(edits.references));
  next.matches_ = matches_.With(std::move(edits.matches));
  return next;
}

ObjectPtr Config::Find(const ObjectKey& key) const {
  const ObjectPtr* found = objects_.Find(key);
  return found == nullptr ? nullptr : *found;
}

const sluice::v1::Gateway* Config::FindGateway(const std::string& name) const {
  const ObjectPtr* found = objects_.Find({std::string(kGateway), name});
  return found != nullptr && (*found)->has_gateway() ? &(*found)->gateway() : nullptr;
}

const sluice::v1::Api* Config::FindApi(const std::string& name) const {
  const ObjectPtr* found = objects_.Find({std::string(kApi), name});
  return found != nullptr && (*found)->has_api() ? &(*found)->api() : nullptr;
}

const sluice::v1::Service* Config::FindService(const std::string& name) const {
  const ObjectPtr* found = objects_.Find({std::string(kService), name});
  return found != nullptr && (*found)->has_service() ? &(*found)->service() : nullptr;
}

std::vector<ObjectPtr> Config::ReferrersOf(const ObjectKey& target) const {
  std::vector<ObjectPtr> sources;
  for (auto at = references_.LowerBound({target, {}});
       at != references_.end() && at->first.target == target; ++at) {
    sources.push_back(at->second);
  }
  return sources;
}

std::vector<ObjectPtr> Config::OfKind(std::string_view kind) const {
  std::vector<ObjectPtr> found;
  for (auto at = objects_.LowerBound({std::string(kind), {}});
       at != objects_.end() && at->first.kind == kind; ++at) {
    found.push_back(at->second);
  }
  return found;
}

}  // namespace sluice::model
