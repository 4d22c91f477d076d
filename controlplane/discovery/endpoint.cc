#include "controlplane/discovery/endpoint.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

namespace sluice::discovery {
namespace {

constexpr uint32_t kMaxPort = 65535;
constexpr uint32_t kMaxWeight = 128;

bool IsIpLiteral(const std::string& text) {
  in6_addr parsed;
  return inet_pton(AF_INET, text.c_str(), &parsed) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &parsed) == 1;
}

}  // namespace

absl::Status CheckEndpoint(const Endpoint& endpoint) {
  if (!IsIpLiteral(endpoint.address())) {
    return absl::InvalidArgumentError("address: must be an IPv4 or IPv6 literal");
  }
  if (endpoint.port() == 0 || endpoint.port() > kMaxPort) {
    return absl::InvalidArgumentError(fmt::format("port: must be 1 to {}", kMaxPort));
  }
  if (endpoint.weight() > kMaxWeight) {
    return absl::InvalidArgumentError(fmt::format("weight: at most {}", kMaxWeight));
  }
  return absl::OkStatus();
}

std::string AddressOf(const Endpoint& endpoint) {
  const bool v6 = endpoint.address().find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", endpoint.address(), endpoint.port())
            : fmt::format("{}:{}", endpoint.address(), endpoint.port());
}

std::vector<Endpoint> Normalized(std::vector<Endpoint> endpoints) {
  const auto before = [](const Endpoint& a, const Endpoint& b) {
    const int order = a.address().compare(b.address());
    return order != 0 ? order < 0 : a.port() < b.port();
  };
  const auto same = [&](const Endpoint& a, const Endpoint& b) {
    return !before(a, b) && !before(b, a);
  };
  std::stable_sort(endpoints.begin(), endpoints.end(), before);
  endpoints.erase(std::unique(endpoints.begin(), endpoints.end(), same), endpoints.end());
  for (Endpoint& endpoint : endpoints) {
    if (endpoint.weight() == 0) endpoint.set_weight(1);
  }
  return endpoints;
}

bool Same(const Endpoint& a, const Endpoint& b) {
  return a.address() == b.address() && a.port() == b.port() && a.weight() == b.weight() &&
         a.zone() == b.zone();
}

bool Same(const std::vector<Endpoint>& a, const std::vector<Endpoint>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Endpoint& x, const Endpoint& y) { return Same(x, y); });
}

}  // namespace sluice::discovery
