// A text for what a route matches, so that two routes that take the same requests have the same
// text however they are written: order, letter case of field names and names of variables do not
// matter. Pure; any thread. For comparing only; invalid matches have texts too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sluice/v1/route.pb.h"

namespace sluice::model {

// Of match.path: "exact /a", "prefix /a", "template /a/{}/b". No path is "prefix /".
std::string PathKey(const sluice::v1::RouteMatch& match);

// Of all else, one condition a line.
std::string PredicatesKey(const sluice::v1::RouteMatch& match);

// The methods a match takes: sorted, each once, HEAD with GET. Empty: any.
std::vector<std::string> MethodsOf(const sluice::v1::RouteMatch& match);

// The prefix that a match with a prefix or without a path asks for, "" for everything.
std::string_view PrefixOf(const sluice::v1::RouteMatch& match);

}  // namespace sluice::model
