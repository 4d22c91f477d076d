// Objects as the text that `apply -f` reads again.
//
// Fields in the order of the .proto, unset ones left out, durations as "3s". What the system adds
// (etag, status) is not in the YAML, so that a file can be applied wherever and whenever; the JSON
// has it. Thread: any; pure.
#pragma once

#include <string>

#include "sluice/v1/object.pb.h"

namespace sluice::ctl {

// One document with a line feed at its end, without "---".
std::string ToYaml(const sluice::v1::Object& object);
// One JSON value: kind, name, labels, etag, spec, status.
std::string ToJson(const sluice::v1::Object& object);

}  // namespace sluice::ctl
