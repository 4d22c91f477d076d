// The operators of access log formats by name: %NAME%, %NAME(argument)%, %NAME(argument):length%.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dataplane/config/access_log_spec.h"

namespace sluice::config {

struct OperatorText {
  std::string_view name;                     // "REQ"
  std::optional<std::string_view> argument;  // what is between the parentheses
  std::optional<uint32_t> max_length;
};

// The operator, or what is wrong with it (a text for the operator's author).
struct OperatorResult {
  std::optional<LogOperator> op;
  std::string error;
};
OperatorResult CompileOperator(const OperatorText& text);

// How a worker copies the value of `op`, the operator at `index`; IsCopied(op.value).
LogCopy CompileCopy(const LogOperator& op, uint32_t index);

}  // namespace sluice::config
