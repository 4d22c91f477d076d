// What every part of health watching borrows from HealthWatch, which outlives them all.
// Thread: config.
#pragma once

#include "dataplane/base/random.h"
#include "dataplane/event/loop.h"
#include "dataplane/health/check_slots.h"
#include "dataplane/health/event_log.h"
#include "dataplane/health/probe_clusters.h"
#include "dataplane/upstream/registry.h"

namespace sluice::health {

struct HealthContext {
  event::Loop& loop;
  upstream::Registry& registry;  // of the clusters that are watched
  ProbeClusters& probes;
  CheckSlots& slots;
  base::Random& random;
  EventLog& log;
};

}  // namespace sluice::health
