// Why an endpoint is used or not: one word of reasons, and the one function that turns it into the
// health that picks read.
//
// Values; pure. The word lives in Endpoint and is written by the config thread alone: assigned
// health (EDS), active checks and ejection each set and clear their own bits, so that one never
// undoes another: an endpoint whose ejection ends stays out while its check fails.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dataplane/balance/policy.h"

namespace sluice::upstream {

// Bits; several may hold. Each says what it makes of the endpoint.
enum HealthReason : uint32_t {
  kFailedActive = 1u << 0,    // unhealthy: the active check says so, or has not been made yet
  kEjected = 1u << 1,         // unhealthy: outlier detection
  kFailedEds = 1u << 2,       // unhealthy: LbEndpoint.health_status
  kDegradedActive = 1u << 3,  // degraded: the service says so in its answer to the check
  kDegradedEds = 1u << 4,     // degraded: LbEndpoint.health_status
  kPendingActive = 1u << 5,   // nothing by itself: no check of it has ended yet
  kActiveTimeout = 1u << 6,   // nothing by itself: the last check had no answer in time
  kDrainingEds = 1u << 7,     // nothing by itself: kFailedEds is because of DRAINING
};
using HealthReasons = uint32_t;

inline constexpr HealthReasons kEdsReasons = kFailedEds | kDegradedEds | kDrainingEds;
inline constexpr HealthReasons kActiveReasons =
    kFailedActive | kDegradedActive | kPendingActive | kActiveTimeout;
inline constexpr HealthReasons kUnhealthyReasons = kFailedActive | kEjected | kFailedEds;

inline balance::Health EffectiveHealth(HealthReasons reasons) {
  if ((reasons & kUnhealthyReasons) != 0) return balance::Health::kUnhealthy;
  if ((reasons & (kDegradedActive | kDegradedEds)) != 0) return balance::Health::kDegraded;
  return balance::Health::kHealthy;
}

// "failed_active_hc", as Envoy's /clusters names them; "" for no single bit of the above.
std::string_view HealthReasonName(HealthReason reason);
// "/failed_active_hc/failed_outlier_check"; "healthy" for none.
std::string HealthFlags(HealthReasons reasons);

}  // namespace sluice::upstream
