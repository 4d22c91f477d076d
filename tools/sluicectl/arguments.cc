#include "tools/sluicectl/arguments.h"

#include <fmt/format.h>

#include "tools/sluicectl/scalars.h"

namespace sluice::ctl {
namespace {

// The flag that `word` names, with what stands behind its '='.
const FlagSpec* FindFlag(std::string_view word, const std::vector<FlagSpec>& flags,
                         std::optional<std::string>& value) {
  const bool is_long = word.starts_with("--");
  std::string_view name = word.substr(is_long ? 2 : 1);
  if (const size_t equals = name.find('='); equals != std::string_view::npos) {
    value = std::string(name.substr(equals + 1));
    name = name.substr(0, equals);
  }
  for (const FlagSpec& flag : flags) {
    if (name == (is_long ? flag.name : flag.shortcut) && !name.empty()) return &flag;
  }
  return nullptr;
}

}  // namespace

std::optional<Arguments> Arguments::Parse(const std::vector<std::string>& words,
                                          const std::vector<FlagSpec>& flags, std::string& error) {
  Arguments arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      arguments.words_.insert(arguments.words_.end(), words.begin() + static_cast<long>(i) + 1,
                              words.end());
      break;
    }
    if (word.size() < 2 || word[0] != '-') {  // "-" alone is a file name
      arguments.words_.push_back(word);
      continue;
    }
    std::optional<std::string> value;
    const FlagSpec* flag = FindFlag(word, flags, value);
    if (!flag) {
      error = fmt::format("there is no flag {}", word.substr(0, word.find('=')));
      return std::nullopt;
    }
    if (flag->takes_value && !value) {
      if (i + 1 == words.size()) {
        error = fmt::format("{} needs a value", word);
        return std::nullopt;
      }
      value = words[++i];
    } else if (!flag->takes_value && value) {
      error = fmt::format("--{} takes no value", flag->name);
      return std::nullopt;
    }
    arguments.values_[std::string(flag->name)].push_back(value.value_or(""));
  }
  return arguments;
}

std::string Arguments::Get(std::string_view flag, std::string_view otherwise) const {
  const auto found = values_.find(flag);
  return found == values_.end() ? std::string(otherwise) : found->second.back();
}

std::vector<std::string> Arguments::All(std::string_view flag) const {
  const auto found = values_.find(flag);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

std::optional<uint64_t> Arguments::Number(std::string_view flag, uint64_t otherwise,
                                          std::string& error) const {
  if (!Has(flag)) return otherwise;
  const std::optional<uint64_t> number = ToUnsigned(Get(flag));
  if (!number) error = fmt::format("--{} must be a whole number, not '{}'", flag, Get(flag));
  return number;
}

std::optional<absl::Duration> Arguments::Duration(std::string_view flag, absl::Duration otherwise,
                                                  std::string& error) const {
  if (!Has(flag)) return otherwise;
  const std::optional<google::protobuf::Duration> value = ToDuration(Get(flag));
  if (!value) {
    error = fmt::format("--{} must be a duration such as 30s, not '{}'", flag, Get(flag));
    return std::nullopt;
  }
  return absl::Seconds(value->seconds()) + absl::Nanoseconds(value->nanos());
}

}  // namespace sluice::ctl
