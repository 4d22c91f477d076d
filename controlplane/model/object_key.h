// How an object of the configuration is named (sluice.v1.Object): kind and name. Pure; any thread.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "sluice/v1/object.pb.h"

namespace sluice::model {

// The kinds that are implemented. Each has its member of Object.spec.
inline constexpr std::string_view kGateway = "Gateway";
inline constexpr std::string_view kApi = "Api";
inline constexpr std::string_view kRoute = "Route";
inline constexpr std::string_view kService = "Service";

struct ObjectKey {
  std::string kind;
  std::string name;  // "team/name", or without a slash for platform objects

  friend bool operator==(const ObjectKey&, const ObjectKey&) = default;
  friend std::strong_ordering operator<=>(const ObjectKey&, const ObjectKey&) = default;
};

ObjectKey KeyOf(const sluice::v1::Object& object);
ObjectKey KeyOf(const sluice::v1::ObjectRef& ref);
sluice::v1::ObjectRef RefTo(const ObjectKey& key);

// "Route shop/orders", as messages to people name it.
std::string Display(const ObjectKey& key);

// The part before the slash; "" for a platform object.
std::string_view TeamOf(std::string_view name);

// [a-z0-9-]{1,63}.
bool IsSegment(std::string_view text);

// Whether objects of `kind` belong to a team. False for unknown kinds too.
bool IsTeamKind(std::string_view kind);

// What is wrong with `name` for `kind`, a sentence's end such as "must be \"team/name\""; "" if
// nothing.
std::string NameError(std::string_view kind, std::string_view name);

}  // namespace sluice::model
