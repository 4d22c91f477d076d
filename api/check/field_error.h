// Everything that is wrong with one configuration, each with the path of its field, so that an
// author sees all errors at once. Value types; any thread.
//
// Paths are written as in the YAML: "static_resources.listeners[0].filter_chains[0]", map keys as
// `typed_extension_protocol_options["name"]`, and "" for the whole. A packed Any adds nothing to
// the path of its field.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace sluice::api {

struct FieldError {
  std::string field_path;
  std::string text;
  friend bool operator==(const FieldError&, const FieldError&) = default;
};

class ErrorList final {
 public:
  // More than this tells an author nothing, and a hostile resource could fill memory with them.
  static constexpr size_t kMaxErrors = 1000;
  static constexpr size_t kMaxBytesOfOne = 1024;  // of path and of text

  // Control characters become '?', so that an error stays on its line; too long ones are cut.
  void Add(std::string_view field_path, std::string_view text);
  // Adds the errors of `later`, a check of what was read in spite of the errors here, but for those
  // that probably follow from these: at, inside or around a field that could not be read, or the
  // lack of a field beside one (it may be misspelt).
  void AddUnrelated(const ErrorList& later);
  bool empty() const { return errors_.empty(); }
  // Of those kept: at most kMaxErrors.
  size_t size() const { return errors_.size(); }
  const std::vector<FieldError>& errors() const { return errors_; }
  // How many came after the first kMaxErrors.
  size_t dropped() const { return dropped_; }
  // OK when empty, else INVALID_ARGUMENT with one "path: text" per line.
  absl::Status ToStatus() const;

 private:
  std::vector<FieldError> errors_;
  size_t dropped_ = 0;
};

// "a.b" for ("a", "b"), "b" for ("", "b").
std::string JoinPath(std::string_view parent, std::string_view field);
// "a[3]".
std::string IndexPath(std::string_view parent, int index);
// `a["key"]`.
std::string KeyPath(std::string_view parent, std::string_view key);

}  // namespace sluice::api
