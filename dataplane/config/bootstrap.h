// Reads the file a proxy starts from: the YAML or JSON that also starts Envoy, within the subset of
// api/envoy. Thread: any; pure functions of the text.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "dataplane/config/error_list.h"
#include "envoy/config/bootstrap/v3/bootstrap.pb.h"

namespace sluice::config {

// Bytes of one bootstrap text; more is refused unread.
inline constexpr size_t kMaxBootstrapBytes = 64u << 20;

// One YAML document, or JSON, which YAML contains. Checks names, types and ranges of fields only;
// what values may be is api/check's matter. Fields and enum values outside the subset are refused
// by name, never ignored (design 4.4).
//
// Nothing exactly when errors were added; then `errors` holds all of them, each with line and
// column. A text that is not YAML at all gives one error, without a path.
std::optional<envoy::config::bootstrap::v3::Bootstrap> LoadBootstrap(std::string_view text,
                                                                     ErrorList& errors);
// The same, but gives what could be read in spite of errors, so that the checks behind it can add
// theirs; it must not be served then. Nothing if the text is not YAML at all.
std::optional<envoy::config::bootstrap::v3::Bootstrap> ReadBootstrap(std::string_view text,
                                                                     ErrorList& errors);

}  // namespace sluice::config
