// A regular expression of the configuration (xDS: type.matcher.v3.RegexMatcher): RE2, full match,
// linear in the subject whatever the pattern.
//
// Immutable, shared by all workers. RE2 keeps its automaton behind a reader lock of its own; that
// is the one lock of the request path, and only requests that reach a regex take it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace re2 {
class RE2;
}

namespace sluice::route {

// Instructions of a compiled program: about one for each literal byte. Envoy refuses over 100 by
// default, which a long path template exceeds; this bounds memory (some 20 bytes each) and the
// cost of one byte of a subject.
inline constexpr uint32_t kDefaultRegexProgramLimit = 1000;

class Regex final {
 public:
  // INVALID_ARGUMENT says what is wrong with the pattern or that its program exceeds
  // `program_limit`; the caller puts the field path in front.
  static absl::StatusOr<Regex> Compile(std::string_view pattern,
                                       uint32_t program_limit = kDefaultRegexProgramLimit);
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  // The whole of `subject` matches. Bytes that are not UTF-8 count as one character each, so that
  // a stray byte cannot make "no match" out of a match.
  bool FullMatch(std::string_view subject) const;
  // `subject` with every match replaced by `substitution` (\0 to \9 are groups); xDS:
  // RegexMatchAndSubstitute. Allocates: RE2 writes to a std::string.
  std::string ReplaceAll(std::string_view subject, std::string_view substitution) const;
  // Whether `substitution` names only groups that the pattern has.
  bool AcceptsSubstitution(std::string_view substitution, std::string* why) const;

  std::string_view pattern() const;
  // Bytes that every matching subject starts with; "" if there are none or they are not obvious.
  std::string_view literal_prefix() const { return literal_prefix_; }

 private:
  explicit Regex(std::unique_ptr<re2::RE2> utf8);

  std::unique_ptr<re2::RE2> utf8_;
  std::unique_ptr<re2::RE2> bytes_;  // the same pattern over single bytes
  std::string literal_prefix_;
};

}  // namespace sluice::route
