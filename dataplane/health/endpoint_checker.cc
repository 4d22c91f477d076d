#include "dataplane/health/endpoint_checker.h"

#include <algorithm>
#include <utility>

#include "dataplane/health/http_probe.h"
#include "dataplane/health/tcp_probe.h"

namespace sluice::health {

using upstream::ClusterSpec;
using upstream::Endpoint;
using upstream::EndpointCheck;
using upstream::HealthCheckSpec;
using upstream::HttpCheckSpec;

namespace {

net::Address CheckedAddress(const Endpoint& endpoint, const HealthCheckSpec& spec,
                            const EndpointCheck& own) {
  const uint16_t port = own.port != 0 ? own.port : spec.alt_port;
  const bool other = port != 0 && endpoint.address().is_ip();
  return other ? endpoint.address().WithPort(port) : endpoint.address();
}

std::unique_ptr<Probe> MakeProbe(const HealthContext& context, const ClusterSpec& spec,
                                 const Endpoint& endpoint, const EndpointCheck& own,
                                 Probe::Events& events) {
  const net::Address address = CheckedAddress(endpoint, *spec.check, own);
  if (const auto* http = std::get_if<HttpCheckSpec>(&spec.check->check)) {
    std::string host = !own.hostname.empty() ? own.hostname : http->host;
    if (host.empty()) host = spec.name;
    return std::make_unique<HttpProbe>(context.probes, spec, address, std::move(host), events);
  }
  return std::make_unique<TcpProbe>(context.loop, context.probes.blocks(), *spec.check, address,
                                    events);
}

base::Duration RandomPart(base::Random& random, base::Duration of) {
  return base::Duration(static_cast<int64_t>(random.Below(static_cast<uint64_t>(of.count()) + 1)));
}

}  // namespace

EndpointChecker::EndpointChecker(const HealthContext& context, const Of& of,
                                 std::shared_ptr<Endpoint> endpoint, EndpointCheck own)
    : context_(context),
      cluster_(of.cluster),
      spec_(of.spec),
      passed_(of.passed),
      endpoint_(std::move(endpoint)),
      own_(std::move(own)),
      first_((endpoint_->reasons() & upstream::kPendingActive) != 0),
      timer_(context.loop.timers(), *this) {
  if (!failed()) cluster_.health_stats().healthy.Add(1);
  timer_.ArmAt(context_.loop.now() + RandomPart(context_.random, spec_.initial_jitter));
}

EndpointChecker::~EndpointChecker() {
  EndCheck();
  if (!failed()) cluster_.health_stats().healthy.Add(-1);
}

void EndpointChecker::OnTimer(event::Timer&) {
  if (state_ == State::kAsking) {
    EndCheck();
    return Fail(CheckFailure::kNetworkTimeout);
  }
  state_ = State::kQueued;
  if (context_.slots.Take(*this)) return OnSlot();
  cluster_.health_stats().delayed.Add();
}

void EndpointChecker::OnSlot() {
  state_ = State::kAsking;
  cluster_.health_stats().attempt.Add();
  timer_.ArmAt(context_.loop.now() + spec_.timeout);
  if (probe_ == nullptr) probe_ = MakeProbe(context_, cluster_.spec(), *endpoint_, own_, *this);
  probe_->Start();
}

void EndpointChecker::EndCheck() {
  timer_.Disarm();
  CheckSlots::Waiter::Unlink();
  if (std::exchange(state_, State::kWaiting) != State::kAsking) return;
  probe_->Cancel();
  context_.slots.Give();
}

void EndpointChecker::OnProbed(ProbeResult result) {
  timer_.Disarm();
  state_ = State::kWaiting;
  context_.slots.Give();
  switch (result) {
    case ProbeResult::kPassed: return Pass(/*degraded=*/false);
    case ProbeResult::kDegraded: return Pass(/*degraded=*/true);
    case ProbeResult::kRefused:
      // One below the threshold, so that this failure reaches it.
      failures_ = std::max(failures_, spec_.unhealthy_threshold - 1);
      return Fail(CheckFailure::kActive);
    case ProbeResult::kRetriable: return Fail(CheckFailure::kActive);
    case ProbeResult::kNetwork: return Fail(CheckFailure::kNetwork);
  }
}

void EndpointChecker::Pass(bool degraded) {
  cluster_.health_stats().success.Add();
  failures_ = 0;
  Change change = Change::kNone;
  if (failed()) {
    const bool enough = first_ || ++passes_ >= spec_.healthy_threshold;
    change = enough ? Change::kDone : Change::kPending;
  }
  if (change == Change::kDone) cluster_.health_stats().healthy.Add(1);
  const bool was_degraded = (endpoint_->reasons() & upstream::kDegradedActive) != 0;
  context_.registry.Mark(cluster_, *endpoint_, upstream::kActiveReasons,
                         (change == Change::kPending ? upstream::kFailedActive : 0u) |
                             (degraded ? upstream::kDegradedActive : 0u));
  LogPass(change, was_degraded, degraded);
  first_ = false;
  WaitFor(NextInterval(/*passed=*/true, change));
  if (change != Change::kPending) passed_(*endpoint_);
}

void EndpointChecker::LogPass(Change change, bool was_degraded, bool degraded) {
  const auto log = [this](CheckEvent event) {
    context_.log.Check(cluster_, *endpoint_, spec_, event, CheckFailure::kNone);
  };
  if (change == Change::kDone) log(first_ ? CheckEvent::kAddedFirst : CheckEvent::kAdded);
  if (degraded != was_degraded) {
    log(degraded ? CheckEvent::kDegraded : CheckEvent::kNoLongerDegraded);
  }
  if (change == Change::kNone && spec_.log_every_success) log(CheckEvent::kPassed);
}

void EndpointChecker::Fail(CheckFailure failure) {
  upstream::HealthStats& stats = cluster_.health_stats();
  stats.failure.Add();
  if (failure != CheckFailure::kActive) stats.network_failure.Add();
  passes_ = 0;
  Change change = Change::kNone;
  if (!failed()) {
    change = ++failures_ >= spec_.unhealthy_threshold ? Change::kDone : Change::kPending;
  }
  if (change == Change::kDone) stats.healthy.Add(-1);
  const bool out = failed() || change == Change::kDone;
  const bool late = failure == CheckFailure::kNetworkTimeout;
  const upstream::HealthReasons kept = endpoint_->reasons() & upstream::kDegradedActive;
  context_.registry.Mark(cluster_, *endpoint_, upstream::kActiveReasons,
                         kept | (out ? upstream::kFailedActive : 0u) |
                             (late ? upstream::kActiveTimeout : 0u));
  const bool tells = first_ || spec_.log_every_failure;
  if (change == Change::kDone) {
    context_.log.Check(cluster_, *endpoint_, spec_, CheckEvent::kEjected, failure);
  } else if (tells) {
    context_.log.Check(cluster_, *endpoint_, spec_, CheckEvent::kFailed, failure);
  }
  first_ = false;
  WaitFor(NextInterval(/*passed=*/false, change));
}

base::Duration EndpointChecker::NextInterval(bool passed, Change change) const {
  const bool edge = change == Change::kPending;
  if (cluster_.Total(&upstream::PoolStats::cx_total) == 0) {
    return passed && !edge ? spec_.no_traffic_healthy_interval : spec_.no_traffic_interval;
  }
  if (passed) return edge ? spec_.healthy_edge_interval : spec_.interval;
  return edge ? spec_.unhealthy_edge_interval : spec_.unhealthy_interval;
}

void EndpointChecker::WaitFor(base::Duration interval) {
  const base::Duration share = interval / 100 * spec_.interval_jitter_percent;
  timer_.ArmAt(context_.loop.now() + interval + RandomPart(context_.random, share) +
               RandomPart(context_.random, spec_.interval_jitter));
}

}  // namespace sluice::health
