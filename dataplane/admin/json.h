// JSON for the admin pages: strings escaped, everything else is written by hand.
#pragma once

#include <string>
#include <string_view>

#include "dataplane/config/access_log_escape.h"

namespace sluice::admin {

// `text` as a JSON string with its quotes; what is not UTF-8 becomes U+FFFD.
inline std::string JsonString(std::string_view text) {
  std::string out = "\"";
  config::AppendJsonEscaped(text, out);
  out += '"';
  return out;
}

}  // namespace sluice::admin
