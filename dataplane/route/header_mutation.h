// Fields that a route configuration adds to or removes from messages (xDS: request_headers_to_add,
// request_headers_to_remove, response_headers_to_add, response_headers_to_remove).
//
// Immutable, shared by all workers. Applied values borrow from here: the Match that led here is
// held until the message is written.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/http/head.h"

namespace sluice::route {

// xDS: HeaderValueOption.HeaderAppendAction. "Exists" is asked when the entry's turn comes, so an
// earlier entry of the same list counts.
enum class AppendAction : uint8_t {
  kAppendIfExistsOrAdd,  // one more line
  kAddIfAbsent,
  kOverwriteIfExistsOrAdd,  // all lines of that name become one
  kOverwriteIfExists,
};

struct FieldAdd {
  http::FieldId id = http::FieldId::kUnknown;
  AppendAction action = AppendAction::kAppendIfExistsOrAdd;
  std::string name;   // lower case
  std::string value;  // literal; never empty unless the field is wanted empty
};

struct FieldRemove {
  http::FieldId id = http::FieldId::kUnknown;
  std::string name;  // lower case
};

// Of one direction and one level. Removals come first, so a field can be replaced by both.
struct FieldMutation {
  std::vector<FieldRemove> remove;
  std::vector<FieldAdd> add;

  bool empty() const { return remove.empty() && add.empty(); }
  // Names and values are borrowed, not copied: this object outlives the head.
  void Apply(http::Head& head) const;
};

// Of one level: RouteConfiguration, VirtualHost, Route or WeightedCluster.ClusterWeight.
struct HeaderMutation {
  FieldMutation request;
  FieldMutation response;
  bool empty() const { return request.empty() && response.empty(); }
};

// The levels of one route in the order of application, so that later ones win: route, virtual host,
// configuration; the reverse with most_specific_header_mutations_wins. Empty levels are left out.
using MutationLevels = std::vector<std::shared_ptr<const HeaderMutation>>;

}  // namespace sluice::route
