// The bootstrap of a proxy that takes everything from a control plane by delta ADS. Pure.
#pragma once

#include <string>

namespace sluice::mainjob {

// `xds`: where the control plane is, "127.0.0.1:80". The admin pages are on a free port.
std::string DeltaBootstrap(const std::string& xds);

}  // namespace sluice::mainjob
