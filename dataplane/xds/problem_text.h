// What is wrong with resources, in the words that the control plane and its operators read.
// Pure functions. Thread: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "google/rpc/status.pb.h"
#include "sluice/xds/v1/commit.pb.h"

namespace sluice::xds {

using Problems = std::vector<::sluice::xds::v1::Problem>;

// The longest message of a refusal; servers log it, and HTTP/2 is not the place for more (R12).
inline constexpr size_t kMaxRefusalBytes = 4096;

// `text` may begin with a field path and ": ", which goes to where it belongs.
::sluice::xds::v1::Problem ContentProblem(std::string_view type_url, std::string_view resource,
                                          std::string_view text);

// "'pay': name: must not be empty; 'search': ...", at most kMaxRefusalBytes, with a count of what
// did not fit. UTF-8, also where the peer's names are not.
std::string RefusalText(const Problems& problems);

// The error_detail that refuses a response: INVALID_ARGUMENT and that text.
google::rpc::Status Refusal(const Problems& problems);

// The error_detail that answers a Commit: the report in details[0]; OK when nothing is refused,
// which is an ACK (wire.md section 1).
google::rpc::Status CommitAnswer(const ::sluice::xds::v1::CommitReport& report);

}  // namespace sluice::xds
