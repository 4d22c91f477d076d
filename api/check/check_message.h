// Checks a message of the xDS subset, all that it holds and all that is packed into its Any fields,
// and reports every error at once. Both planes use it: the control plane on what it is given, the
// proxy on what it receives. Thread: any; nothing is kept.
//
// Refused, each with its path:
// - what breaks a constraint of the API (rules_table.h) or a rule between fields (cross_rules.h)
// - fields outside the subset, by name where api/xds-subset.tsv has one, else by number; enum
//   numbers that the API does not have; types of an Any that are not linked in (an HttpFilter or
//   FilterConfig marked is_optional may have one)
// - durations that are negative or over 10,000 years, NaN and infinite numbers
// - more than 100 levels of messages, packed ones counted
// Whether the proxy implements a field is not asked here.
#pragma once

#include <string_view>

#include "api/check/field_error.h"

namespace google::protobuf {
class Message;
}

namespace sluice::api {

// `path`: where the message stands, "" for a resource of its own.
void CheckMessage(const google::protobuf::Message& message, std::string_view path,
                  ErrorList& errors);

}  // namespace sluice::api
