// The rules of one field against what a message holds there. Pure; any thread.
#pragma once

#include <google/protobuf/message.h>

#include "api/check/field_error.h"
#include "api/check/field_path.h"
#include "api/check/rule_set.h"

namespace sluice::api {

// `path` is that of `message`. Values that the walk refuses in any message (check_message.h:
// negative durations, NaN, unknown enum numbers) are left to it, so that each is reported once.
void CheckField(const FieldRules& rules, const google::protobuf::Message& message,
                const FieldPath& path, ErrorList& errors);

}  // namespace sluice::api
