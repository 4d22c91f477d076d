// The request head of a gRPC call (gRPC over HTTP/2, "Requests").
#pragma once

#include <optional>
#include <string_view>

#include "dataplane/base/clock.h"
#include "dataplane/http/head.h"

namespace sluice::grpc {

// Fills the empty `head`: POST of `path` ("/package.Service/Method") at `authority`, trailers
// accepted, messages follow. Both texts must outlive the head. No `timeout`: the field is left out.
// Metadata may be appended afterwards.
void SetRequestHead(std::string_view path, std::string_view authority,
                    std::optional<base::Duration> timeout, http::Head& head);

}  // namespace sluice::grpc
