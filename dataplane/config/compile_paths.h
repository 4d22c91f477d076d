// What may stand where a configuration writes a part of a request target or an authority. Pure.
#pragma once

#include <string>
#include <string_view>

#include "dataplane/config/error_list.h"

namespace sluice::config {

enum class PathText {
  kPath,          // no query
  kPathAndQuery,  // '?' is allowed
  kSubstitution,  // of a regex: '\' is allowed too
};

// Adds an error if `text` has a byte that a request target cannot hold (RFC 3986 3.3): it would be
// sent as it is and could be read as something else by the next server. Empty is fine.
void CheckPathText(std::string_view text, PathText kind, const std::string& path,
                   ErrorList& errors);

// Adds an error unless `host` is host[:port] (RFC 9110 7.2). Empty is fine.
void CheckAuthorityText(std::string_view host, const std::string& path, ErrorList& errors);

}  // namespace sluice::config
