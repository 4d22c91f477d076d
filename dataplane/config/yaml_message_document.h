// Text to a YAML tree, guarded against what yaml-cpp 0.7 does with hostile or damaged text: its
// exceptions, a forgotten quote that swallows the rest, an endless loop over what stands behind a
// document, and more nodes than memory. Thread: any; pure.
#pragma once

#include <yaml-cpp/node/node.h>

#include <cstddef>
#include <optional>
#include <string_view>

#include "dataplane/config/error_list.h"

namespace sluice::config {

// Values written in one text, those behind an alias not counted. A tree takes some 300 bytes each.
inline constexpr size_t kMaxYamlValues = 4'000'000;

// The only document of the text, or nothing and one error without a path. UTF-8 only, without NUL.
std::optional<YAML::Node> ParseYaml(std::string_view text, ErrorList& errors,
                                    size_t max_values = kMaxYamlValues);

}  // namespace sluice::config
