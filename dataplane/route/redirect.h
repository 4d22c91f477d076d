// The Location of a redirect route (xDS: RedirectAction; RFC 9110 10.2.2). Pure.
#pragma once

#include <string_view>

#include "dataplane/http/head.h"
#include "dataplane/route/route.h"

namespace sluice::route {

// An absolute URI, in the head's arena. `route.redirect()` is not null. Scheme, host and path are
// the request's where the action does not say otherwise; the query stays unless strip_query is set
// or the action's path has its own. A port that was the default of the request's scheme is dropped
// when the scheme changes, and any port when the action names one.
std::string_view RedirectLocation(const Route& route, http::Head& head);

}  // namespace sluice::route
