// A field that is set but whose function does not exist here yet is refused by its name, never
// ignored (design 4.4): an operator must not believe in a limit that nobody enforces.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "dataplane/config/error_list.h"

namespace google::protobuf {
class Message;
}

namespace sluice::config {

// Adds an error for every set field of `message` that is not in `implemented`. Does not descend.
void RefuseAllBut(const google::protobuf::Message& message,
                  std::initializer_list<std::string_view> implemented, const std::string& path,
                  ErrorList& errors);

using api::IndexPath;
using api::JoinPath;

}  // namespace sluice::config
