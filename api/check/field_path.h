// The path of a field while a message is walked: a chain of borrowed names on the stack, put
// together as text only when there is an error to report. One route configuration may hold a
// million routes, and nearly none has an error.
//
// A child borrows its parent and its own name, so each level has to be a named local.
#pragma once

#include <string>
#include <string_view>

namespace sluice::api {

class FieldPath final {
 public:
  // `root`: the path of the message that the walk starts with, "" for a resource of its own.
  explicit FieldPath(std::string_view root) : name_(root) {}

  // "parent.name".
  FieldPath Field(std::string_view name) const& { return {this, name, Part::kNone, -1, {}}; }
  // "parent.name[index]".
  FieldPath Field(std::string_view name, int index) const& {
    return {this, name, Part::kIndex, index, {}};
  }
  // `parent.name["key"]`.
  FieldPath Entry(std::string_view name, std::string_view key) const& {
    return {this, name, Part::kKey, -1, key};
  }
  FieldPath Field(std::string_view name) && = delete;
  FieldPath Field(std::string_view name, int index) && = delete;
  FieldPath Entry(std::string_view name, std::string_view key) && = delete;

  std::string ToString() const;

 private:
  enum class Part : char { kNone, kIndex, kKey };
  FieldPath(const FieldPath* parent, std::string_view name, Part part, int index,
            std::string_view key)
      : parent_(parent), name_(name), key_(key), index_(index), part_(part) {}

  const FieldPath* parent_ = nullptr;
  std::string_view name_;
  std::string_view key_;
  int index_ = -1;
  Part part_ = Part::kNone;
};

}  // namespace sluice::api
