#include "controlplane/model/object_key.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::model {

ObjectKey KeyOf(const sluice::v1::Object& object) { return {object.kind(), object.name()}; }

ObjectKey KeyOf(const sluice::v1::ObjectRef& ref) { return {ref.kind(), ref.name()}; }

sluice::v1::ObjectRef RefTo(const ObjectKey& key) {
  sluice::v1::ObjectRef ref;
  ref.set_kind(key.kind);
  ref.set_name(key.name);
  return ref;
}

std::string Display(const ObjectKey& key) { return fmt::format("{} {}", key.kind, key.name); }

std::string_view TeamOf(std::string_view name) {
  const size_t slash = name.find('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

bool IsSegment(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool IsTeamKind(std::string_view kind) {
  return kind == kApi || kind == kRoute || kind == kService;
}

std::string NameError(std::string_view kind, std::string_view name) {
  if (!IsTeamKind(kind)) {
    if (IsSegment(name)) return "";
    return fmt::format("must be [a-z0-9-]{{1,63}}: a {} belongs to the platform", kind);
  }
  const size_t slash = name.find('/');
  const bool ok = slash != std::string_view::npos && IsSegment(name.substr(0, slash)) &&
                  IsSegment(name.substr(slash + 1));
  return ok ? "" : "must be \"team/name\", both [a-z0-9-]{1,63}";
}

}  // namespace sluice::model
