#include "dataplane/config/admin_address.h"

#include "dataplane/config/implemented_fields.h"

namespace sluice::config {

using envoy::config::bootstrap::v3::Bootstrap;

net::Address AdminAddress(const Bootstrap& bootstrap, ErrorList& errors) {
  if (!bootstrap.has_admin()) return {};
  RefuseAllBut(bootstrap.admin(), {"address"}, "admin", errors);
  const auto& socket = bootstrap.admin().address().socket_address();
  if (socket.port_value() > 65535) {
    errors.Add("admin.address.socket_address.port_value", "must be at most 65535");
    return {};
  }
  auto address = net::Address::FromIp(socket.address(), static_cast<uint16_t>(socket.port_value()));
  if (address.ok()) return *address;
  errors.Add("admin.address.socket_address.address", std::string(address.status().message()));
  return {};
}

}  // namespace sluice::config
