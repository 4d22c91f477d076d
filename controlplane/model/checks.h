// The checks of validate.h, one function per kind. Each looks at one object and what it clashes
// with. A clash is reported on one of the two whichever of them is looked at, so that it does not
// matter which one changed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controlplane/model/config.h"
#include "controlplane/model/reporter.h"

namespace sluice::model {

// A configuration, with an index of its Apis that is made when first asked for.
class CheckContext final {
 public:
  // Both outlive the context.
  CheckContext(const Config& config, Findings& findings) : config_(config), findings_(findings) {}

  const Config& config() const { return config_; }
  Reporter ReporterFor(const ObjectKey& key) const { return {findings_, key}; }
  // The Apis of a Gateway by base path in normal form.
  using ByBasePath = std::map<std::string, std::vector<ObjectPtr>>;
  const ByBasePath& ApisOf(const std::string& gateway);

 private:
  const Config& config_;
  Findings& findings_;
  std::map<std::string, ByBasePath> apis_;
};

// Name, labels, kind against spec, unknown fields. False: the spec cannot be looked at.
bool CheckEnvelope(const sluice::v1::Object& object, Reporter& reporter);

// The spec of one object and its clashes. The object passed CheckEnvelope.
void CheckGateway(const sluice::v1::Object& object, CheckContext& context);
void CheckApi(const sluice::v1::Object& object, CheckContext& context);
void CheckRoute(const sluice::v1::Object& object, CheckContext& context);
void CheckService(const sluice::v1::Object& object, CheckContext& context);

// What is wrong with an endpoint, from wherever it came; "" if nothing.
std::string EndpointError(const sluice::v1::Endpoint& endpoint);

// Parts of CheckService, by the field of the spec that they look at: balancing, health_check,
// ejection, limits.
void CheckBalancing(const sluice::v1::Balancing& balancing, Reporter& reporter);
void CheckHealthCheck(const sluice::v1::HealthCheck& check, Reporter& reporter);
void CheckEjection(const sluice::v1::Ejection& ejection, Reporter& reporter);
void CheckLimits(const sluice::v1::ServiceLimits& limits, Reporter& reporter);

// Ranges of fields. A duration is one from `least_ms` to `most_ms`, which are in milliseconds; false: it
// is not, and that was reported.
inline constexpr int64_t kHourMs = 3'600'000;
inline constexpr int64_t kDayMs = 24 * kHourMs;
bool CheckDuration(const google::protobuf::Duration& duration, int64_t least_ms, int64_t most_ms,
                   const std::string& path, Reporter& reporter);
void CheckAtMost(uint32_t value, uint32_t most, const std::string& path, Reporter& reporter);

// Parts of CheckRoute. check_match.cc: what it takes; check_action.cc: what becomes of it.
void CheckMatch(const sluice::v1::RouteMatch& match, Reporter& reporter);
void CheckAction(const sluice::v1::Route& route, const Config& config, Reporter& reporter);

// How a gateway's listener is named, and everything made from it: "0.0.0.0:80", "[::]:80".
std::string ListenerName(const sluice::v1::GatewayListener& listener);
// Whether one proxy can be selected by both.
bool SelectorsOverlap(const sluice::v1::Gateway& a, const sluice::v1::Gateway& b);
// The hosts of `gateway` on which `api` is published, in the order of the gateway.
std::vector<std::string> SharedHosts(const sluice::v1::Gateway& gateway, const sluice::v1::Api& api);

}  // namespace sluice::model
