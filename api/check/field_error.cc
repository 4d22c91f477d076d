#include "api/check/field_error.h"

#include <fmt/format.h>

#include <algorithm>

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

bool IsInside(std::string_view path, std::string_view outer) {
  return outer.empty() ||
         (path.substr(0, outer.size()) == outer &&
          (path.size() == outer.size() || path[outer.size()] == '.' || path[outer.size()] == '['));
}

std::string_view ParentOf(std::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

bool SaysMissing(std::string_view text) {
  return text.find("is required") != std::string_view::npos ||
         text.find("must not be empty") != std::string_view::npos;
}

bool Follows(const FieldError& later, const FieldError& first) {
  const std::string& path = later.field_path;
  if (IsInside(path, first.field_path) || IsInside(first.field_path, path)) return true;
  return SaysMissing(later.text) && ParentOf(path) == ParentOf(first.field_path);
}

}  // namespace

void ErrorList::AddUnrelated(const ErrorList& later) {
  const std::vector<FieldError> first = errors_;
  for (const FieldError& error : later.errors_) {
    const bool follows = std::any_of(first.begin(), first.end(),
                                     [&](const FieldError& e) { return Follows(error, e); });
    if (!follows) Add(error.field_path, error.text);
  }
  dropped_ += later.dropped_;
}

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
