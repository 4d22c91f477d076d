// A command line, taken apart by what a command says it takes.
//
// Flags may stand anywhere, as "--name value" or "--name=value"; "--" ends them; "-f" and the like
// are short for one. Thread: any; pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace sluice::ctl {

struct FlagSpec {
  std::string_view name;  // "timeout"
  bool takes_value = true;
  std::string_view shortcut;  // "f" for -f, or empty.
};

class Arguments final {
 public:
  // Nothing, and `error` filled in, for a flag that is unknown, lacks its value or has one too
  // many.
  static std::optional<Arguments> Parse(const std::vector<std::string>& words,
                                        const std::vector<FlagSpec>& flags, std::string& error);

  const std::vector<std::string>& words() const { return words_; }
  bool Has(std::string_view flag) const { return values_.contains(flag); }
  // Of the last time the flag is there; `otherwise` if it is not.
  std::string Get(std::string_view flag, std::string_view otherwise = "") const;
  // All values of a flag that may be there several times.
  std::vector<std::string> All(std::string_view flag) const;

  // The flag's value as a whole number or a duration; nothing, and `error` filled in, if it is
  // none.
  std::optional<uint64_t> Number(std::string_view flag, uint64_t otherwise,
                                 std::string& error) const;
  std::optional<absl::Duration> Duration(std::string_view flag, absl::Duration otherwise,
                                         std::string& error) const;

 private:
  std::vector<std::string> words_;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

}  // namespace sluice::ctl
