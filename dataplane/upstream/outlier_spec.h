// When an endpoint that answers badly is ejected, and for how long (xDS: Cluster.outlier_detection).
//
// Plain values, part of a ClusterSpec; the defaults are those of xDS. Workers read the thresholds
// of failures in a row, dataplane/health everything else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dataplane/base/clock.h"

namespace sluice::upstream {

// X(type, name as in Envoy's statistics, name as in its event log, meaning)
#define SLUICE_EJECTIONS(X) \
  X(kConsecutive5xx, "consecutive_5xx", "CONSECUTIVE_5XX", "answers of 5xx in a row") \
  X(kConsecutiveGateway, "consecutive_gateway_failure", "CONSECUTIVE_GATEWAY_FAILURE", \
    "answers of 502, 503 or 504 in a row") \
  X(kConsecutiveLocal, "consecutive_local_origin_failure", "CONSECUTIVE_LOCAL_ORIGIN_FAILURE", \
    "failures to connect, resets and timeouts in a row") \
  X(kSuccessRate, "success_rate", "SUCCESS_RATE", "far fewer good answers than the others") \
  X(kLocalSuccessRate, "local_origin_success_rate", "SUCCESS_RATE_LOCAL_ORIGIN", \
    "far more local failures than the others") \
  X(kFailurePercentage, "failure_percentage", "FAILURE_PERCENTAGE", "too many bad answers") \
  X(kLocalFailurePercentage, "local_origin_failure_percentage", \
    "FAILURE_PERCENTAGE_LOCAL_ORIGIN", "too many local failures")

enum class Ejection : uint8_t {
#define SLUICE_EJECTION(type, name, event, meaning) type,
  SLUICE_EJECTIONS(SLUICE_EJECTION)
#undef SLUICE_EJECTION
};
inline constexpr size_t kEjections = 7;

struct OutlierSpec {
  // Time between two sweeps, which look at the statistics and bring endpoints back; > 0.
  base::Duration interval = std::chrono::seconds(10);
  // An endpoint is out for base_ejection_time times how often it was ejected lately, at most
  // max_ejection_time, and a random part of max_ejection_jitter.
  base::Duration base_ejection_time = std::chrono::seconds(30);
  base::Duration max_ejection_time = std::chrono::seconds(300);
  base::Duration max_ejection_jitter{0};
  uint32_t max_ejection_percent = 10;
  bool always_eject_one = false;  // whatever max_ejection_percent comes to
  bool uneject_on_check = true;   // xDS: successful_active_health_check_uneject_host
  // Local failures count apart from answers; else they count as an answer of 503 or 504.
  bool split_local = false;
  uint32_t consecutive_5xx = 5;      // 0: never
  uint32_t consecutive_gateway = 5;  // 0: never
  uint32_t consecutive_local = 5;    // only with split_local; 0: never
  // Statistics of one interval need that many endpoints with that many requests each.
  uint32_t success_rate_hosts = 5;
  uint32_t success_rate_volume = 100;
  double success_rate_stdevs = 1.9;  // below the mean
  uint32_t failure_percentage_hosts = 5;
  uint32_t failure_percentage_volume = 50;
  uint32_t failure_percentage = 85;
  // Chance in percent that a detection ejects, by Ejection.
  std::array<uint32_t, kEjections> enforcing = {100, 0, 100, 100, 100, 0, 0};

  uint32_t enforcing_of(Ejection type) const { return enforcing[static_cast<size_t>(type)]; }
  friend bool operator==(const OutlierSpec&, const OutlierSpec&) = default;
};

}  // namespace sluice::upstream
