#include "dataplane/http/head.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "dataplane/base/ascii.h"
#include "dataplane/http/text.h"

namespace sluice::http {

void Head::Grow() {
  const uint32_t capacity = capacity_ == 0 ? kFirstCapacity : capacity_ * 2;
  Field* fields = arena_->NewArray<Field>(capacity);
  if (count_ != 0) std::memcpy(fields, fields_, count_ * sizeof(Field));
  fields_ = fields;
  capacity_ = capacity;
}

const Field* Head::LineByScan(FieldId id) const {
  for (uint32_t i = kScanFrom; i < count_; ++i) {
    if (fields_[i].id == id && !fields_[i].removed()) return &fields_[i];
  }
  return nullptr;  // never: first_ says that there is one
}

void Head::FindFirst(FieldId id, uint32_t from) {
  if (id == FieldId::kUnknown) return;
  uint8_t& first = first_[static_cast<uint8_t>(id)];
  first = 0;
  for (uint32_t i = from; i < count_; ++i) {
    if (fields_[i].id != id || fields_[i].removed()) continue;
    first = static_cast<uint8_t>(std::min(i, kScanFrom) + 1);
    return;
  }
}

std::optional<std::string_view> Head::Find(std::string_view name) const {
  const FieldId id = LookupField(name);
  if (id != FieldId::kUnknown) return Get(id);
  for (uint32_t i = 0; i < count_; ++i) {
    if (Named(fields_[i], name, id)) return fields_[i].value();
  }
  return std::nullopt;
}

std::optional<std::string_view> Head::Combined(std::string_view name) const {
  const FieldId id = LookupField(name);
  size_t lines = 0;
  size_t bytes = 0;
  std::string_view only;
  for (uint32_t i = 0; i < count_; ++i) {
    if (!Named(fields_[i], name, id)) continue;
    only = fields_[i].value();
    bytes += only.size();
    ++lines;
  }
  if (lines == 0) return std::nullopt;
  if (lines == 1) return only;
  const size_t size = bytes + 2 * (lines - 1);
  char* const text = arena_->NewArray<char>(size);
  char* out = text;
  bool first = true;
  for (uint32_t i = 0; i < count_; ++i) {
    const Field& field = fields_[i];
    if (!Named(field, name, id)) continue;
    if (!std::exchange(first, false)) {
      *out++ = ',';
      *out++ = ' ';
    }
    if (field.value_size != 0) std::memcpy(out, field.value_data, field.value_size);
    out += field.value_size;
  }
  return std::string_view(text, static_cast<size_t>(out - text));
}

uint32_t Head::Count(FieldId id) const {
  uint32_t count = 0;
  for (uint32_t i = 0; i < count_; ++i) {
    if (fields_[i].id == id && !fields_[i].removed()) ++count;
  }
  return count;
}

bool Head::Named(const Field& field, std::string_view name, FieldId id) const {
  if (field.removed() || field.id != id) return false;
  return id != FieldId::kUnknown || base::EqualsIgnoreCase(field.name(), name);
}

inline void Head::Add(std::string_view name, std::string_view value, FieldId id, uint8_t flags) {
  // Limits are the codecs' business; here any number of lines goes.
  if (count_ == capacity_) Grow();
  Field& field = fields_[count_++];
  field.name_data = name.data();
  field.value_data = value.data();
  field.value_size = static_cast<uint32_t>(value.size());
  field.name_size = static_cast<uint16_t>(name.size());
  field.id = id;
  field.flags = flags;
  seen_ |= FieldBit(id);
  uint8_t& first = first_[static_cast<uint8_t>(id)];
  if (first == 0 && id != FieldId::kUnknown && (flags & Field::kRemoved) == 0) {
    first = static_cast<uint8_t>(std::min(count_, kScanFrom + 1));
  }
}

void Head::AddReceived(std::string_view name, std::string_view value, FieldId id, uint8_t flags) {
  Add(name, value, id, flags);
  received_bytes += static_cast<uint32_t>(name.size() + value.size());
}

void Head::Append(std::string_view name, std::string_view value) {
  const FieldId id = LookupField(name);
  const std::string_view known = FieldName(id);
  Add(name == known ? known : arena_->Copy(name), arena_->Copy(value), id, 0);
}

void Head::Append(FieldId id, std::string_view value) {
  Add(FieldName(id), arena_->Copy(value), id, 0);
}

void Head::AppendBorrowed(FieldId id, std::string_view name, std::string_view value) {
  Add(name, value, id, 0);
}

void Head::AppendLine(FieldId id, std::string_view line) {
  const size_t name_size = FieldName(id).size();
  Add({line.data(), name_size}, {line.data() + name_size + 2, line.size() - name_size - 4}, id,
      Field::kWholeLine);
}

void Head::Set(FieldId id, std::string_view value) {
  Remove(id);
  Append(id, value);
}

void Head::Set(std::string_view name, std::string_view value) {
  Remove(name);
  Append(name, value);
}

void Head::MarkRemoved(uint32_t i) {
  fields_[i].flags |= Field::kRemoved;
  intact_ = std::min(intact_, i);
}

uint32_t Head::Remove(FieldId id) {
  uint8_t& first = first_[static_cast<uint8_t>(id)];
  if (first == 0) return 0;
  uint32_t removed = 0;
  for (uint32_t i = first - 1u; i < count_; ++i) {
    if (fields_[i].id != id || fields_[i].removed()) continue;
    MarkRemoved(i);
    ++removed;
  }
  first = 0;
  return removed;
}

uint32_t Head::Remove(std::string_view name) {
  const FieldId id = LookupField(name);
  if (id != FieldId::kUnknown) return Remove(id);
  uint32_t removed = 0;
  for (uint32_t i = 0; i < count_; ++i) {
    if (!Named(fields_[i], name, id)) continue;
    MarkRemoved(i);
    ++removed;
  }
  return removed;
}

void Head::RemoveAt(uint32_t i) {
  const Field& field = fields_[i];
  if (field.removed()) return;
  MarkRemoved(i);
  const uint8_t first = first_[static_cast<uint8_t>(field.id)];
  if (first != 0 && (first - 1u == i || first > kScanFrom)) {
    FindFirst(field.id, std::min(i, kScanFrom));
  }
}

void Head::ClearUsed() {
  buffer::Arena& arena = *arena_;
  this->~Head();
  new (this) Head(arena);
}

std::string MakeFieldLine(FieldId id, std::string_view value) {
  std::string clean(value);
  for (char& c : clean) {
    if ((static_cast<uint8_t>(c) < 0x20 && c != '\t') || c == 0x7F) c = ' ';
  }
  return std::string(FieldName(id)).append(": ").append(TrimOws(clean)).append("\r\n");
}

}  // namespace sluice::http
