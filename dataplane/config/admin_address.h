// What the bootstrap says beside its resources. Pure; before other threads run.
#pragma once

#include "dataplane/config/error_list.h"
#include "dataplane/net/address.h"
#include "envoy/config/bootstrap/v3/bootstrap.pb.h"

namespace sluice::config {

// Where the admin pages are served; AF_UNSPEC when there is no admin section.
net::Address AdminAddress(const envoy::config::bootstrap::v3::Bootstrap& bootstrap,
                          ErrorList& errors);

}  // namespace sluice::config
