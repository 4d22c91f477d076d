// The whole desired configuration at one instant: an immutable value that is cheap to copy with
// changes, and the indexes over it that keep work proportional to a change. Thread: any.
//
// An object in it need not be valid, nor what it refers to be there: validate.h says what is wrong.
// Objects never change; an object that is the same pointer in two Configs is the same, which is what
// compile goes by.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <vector>

#include "controlplane/model/object_key.h"
#include "controlplane/model/shared_map.h"

namespace sluice::model {

using ObjectPtr = std::shared_ptr<const sluice::v1::Object>;

// That `source` names `target`.
struct Reference {
  ObjectKey target;
  ObjectKey source;
  friend bool operator==(const Reference&, const Reference&) = default;
  friend std::strong_ordering operator<=>(const Reference&, const Reference&) = default;
};

// Where a route stands among those of its Api: equal (api, path, predicates) means that both take
// the same requests. The texts are those of route_key.h.
struct MatchKey {
  std::string api;
  std::string path;
  std::string predicates;
  std::string route;
  friend bool operator==(const MatchKey&, const MatchKey&) = default;
  friend std::strong_ordering operator<=>(const MatchKey&, const MatchKey&) = default;
};

class Config final {
 public:
  using Objects = SharedMap<ObjectKey, ObjectPtr>;

  // A copy with changes. Keys of `deletes` that are not there are passed over; an upsert of a
  // deleted key stays. Of several upserts of one key the last holds.
  Config With(const std::vector<ObjectPtr>& upserts, const std::vector<ObjectKey>& deletes) const;

  // All objects by kind and name.
  const Objects& objects() const { return objects_; }
  // nullptr if there is none.
  ObjectPtr Find(const ObjectKey& key) const;
  // The spec of an object, borrowed from it; nullptr if there is none or its spec is of another
  // kind.
  const sluice::v1::Gateway* FindGateway(const std::string& name) const;
  const sluice::v1::Api* FindApi(const std::string& name) const;
  const sluice::v1::Service* FindService(const std::string& name) const;

  // The objects that name `target`, by kind and name: routes for an Api or a Service, Apis for a
  // Gateway. Whether `target` exists does not matter.
  std::vector<ObjectPtr> ReferrersOf(const ObjectKey& target) const;
  // All objects of one kind, by name.
  std::vector<ObjectPtr> OfKind(std::string_view kind) const;
  // The routes of `api` whose path is `path` in the form of route_key.h, by predicates and name.
  const SharedMap<MatchKey, ObjectPtr>& matches() const { return matches_; }

 private:
  Objects objects_;
  SharedMap<Reference, ObjectPtr> references_;  // to the source
  SharedMap<MatchKey, ObjectPtr> matches_;
};

// What `object` names, each once. Empty where the spec is not that of the kind.
std::vector<ObjectKey> TargetsOf(const sluice::v1::Object& object);

}  // namespace sluice::model
