// The endpoints of all services as assignments, one map per zone: live data, beside revisions.
//
// Owner and thread: the strand. `Set` takes what discovery says of one service, with its place in
// the log "endpoints"; proxies per zone change the weights of services that keep traffic near. A
// stream asks for `of(zone)` and sends what differs from what it sent. A restart begins a new epoch
// of the log. Nothing here waits.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "controlplane/snapshot/wire_resource.h"
#include "sluice/v1/service.pb.h"

namespace sluice::snapshot {

class Assignments final {
 public:
  // `epoch`: of the log; greater than that of any earlier run.
  explicit Assignments(uint64_t epoch) : epoch_(epoch) {}

  // All endpoints of a service since `seq` of the log. At a start they come by service, not by `seq`.
  void Set(const std::string& service, std::vector<sluice::v1::Endpoint> endpoints, uint64_t seq);
  // No source knows the service any more since `seq`.
  void Remove(const std::string& service, uint64_t seq);
  // How traffic of each service is kept near; PREFER_OWN for those that are not named. False if
  // that changes nothing.
  bool SetZones(std::map<std::string, sluice::v1::Service::Zones> zones);
  // How many proxies are connected in each zone. False if that changes no assignment, which is how
  // most of a fleet that joins costs its streams nothing.
  bool SetProxies(const std::map<std::string, uint32_t>& per_zone);

  // The assignments as a proxy in `zone` sees them, by service. Valid until the next change.
  const WireMap& of(const std::string& zone);

  uint64_t epoch() const { return epoch_; }
  uint64_t seq() const { return seq_; }
  // "endpoints/<epoch>:<seq>", for system_version_info.
  std::string version() const;

 private:
  // Makes the assignment of one service anew in every zone that was asked for. False if it is the
  // same in all of them.
  bool Rebuild(const std::string& service);
  WireRef Build(const std::string& service, const std::string& zone);

  const uint64_t epoch_;
  uint64_t seq_ = 0;
  std::map<std::string, std::vector<sluice::v1::Endpoint>> services_;
  std::map<std::string, sluice::v1::Service::Zones> modes_;
  std::map<std::string, uint32_t> proxies_;
  std::map<std::pair<std::string, std::string>, double> own_shares_;  // by service and zone
  std::map<std::string, WireMap> zones_;  // those that were asked for
};

}  // namespace sluice::snapshot
