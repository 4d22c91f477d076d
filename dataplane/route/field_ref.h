// The name of a header field as configuration gives it, looked up once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dataplane/http/field_id.h"
#include "dataplane/http/head.h"

namespace sluice::route {

// The fields of a message that name something. `id` is kUnknown for names outside field_id.h.
struct FieldRef {
  http::FieldId id = http::FieldId::kUnknown;
  std::string name;  // lower case; "": none
  bool empty() const { return name.empty(); }
};

// The first value of that field.
inline std::optional<std::string_view> First(const http::Head& head, const FieldRef& field) {
  return field.id != http::FieldId::kUnknown ? head.Get(field.id) : head.Find(field.name);
}

}  // namespace sluice::route
