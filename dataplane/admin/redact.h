// Takes secrets out of a message before it is shown. Pure; any thread.
#pragma once

#include <google/protobuf/message.h>

namespace sluice::admin {

inline constexpr char kRedacted[] = "[redacted]";

// Everything below fields that hold private keys, passwords, ticket keys, tokens and the like is
// replaced by kRedacted (text, bytes) or dropped (other kinds), also inside packed Any fields whose
// type this program knows; an Any of another type is emptied, since nobody can say what it holds.
void Redact(google::protobuf::Message& message);

}  // namespace sluice::admin
