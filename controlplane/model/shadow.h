// Routes that never match because an earlier one takes all their requests. Only what is certain is
// said: in the fixed order (order.h) the longer literal path comes first, so a route can only be
// covered by one with the same path. Pure; any thread.
#pragma once

#include "sluice/v1/route.pb.h"

namespace sluice::model {

// Whether every request that meets the predicates (methods, headers, queries) of `later` meets those
// of `earlier`. False where that cannot be seen, such as between two regexes.
bool PredicatesCover(const sluice::v1::RouteMatch& earlier, const sluice::v1::RouteMatch& later);

// Whether `earlier` serves every version that `later` serves, and whether they share one.
bool VersionsCover(const sluice::v1::Route& earlier, const sluice::v1::Route& later);
bool VersionsOverlap(const sluice::v1::Route& a, const sluice::v1::Route& b);

}  // namespace sluice::model
