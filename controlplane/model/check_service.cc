#include <fmt/format.h>

#include <set>

#include "api/check/field_error.h"
#include "controlplane/model/checks.h"
#include "controlplane/model/syntax.h"

namespace sluice::model {
namespace {

using api::IndexPath;
using api::JoinPath;
using sluice::v1::Endpoint;
using sluice::v1::Service;

constexpr int64_t kSecond = 1'000'000'000;

void CheckPort(uint32_t port, const std::string& at, Reporter& reporter) {
  if (port == 0 || port > 65535) reporter.Invalid(at, "must be from 1 to 65535");
}

void CheckEndpoints(const Service& service, Reporter& reporter) {
  const auto& endpoints = service.static_().endpoints();
  const std::string path = "spec.static.endpoints";
  if (endpoints.empty()) reporter.Invalid(path, "must have at least one");
  std::set<std::pair<std::string, uint32_t>> seen;
  for (int i = 0; i < endpoints.size(); ++i) {
    const Endpoint& endpoint = endpoints[i];
    const std::string at = IndexPath(path, i);
    if (std::string text = EndpointError(endpoint); !text.empty()) reporter.Invalid(at, text);
    if (!seen.insert({endpoint.address(), endpoint.port()}).second) {
      reporter.Add(kConflict, at,
                   fmt::format("{} port {} is listed twice", endpoint.address(), endpoint.port()));
    }
  }
}

void CheckSource(const Service& service, Reporter& reporter) {
  switch (service.source_case()) {
    case Service::kStatic:
      return CheckEndpoints(service, reporter);
    case Service::kDns:
      if (!IsHostName(LowerCase(service.dns().name()))) {
        reporter.Check("spec.dns.name", service.dns().name(), "must be a host name");
      }
      return CheckPort(service.dns().port(), "spec.dns.port", reporter);
    case Service::kFile:
      if (service.file().path().empty()) reporter.Invalid("spec.file.path", "must not be empty");
      return;
    case Service::kRegistered: {
      if (!service.registered().has_ttl()) return;
      const auto ttl = NanosOf(service.registered().ttl());
      if (!ttl || *ttl < kSecond || *ttl > 3600 * kSecond) {
        reporter.Invalid("spec.registered.ttl", "must be from 1 s to 1 h");
      }
      return;
    }
    case Service::SOURCE_NOT_SET:
      reporter.Invalid("spec", "one of static, dns, file, registered is required");
  }
}

}  // namespace

std::string EndpointError(const Endpoint& endpoint) {
  if (!IsIpLiteral(endpoint.address())) {
    return fmt::format("address '{}' must be an IPv4 or IPv6 literal", endpoint.address());
  }
  if (endpoint.port() == 0 || endpoint.port() > 65535) return "port must be from 1 to 65535";
  if (endpoint.weight() > 128) return "weight must be at most 128";
  if (endpoint.zone().size() > 253) return "zone must be at most 253 bytes";
  return "";
}

void CheckService(const sluice::v1::Object& object, CheckContext& context) {
  Reporter reporter = context.ReporterFor(KeyOf(object));
  const Service& service = object.service();
  CheckSource(service, reporter);
  if (service.has_connect_timeout()) {
    const auto timeout = NanosOf(service.connect_timeout());
    if (!timeout || *timeout <= 0 || *timeout > 3600 * kSecond) {
      reporter.Invalid("spec.connect_timeout", "must be over 0 and at most 1 h");
    }
  }
  if (!Service::Zones_IsValid(service.zones())) {
    reporter.Add(kNotImplemented, "spec.zones",
                 fmt::format("zones number {} is not known to this server",
                             static_cast<int>(service.zones())));
  }
  CheckBalancing(service.balancing(), reporter);
  if (service.has_health_check()) CheckHealthCheck(service.health_check(), reporter);
  CheckEjection(service.ejection(), reporter);
  CheckLimits(service.limits(), reporter);
}

}  // namespace sluice::model
