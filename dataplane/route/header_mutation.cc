#include "dataplane/route/header_mutation.h"

namespace sluice::route {
namespace {

bool Exists(const http::Head& head, const FieldAdd& add) {
  return add.id != http::FieldId::kUnknown ? head.Has(add.id) : head.Find(add.name).has_value();
}

void Drop(http::Head& head, http::FieldId id, std::string_view name) {
  if (id != http::FieldId::kUnknown) {
    head.Remove(id);
  } else {
    head.Remove(name);
  }
}

}  // namespace

void FieldMutation::Apply(http::Head& head) const {
  for (const FieldRemove& field : remove) Drop(head, field.id, field.name);
  for (const FieldAdd& field : add) {
    switch (field.action) {
      case AppendAction::kAppendIfExistsOrAdd:
        break;
      case AppendAction::kAddIfAbsent:
        if (Exists(head, field)) continue;
        break;
      case AppendAction::kOverwriteIfExists:
        if (!Exists(head, field)) continue;
        [[fallthrough]];
      case AppendAction::kOverwriteIfExistsOrAdd:
        Drop(head, field.id, field.name);
        break;
    }
    head.AppendBorrowed(field.id, field.name, field.value);
  }
}

}  // namespace sluice::route
