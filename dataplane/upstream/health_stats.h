// Counters of what active checks and outlier detection did in one cluster.
//
// Single writer, the config thread (dataplane/health); any thread may read. Owner: the Cluster, so
// counts outlive the watchers, which come and go with the configuration.
#pragma once

#include <array>

#include "dataplane/stats/counter.h"
#include "dataplane/upstream/outlier_spec.h"

namespace sluice::upstream {

// X(type, member, name as in Envoy's cluster statistics, meaning)
#define SLUICE_HEALTH_STATS(X) \
  X(Counter, attempt, "health_check.attempt", "active checks begun") \
  X(Counter, success, "health_check.success", "active checks passed") \
  X(Counter, failure, "health_check.failure", "active checks failed, for any reason") \
  X(Counter, network_failure, "health_check.network_failure", "of these: no answer at all") \
  X(Counter, delayed, "sluice_health_check.delayed", "active checks that had to wait for a slot") \
  X(Gauge, healthy, "health_check.healthy", "endpoints that pass their active checks") \
  X(Gauge, ejections_active, "outlier_detection.ejections_active", "endpoints ejected now") \
  X(Counter, ejections_total, "outlier_detection.ejections_enforced_total", "ejections") \
  X(Counter, ejections_overflow, "outlier_detection.ejections_overflow", \
    "not ejected because of max_ejection_percent")

struct HealthStats {
#define SLUICE_HEALTH_STAT(type, member, name, meaning) stats::type member;
  SLUICE_HEALTH_STATS(SLUICE_HEALTH_STAT)
#undef SLUICE_HEALTH_STAT
  // By Ejection: found, and of these ejected.
  std::array<stats::Counter, kEjections> detected;
  std::array<stats::Counter, kEjections> enforced;
};

}  // namespace sluice::upstream
