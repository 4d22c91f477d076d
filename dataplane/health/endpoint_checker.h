// The active checks of one endpoint: when the next one is due, what its result means.
//
// Cycle: wait for the interval -> wait for a slot -> ask, at most `timeout` -> count -> wait. Which
// interval and what the thresholds mean: upstream/health_check_spec.h. A check in time but with a
// wrong answer makes the endpoint unhealthy at once, unless its status is a retriable one; no answer
// at all counts towards the threshold. The very first result of a new endpoint decides alone.
//
// Owner: ClusterChecks. Thread: config. State: results in a row; what they add up to is in the
// Endpoint's reasons and stays there when the checker goes. A revision that changes the check
// replaces the checker; other changes leave it alone. A delayed worker does not matter: it reads
// the health byte. A silent peer is bounded by `timeout`. A restart begins with pending endpoints.
#pragma once

#include <functional>
#include <memory>

#include "dataplane/event/loop.h"
#include "dataplane/health/health_context.h"
#include "dataplane/health/probe.h"

namespace sluice::health {

class EndpointChecker final : private event::Timer::Handler,
                              private Probe::Events,
                              private CheckSlots::Waiter {
 public:
  using OnPassed = std::function<void(const upstream::Endpoint&)>;

  // What is borrowed outlives this object. `spec`: that of the cluster's check while this object
  // lives. `passed` is called after each check that left the endpoint healthy.
  struct Of {
    upstream::Cluster& cluster;
    const upstream::HealthCheckSpec& spec;
    const OnPassed& passed;
  };
  EndpointChecker(const HealthContext& context, const Of& of,
                  std::shared_ptr<upstream::Endpoint> endpoint, upstream::EndpointCheck own);
  ~EndpointChecker();
  EndpointChecker(const EndpointChecker&) = delete;
  EndpointChecker& operator=(const EndpointChecker&) = delete;

  const upstream::Endpoint& endpoint() const { return *endpoint_; }

 private:
  enum class State : uint8_t { kWaiting, kQueued, kAsking };
  enum class Change : uint8_t { kNone, kPending, kDone };

  void OnTimer(event::Timer& timer) override;
  void OnSlot() override;
  void OnProbed(ProbeResult result) override;
  bool failed() const { return (endpoint_->reasons() & upstream::kFailedActive) != 0; }
  void Pass(bool degraded);
  void Fail(CheckFailure failure);
  void LogPass(Change change, bool was_degraded, bool degraded);
  // Ends the check under way.
  void EndCheck();
  void WaitFor(base::Duration interval);
  base::Duration NextInterval(bool passed, Change change) const;

  const HealthContext& context_;
  upstream::Cluster& cluster_;
  const upstream::HealthCheckSpec& spec_;
  const OnPassed& passed_;
  const std::shared_ptr<upstream::Endpoint> endpoint_;
  const upstream::EndpointCheck own_;
  State state_ = State::kWaiting;
  bool first_;  // nothing is known of the endpoint yet
  uint32_t passes_ = 0;    // in a row
  uint32_t failures_ = 0;  // in a row
  event::Timer timer_;     // kWaiting: the next check; kAsking: the timeout
  std::unique_ptr<Probe> probe_;  // made for the first check: thousands at once would be a long turn
};

}  // namespace sluice::health
