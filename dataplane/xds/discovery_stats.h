// What the ADS client counts (xds.md R79), and what it says of itself to people.
//
// Cells have one writer, the config thread; any thread reads. Owner: the client.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "dataplane/stats/counter.h"
#include "dataplane/xds/discovery_type.h"

namespace sluice::xds {

// One type.
struct TypeStats {
  stats::Counter update_attempt;    // responses and failed streams
  stats::Counter update_success;    // ACK
  stats::Counter update_rejected;   // NACK
  stats::Counter update_failure;    // the stream ended
  stats::Counter update_unasked;    // responses of a type that is not open (R27)
  stats::Counter init_fetch_timeout;  // start-up went on without it (R55)
  stats::Counter names_absent;      // asked for and did not come in time (R56)
  stats::Counter names_expired;     // removed because their ttl ran out (R66)
  stats::Counter rejection_delayed; // NACKs held back because the server repeats itself (R20)
  stats::Gauge resources;           // held now
  stats::Gauge update_time_ms;      // of the last ACK, since the Unix epoch
};

struct DiscoveryStats {
  std::array<TypeStats, kDiscoveryTypes.size()> types;
  stats::Counter streams;          // attempts to open one
  stats::Counter requests;         // sent
  stats::Counter unknown_types;    // responses of types we do not know
  stats::Counter broken_messages;  // no discovery response, or too large
  stats::Gauge connected_state;    // 1: a stream is open and the server has answered on it
  stats::Gauge requests_pending;   // sent, and not written to the socket yet, in bytes

  TypeStats& of(DiscoveryType type) { return types[static_cast<size_t>(type)]; }
  const TypeStats& of(DiscoveryType type) const { return types[static_cast<size_t>(type)]; }
};

// For /server_info. A copy: every field is of one moment.
struct Status {
  bool connected = false;
  Variant variant = Variant::kDelta;
  bool committing = false;      // the server ends revisions (wire.md section 1)
  std::string identifier;       // of the control plane
  uint64_t serving_revision = 0;  // 0: none; of a committing server
  std::string last_error;       // why the last stream ended; empty while one is open
  // The last accepted one of each type; SotW: version_info, delta: system_version_info.
  std::array<std::string, kDiscoveryTypes.size()> versions;
};

// Both for one client. The status has a lock, because it is text; it changes once per response.
class DiscoveryRecord final {
 public:
  DiscoveryStats stats;

  Status status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }
  // Config thread: `change(Status&)`.
  template <typename F>
  void Change(F&& change) {
    const std::lock_guard lock(mutex_);
    std::forward<F>(change)(status_);
  }

 private:
  mutable std::mutex mutex_;
  Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::xds
