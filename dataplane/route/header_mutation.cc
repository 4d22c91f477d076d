#include "dataplane/route/header_mutation.h"

#include "dataplane/base/ascii.h"

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

// Removes fields that some servers would read as `name`: with '.' or '_' in place of a '-'. What a
// route sets must be the only one of its kind (negative case 64).
void DropLookAlikes(http::Head& head, std::string_view name) {
  if (name.find('-') == std::string_view::npos) return;
  for (uint32_t i = 0; i < head.size(); ++i) {
    const http::Field& field = head.at(i);
    if (field.removed() || field.name_size != name.size() || field.id != http::FieldId::kUnknown) continue;
    bool same = true, differs = false;
    for (size_t k = 0; k < name.size() && same; ++k) {
      const char c = base::AsciiLower(field.name_data[k]);
      const bool dash = name[k] == '-' && (c == '.' || c == '_');
      same = dash || c == name[k];
      differs |= dash;
    }
    if (same && differs) head.RemoveAt(i);
  }
}

}  // namespace

void FieldMutation::Apply(http::Head& head) const {
  for (const FieldRemove& field : remove) Drop(head, field.id, field.name);
  for (const FieldAdd& field : add) {
    DropLookAlikes(head, field.name);
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
