// Instances that register themselves: the source "registered" of the catalog.
//
// A lease is stored before it is acknowledged, and forgotten in the store only after it is
// forgotten here; heartbeats are not stored. So a restart (or a new leader) knows every live lease,
// and because it cannot know when each was last heard from, all of them are valid for their TTL +
// 30 s again.
//
// Services and their TTLs come from the configuration. Leases of a service that is not configured
// stay (a rollback brings the service back with its instances), but are in no catalog.
//
// Thread: any, except where it says "may block": there the store is asked, so not on a strand. The
// state has one mutex, never held while the store works; a second one keeps the writes in order.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controlplane/discovery/alarm.h"
#include "controlplane/discovery/catalog.h"
#include "controlplane/discovery/leases.h"
#include "dataplane/base/clock.h"
#include "sluice/v1/registry_service.pb.h"

namespace sluice::discovery {

// One stored lease: the value is opaque to the store; absent means that it goes.
struct LeaseWrite {
  std::string id;
  std::optional<std::string> value;
};

struct Grant {
  std::string lease;
  base::Duration ttl{};
  Position position;  // Of the catalog with the instance in it.
};

class Registry final {
 public:
  // Writes all or none to the live log; at most kMaxStored of them in one call. May block.
  using Persist = std::function<absl::Status(std::span<const LeaseWrite>)>;
  static constexpr size_t kMaxStored = 100;
  static constexpr base::Duration kDefaultTtl = std::chrono::seconds(15);
  static constexpr base::Duration kRestoreGrace = std::chrono::seconds(30);

  // `catalog` and `clock` outlive the registry.
  Registry(Catalog& catalog, const base::Clock& clock, Persist persist, LossAlarmSink alarms);

  // The services with source `registered`, with their TTLs. Others leave the catalog's source.
  void SetServices(const std::map<std::string, base::Duration>& ttl_by_service);

  // Starts anew from what is stored; at start and on new leadership, after SetServices. DATA_LOSS
  // naming the first entry that cannot be read; the others are taken.
  absl::Status Restore(std::span<const LeaseWrite> stored);

  // Adds or renews. INVALID_ARGUMENT naming the field; FAILED_PRECONDITION if the service is not of
  // this source; the store's error if it could not be written: then nothing has changed. May block.
  absl::StatusOr<Grant> Register(const sluice::v1::RegisterRequest& request);
  // Renews; returns the ids that are unknown.
  std::vector<std::string> Heartbeat(std::span<const std::string> leases);
  // Leaves the catalog at once; NOT_FOUND for an unknown id (already gone: no harm). What the store
  // does not take now, Tick tries again. May block.
  absl::StatusOr<Position> Deregister(const std::string& lease);

  // Does what is due and returns when something will be again, as far as is known now: call then,
  // and about once a second anyway, since new leases and heartbeats change what is due. May block.
  base::MonoTime Tick();

  // Believes the loss that is held. May block.
  void Release();

 private:
  using Request = sluice::v1::RegisterRequest;

  // All with mutex_ held, but for the last two.
  absl::Status Check(const Request& request) const;
  // The lease that the request asks for, its id old or new; `is_stored`: nothing to write.
  Lease LeaseFor(const Request& request, bool& is_stored) const;
  base::Duration TtlOf(const std::string& service) const;
  // Brings an outcome into the catalog and the list of what is to be erased.
  Position Pass(const Leases::Outcome& outcome);
  // Erases what is to be erased, in portions; stops at the first error. True when all is done. With
  // store_mutex_ held and mutex_ not.
  bool EraseForgotten();
  // Raises or clears the alarm if that has changed. With neither held.
  void SayAlarm();

  Catalog& catalog_;
  const base::Clock& clock_;
  const Persist persist_;
  const LossAlarmSink alarms_;

  std::mutex store_mutex_;  // Taken before mutex_: one writer of the store at a time.
  std::mutex mutex_;        // Guards all below.
  Leases leases_;
  std::map<std::string, base::Duration> ttls_;
  std::set<std::string> to_erase_;  // Ids that the store still has.
  bool alarm_stands_ = false;
};

}  // namespace sluice::discovery
