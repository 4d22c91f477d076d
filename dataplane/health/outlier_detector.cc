#include "dataplane/health/outlier_detector.h"

#include <algorithm>
#include <utility>

#include "dataplane/health/success_rate.h"

namespace sluice::health {

using upstream::Ejection;
using upstream::Endpoint;
using upstream::OutlierSpec;
using upstream::OutlierVolume;

namespace {

constexpr Ejection kInARow[] = {Ejection::kConsecutive5xx, Ejection::kConsecutiveGateway,
                                Ejection::kConsecutiveLocal};

}  // namespace

OutlierDetector::OutlierDetector(const HealthContext& context, upstream::Cluster& cluster)
    : context_(context),
      cluster_(cluster),
      sweep_(context.loop.timers(), *this),
      interval_(spec().interval) {
  sweep_.ArmAt(context_.loop.now() + interval_);
  Update();
}

OutlierDetector::~OutlierDetector() {
  for (auto& [address, host] : hosts_) {
    if (host->ejected()) Uneject(*host);
  }
}

void OutlierDetector::Update() {
  if (std::exchange(interval_, spec().interval) != spec().interval) {
    sweep_.ArmAt(context_.loop.now() + interval_);
  }
  const upstream::EndpointTable* const table = cluster_.endpoints();
  if (table == nullptr || table == seen_) return;
  seen_ = table;
  absl::flat_hash_map<net::Address, std::unique_ptr<Host>, AddressHash> next;
  next.reserve(table->endpoints().size());
  for (const std::shared_ptr<Endpoint>& endpoint : table->endpoints()) {
    std::unique_ptr<Host>& place = next[endpoint->address()];
    const auto known = hosts_.find(endpoint->address());
    place = known == hosts_.end() ? std::make_unique<Host>() : std::move(known->second);
    Adopt(*place, endpoint);
  }
  for (auto& [address, host] : hosts_) {
    if (host != nullptr && host->ejected()) cluster_.health_stats().ejections_active.Add(-1);
  }
  hosts_ = std::move(next);
}

// An address whose name changed has a new Endpoint, which takes the ejection over.
void OutlierDetector::Adopt(Host& host, const std::shared_ptr<Endpoint>& endpoint) {
  if (host.endpoint == endpoint) return;
  const bool ejected = host.endpoint != nullptr && host.ejected();
  host.endpoint = endpoint;
  host.answers = endpoint->outlier().answers();
  host.attempts = endpoint->outlier().attempts();
  context_.registry.Mark(cluster_, *endpoint, upstream::kEjected, ejected ? upstream::kEjected : 0u);
}

OutlierDetector::Host* OutlierDetector::Find(const Endpoint& endpoint) {
  const auto found = hosts_.find(endpoint.address());
  if (found == hosts_.end() || found->second->endpoint.get() != &endpoint) return nullptr;
  return found->second.get();
}

void OutlierDetector::OnTrip(const Endpoint& endpoint, Ejection type) {
  Host* const host = Find(endpoint);
  if (host == nullptr) return;
  // The next run begins now, so an endpoint that could not be ejected is found again.
  host->endpoint->outlier().Reset(type);
  if (!host->ejected()) Eject(*host, type);
}

void OutlierDetector::OnCheckPassed(const Endpoint& endpoint) {
  Host* const host = Find(endpoint);
  if (host != nullptr && host->ejected() && spec().uneject_on_check) Uneject(*host);
}

bool OutlierDetector::HasRoom() const {
  const int64_t ejected = cluster_.health_stats().ejections_active.value();
  if (spec().always_eject_one && ejected == 0) return true;
  const double share = 100.0 * static_cast<double>(ejected + 1) / static_cast<double>(hosts_.size());
  return share <= spec().max_ejection_percent;
}

bool OutlierDetector::Eject(Host& host, Ejection type) {
  upstream::HealthStats& stats = cluster_.health_stats();
  const auto index = static_cast<size_t>(type);
  stats.detected[index].Add();
  if (!HasRoom()) {
    stats.ejections_overflow.Add();
    return false;
  }
  const bool enforced = context_.random.Below(100) < spec().enforcing_of(type);
  if (enforced) {
    stats.enforced[index].Add();
    stats.ejections_total.Add();
    stats.ejections_active.Add(1);
    host.ejected_at = context_.loop.now();
    const base::Duration longest = std::max(spec().max_ejection_time, spec().base_ejection_time);
    if (host.ejections * spec().base_ejection_time < longest) ++host.ejections;
    host.jitter = base::Duration(static_cast<int64_t>(
        context_.random.Below(static_cast<uint64_t>(spec().max_ejection_jitter.count()) + 1)));
    context_.registry.Mark(cluster_, *host.endpoint, upstream::kEjected, upstream::kEjected);
  }
  context_.log.Eject(cluster_, *host.endpoint, type, enforced, host.ejections);
  return enforced;
}

void OutlierDetector::Uneject(Host& host) {
  cluster_.health_stats().ejections_active.Add(-1);
  for (const Ejection type : kInARow) host.endpoint->outlier().Reset(type);
  context_.registry.Mark(cluster_, *host.endpoint, upstream::kEjected, 0);
  context_.log.Uneject(cluster_, *host.endpoint, host.ejections);
}

void OutlierDetector::UnejectIfDue(Host& host) {
  if (!host.ejected()) {
    if (host.ejections > 0) --host.ejections;
    return;
  }
  const base::Duration longest = std::max(spec().max_ejection_time, spec().base_ejection_time);
  const base::Duration lasts = std::min(host.ejections * spec().base_ejection_time, longest);
  if (context_.loop.now() - host.ejected_at >= lasts + host.jitter) Uneject(host);
}

void OutlierDetector::OnTimer(event::Timer&) {
  std::vector<Share> answers;
  std::vector<Share> attempts;
  for (auto& [address, host] : hosts_) {
    UnejectIfDue(*host);
    const OutlierVolume all_answers = host->endpoint->outlier().answers();
    const OutlierVolume all_attempts = host->endpoint->outlier().attempts();
    answers.push_back({host.get(), all_answers - std::exchange(host->answers, all_answers), 0});
    attempts.push_back({host.get(), all_attempts - std::exchange(host->attempts, all_attempts), 0});
  }
  JudgeShares(answers, Ejection::kSuccessRate, Ejection::kFailurePercentage);
  if (spec().split_local) {
    JudgeShares(attempts, Ejection::kLocalSuccessRate, Ejection::kLocalFailurePercentage);
  }
  sweep_.ArmAt(context_.loop.now() + interval_);
}

void OutlierDetector::JudgeShares(std::vector<Share>& shares, Ejection by_rate,
                                  Ejection by_percentage) {
  std::erase_if(shares, [](const Share& s) { return s.volume.all == 0 || s.host->ejected(); });
  for (Share& share : shares) {
    share.good_percent = std::min(100.0, 100.0 * static_cast<double>(share.volume.good) /
                                             static_cast<double>(share.volume.all));
  }
  JudgeRates(shares, by_rate);
  JudgePercentages(shares, by_percentage);
}

void OutlierDetector::JudgeRates(const std::vector<Share>& shares, Ejection type) {
  std::vector<double> rates;
  for (const Share& share : shares) {
    if (share.volume.all >= spec().success_rate_volume) rates.push_back(share.good_percent);
  }
  if (rates.empty() || rates.size() < spec().success_rate_hosts) return;
  const double threshold = SuccessRateThreshold(rates, spec().success_rate_stdevs);
  for (const Share& share : shares) {
    const bool counts = share.volume.all >= spec().success_rate_volume;
    if (counts && share.good_percent < threshold) Eject(*share.host, type);
  }
}

void OutlierDetector::JudgePercentages(const std::vector<Share>& shares, Ejection type) {
  const auto counts = [this](const Share& share) {
    return share.volume.all >= spec().failure_percentage_volume;
  };
  const auto enough = static_cast<size_t>(std::count_if(shares.begin(), shares.end(), counts));
  if (enough < spec().failure_percentage_hosts) return;
  for (const Share& share : shares) {
    const bool bad = 100.0 - share.good_percent >= spec().failure_percentage;
    if (counts(share) && bad && !share.host->ejected()) Eject(*share.host, type);
  }
}

}  // namespace sluice::health
