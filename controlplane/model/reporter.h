// What validation found, and how one object's checks say it. A problem names an object, a field of
// it and what is wrong there, in words for the author; programs go by its code.
//
// One thread at a time.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controlplane/model/object_key.h"
#include "sluice/v1/object.pb.h"

namespace sluice::model {

// Sorted by object, path and text; none twice.
struct Findings {
  std::vector<sluice::v1::Problem> problems;  // each alone refuses the configuration
  std::vector<sluice::v1::Problem> warnings;
};

// Problem.code, as object.proto lists them.
inline constexpr std::string_view kInvalid = "invalid";
inline constexpr std::string_view kUnknownReference = "unknown_reference";
inline constexpr std::string_view kConflict = "conflict";
inline constexpr std::string_view kNotAdmitted = "not_admitted";
inline constexpr std::string_view kShadowed = "shadowed";
inline constexpr std::string_view kNotImplemented = "not_implemented";

// Adds what is wrong with `object` to `findings`, which outlives it.
class Reporter final {
 public:
  Reporter(Findings& findings, ObjectKey object)
      : findings_(findings), object_(std::move(object)) {}

  // Whose problems it reports.
  const ObjectKey& object() const { return object_; }

  // `text` ends the sentence that the field begins: "must not be empty".
  void Invalid(std::string_view path, std::string_view text) { Add(kInvalid, path, text); }
  // `related`: what else has to do with it, such as the object it clashes with.
  void Add(std::string_view code, std::string_view path, std::string_view text,
           const std::vector<ObjectKey>& related = {});
  // Worth knowing, but no reason to refuse.
  void Warn(std::string_view code, std::string_view path, std::string_view text,
            const std::vector<ObjectKey>& related);
  // Adds `text` unless it is empty, as the functions of paths.h and syntax.h return it. `value` is
  // what was written.
  void Check(std::string_view path, std::string_view value, std::string_view text);

 private:
  sluice::v1::Problem Make(std::string_view code, std::string_view path, std::string_view text,
                           const std::vector<ObjectKey>& related) const;

  Findings& findings_;
  const ObjectKey object_;
};

// Sorts, and takes out what was said twice.
void Tidy(Findings& findings);

}  // namespace sluice::model
