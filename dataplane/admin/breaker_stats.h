// How near each cluster is to its limits, for /stats, Prometheus and /clusters: what is in use, what is
// left, and how often four fifths were passed. Reads atomics; any thread.
#pragma once

#include <vector>

#include "dataplane/admin/backends.h"
#include "dataplane/stats/prometheus.h"
#include "dataplane/stats/scrape.h"
#include "dataplane/upstream/cluster.h"

namespace sluice::admin {

// Names as in Envoy, below "circuit_breakers.default.": cx_open (1: the limit is reached),
// remaining_cx, ...; and of ours: in_use_cx, near_cx (a counter).
void VisitBreakerStats(const upstream::Cluster& cluster, const stats::StatVisitor& f);
void ScrapeBreakers(const std::vector<ClusterBackends>& clusters, stats::PrometheusText& text);

}  // namespace sluice::admin
