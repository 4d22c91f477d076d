// Ejects endpoints of one cluster that answer worse than they should, and brings them back.
//
// Failures in a row come as trips from workers; success rates and shares of failures are looked at
// in a sweep each interval, from the differences of the workers' counts. An ejection lasts
// base_ejection_time times its number; the number falls by one each sweep that finds the endpoint
// in. Ejections end in sweeps, or at a passed active check.
//
// Owner: HealthWatch, while the cluster's spec asks for it. Thread: config; trips arrive there.
// State: per address the time and number of ejections; the ejection itself is a reason of the
// Endpoint. An update of endpoints or another spec leaves all of that alone for addresses that
// stay. A delayed worker tells of failures later. A restart, or a spec without outlier detection,
// forgets everything.
#pragma once

#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/health/health_context.h"

namespace sluice::health {

class OutlierDetector final : private event::Timer::Handler {
 public:
  // All outlive this object; `cluster`'s spec has an OutlierSpec at every call but the destructor.
  OutlierDetector(const HealthContext& context, upstream::Cluster& cluster);
  // Nobody stays ejected.
  ~OutlierDetector();
  OutlierDetector(const OutlierDetector&) = delete;
  OutlierDetector& operator=(const OutlierDetector&) = delete;

  // The cluster has another spec or other endpoints.
  void Update();
  // A threshold of failures in a row was reached, perhaps by an endpoint that has left since.
  void OnTrip(const upstream::Endpoint& endpoint, upstream::Ejection type);
  // `endpoint` passed an active check.
  void OnCheckPassed(const upstream::Endpoint& endpoint);

 private:
  struct Host {
    std::shared_ptr<upstream::Endpoint> endpoint;
    upstream::OutlierVolume answers;   // at the last sweep
    upstream::OutlierVolume attempts;
    uint32_t ejections = 0;            // what base_ejection_time is multiplied by
    base::MonoTime ejected_at{};
    base::Duration jitter{0};
    bool ejected() const { return (endpoint->reasons() & upstream::kEjected) != 0; }
  };
  struct AddressHash {
    size_t operator()(const net::Address& address) const { return address.Hash(); }
  };
  // What one host did since the last sweep.
  struct Share {
    Host* host;
    upstream::OutlierVolume volume;
    double good_percent;
  };

  const upstream::OutlierSpec& spec() const { return *cluster_.spec().outlier; }
  void OnTimer(event::Timer& timer) override;
  Host* Find(const upstream::Endpoint& endpoint);
  void Adopt(Host& host, const std::shared_ptr<upstream::Endpoint>& endpoint);
  // True when `host` is ejected now, detected by `type`.
  bool Eject(Host& host, upstream::Ejection type);
  bool HasRoom() const;
  void Uneject(Host& host);
  void UnejectIfDue(Host& host);
  void JudgeShares(std::vector<Share>& shares, upstream::Ejection by_rate,
                   upstream::Ejection by_percentage);
  void JudgeRates(const std::vector<Share>& shares, upstream::Ejection type);
  void JudgePercentages(const std::vector<Share>& shares, upstream::Ejection type);

  const HealthContext& context_;
  upstream::Cluster& cluster_;
  event::Timer sweep_;
  base::Duration interval_;  // the sweep is armed with
  const upstream::EndpointTable* seen_ = nullptr;  // hosts_ are of it; only compared
  absl::flat_hash_map<net::Address, std::unique_ptr<Host>, AddressHash> hosts_;
};

}  // namespace sluice::health
