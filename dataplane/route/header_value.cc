#include "dataplane/route/header_value.h"

#include "dataplane/base/ascii.h"

namespace sluice::route {

bool IsNamed(const http::Field& field, const HeaderName& name) {
  if (field.removed() || field.id != name.id) return false;
  return name.id != http::FieldId::kUnknown || base::EqualsIgnoreCase(field.name(), name.text);
}

JoinedValue::JoinedValue(const http::Head& head, const HeaderName& name) {
  switch (name.source) {
    case HeaderName::Source::kField:
      ReadField(head, name);
      break;
    case HeaderName::Source::kMethod:
      value_ = head.method_text;
      break;
    case HeaderName::Source::kPath:
      ReadPath(head);
      break;
    case HeaderName::Source::kAuthority:
      if (!head.authority.empty()) value_ = head.authority;
      break;
    case HeaderName::Source::kScheme:
      value_ = head.scheme;
      break;
    case HeaderName::Source::kNothing:
      break;
  }
}

void JoinedValue::ReadField(const http::Head& head, const HeaderName& name) {
  if (name.id != http::FieldId::kUnknown && !head.Has(name.id)) return;
  for (uint32_t i = 0; i < head.size(); ++i) {
    const http::Field& field = head.at(i);
    if (!IsNamed(field, name)) continue;
    if (value_) {
      Join(",", field.value());
    } else {
      value_ = field.value();
    }
  }
}

void JoinedValue::ReadPath(const http::Head& head) {
  if (head.path.empty()) return;
  value_ = head.path;
  if (head.has_query) Join("?", head.query);
}

void JoinedValue::Join(std::string_view separator, std::string_view more) {
  const std::string_view so_far = *value_;
  const size_t size = so_far.size() + separator.size() + more.size();
  if (large_.empty() && size <= sizeof(small_)) {
    if (used_ == 0) so_far.copy(small_, so_far.size());
    separator.copy(small_ + so_far.size(), separator.size());
    more.copy(small_ + so_far.size() + separator.size(), more.size());
    used_ = size;
    value_ = std::string_view(small_, size);
    return;
  }
  if (large_.empty()) large_.assign(so_far);
  large_.append(separator).append(more);
  value_ = large_;
}

}  // namespace sluice::route
