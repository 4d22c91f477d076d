// The errors of resources as the control plane hears them (wire.md section 1: Problem). Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/config/error_list.h"
#include "dataplane/config/resource.h"
#include "sluice/xds/v1/commit.pb.h"

namespace sluice::config {

using Problem = ::sluice::xds::v1::Problem;
using Problems = std::vector<Problem>;

// Adds one CONTENT problem for each of `errors`, which are all of `resource`, with the origin
// nearest to its field.
void AddProblems(ResourceType type, const Resource& resource, const ErrorList& errors,
                 Problems& out);

// A problem of this proxy only. `code` is one word that programs may look at, such as
// "bind_failed"; the text becomes "code: text".
Problem LocalProblem(ResourceType type, std::string_view resource, std::string_view code,
                     std::string_view text);
// One that is about no resource in particular.
Problem GeneralProblem(Problem::Kind kind, std::string_view text);

// "Listener 'web': filter_chains: ..." for the log.
std::string ProblemText(const Problem& problem);

}  // namespace sluice::config
