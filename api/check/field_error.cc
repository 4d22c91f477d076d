#include "api/check/field_error.h"

#include <fmt/format.h>

namespace sluice::api {
namespace {

std::string OneLine(std::string_view text) {
  std::string line(text.substr(0, ErrorList::kMaxBytesOfOne));
  if (line.size() < text.size()) {
    // No half of a UTF-8 character at the end: it would make the whole status text invalid.
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0) == 0x80) {
      line.pop_back();
    }
    if (!line.empty() && static_cast<unsigned char>(line.back()) >= 0xC0) line.pop_back();
    line += "...";
  }
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return line;
}

}  // namespace

void ErrorList::Add(std::string_view field_path, std::string_view text) {
  if (errors_.size() >= kMaxErrors) {
    ++dropped_;
    return;
  }
  errors_.push_back({OneLine(field_path), OneLine(text)});
}

absl::Status ErrorList::ToStatus() const {
  if (errors_.empty()) return absl::OkStatus();
  std::string text;
  for (const FieldError& error : errors_) {
    if (!text.empty()) text += '\n';
    if (!error.field_path.empty()) text += error.field_path + ": ";
    text += error.text;
  }
  if (dropped_ > 0) text += fmt::format("\nand {} more errors", dropped_);
  return absl::InvalidArgumentError(text);
}

std::string JoinPath(std::string_view parent, std::string_view field) {
  return parent.empty() ? std::string(field) : fmt::format("{}.{}", parent, field);
}

std::string IndexPath(std::string_view parent, int index) {
  return fmt::format("{}[{}]", parent, index);
}

std::string KeyPath(std::string_view parent, std::string_view key) {
  return fmt::format("{}[\"{}\"]", parent, key);
}

}  // namespace sluice::api
