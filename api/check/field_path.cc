#include "api/check/field_path.h"

#include "api/check/field_error.h"

namespace sluice::api {

std::string FieldPath::ToString() const {
  const std::string path = JoinPath(parent_ == nullptr ? "" : parent_->ToString(), name_);
  if (part_ == Part::kIndex) return IndexPath(path, index_);
  if (part_ == Part::kKey) return KeyPath(path, key_);
  return path;
}

}  // namespace sluice::api
