// Endpoints in short form, to write and to compare.
#pragma once

#include <string>
#include <vector>

#include "controlplane/discovery/catalog.h"
#include "controlplane/discovery/endpoint.h"

namespace sluice::discovery {

inline Endpoint At(const std::string& address, uint32_t port, const std::string& zone = "",
                   uint32_t weight = 0) {
  Endpoint endpoint;
  endpoint.set_address(address);
  endpoint.set_port(port);
  endpoint.set_zone(zone);
  endpoint.set_weight(weight);
  return endpoint;
}

// 10.0.0.1:`first` and up.
inline std::vector<Endpoint> Ports(uint32_t first, uint32_t count) {
  std::vector<Endpoint> endpoints;
  for (uint32_t i = 0; i < count; ++i) endpoints.push_back(At("10.0.0.1", first + i));
  return endpoints;
}

// "10.0.0.1:80 10.0.0.2:80@zone"
inline std::string Text(const std::vector<Endpoint>& endpoints) {
  std::string text;
  for (const Endpoint& endpoint : endpoints) {
    text += (text.empty() ? "" : " ") + AddressOf(endpoint);
    if (!endpoint.zone().empty()) text += "@" + endpoint.zone();
  }
  return text;
}

// Of a service in the catalog; "none" if it is not there.
inline std::string Text(const Catalog& catalog, const std::string& service) {
  const std::optional<ServiceEndpoints> found = catalog.Get(service);
  return found ? Text(found->endpoints) : "none";
}

inline size_t Count(const Catalog& catalog, const std::string& service) {
  const std::optional<ServiceEndpoints> found = catalog.Get(service);
  return found ? found->endpoints.size() : 0;
}

}  // namespace sluice::discovery
