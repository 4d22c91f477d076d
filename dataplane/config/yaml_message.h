// Fills a protobuf message from YAML by the proto3 JSON mapping, as Envoy reads its files, but with
// all errors at once, each with its field path, line and column. (protobuf's own JSON reader stops
// at the first error and knows no lines.)
//
// Beyond the JSON mapping: numbers may be hexadecimal (0x1f) or octal (0o17, 017), booleans may be
// written yes/no/on/off, and anchors with aliases may be used. Stricter: a number, true or false
// without quotes is no text, and a number outside its enum is refused.
//
// Thread: any. Nothing is kept between calls.
#pragma once

#include <cstddef>
#include <string_view>

#include "dataplane/config/error_list.h"

namespace YAML {
class Node;
}
namespace google::protobuf {
class Message;
}

namespace sluice::config {

struct YamlLimits {
  // Values read before giving up, those behind an alias counted each time (billion laughs).
  size_t max_values = 1'000'000;
  // Nested messages, counted as protobuf does, which reads no more than 100 levels back.
  int max_depth = 100;
};

// False exactly when errors were added; `message` is then filled in part. Field names may be as in
// the .proto (snake_case) or lowerCamelCase. An Any takes "@type" of any message linked in. `path`
// is that of `message`, "" for a root.
bool YamlToMessage(const YAML::Node& node, google::protobuf::Message& message,
                   std::string_view path, ErrorList& errors, YamlLimits limits = {});

}  // namespace sluice::config
