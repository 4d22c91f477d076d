// What the ADS client counts (xds.md R79), as the pages of statistics show it.
// Thread: any, while the config thread counts.
#pragma once

#include "dataplane/stats/prometheus.h"
#include "dataplane/stats/scrape.h"
#include "dataplane/xds/discovery_stats.h"

namespace sluice::admin {

// Calls f(name, value) for each number as /stats names it: "control_plane.cluster.update_success".
void VisitDiscoveryStats(const xds::DiscoveryStats& stats, const stats::StatVisitor& f);
// sluice_control_plane_...{type="cluster"}.
void ScrapePrometheus(const xds::DiscoveryStats& stats, stats::PrometheusText& text);

}  // namespace sluice::admin
