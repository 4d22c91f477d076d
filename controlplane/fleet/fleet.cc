#include "controlplane/fleet/fleet.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace sluice::fleet {

using sluice::v1::Proxy;
using sluice::v1::ProxyRefusal;
using sluice::v1::WaitServedProgress;
using sluice::v1::ZoneProgress;

namespace {

Proxy::Client ClientOf(Client client) {
  switch (client) {
    case Client::kCommitting: return Proxy::COMMITTING;
    case Client::kStandardDelta: return Proxy::STANDARD_DELTA;
    case Client::kStandardSotw: return Proxy::STANDARD_SOTW;
  }
  return Proxy::CLIENT_UNSPECIFIED;
}

void SetTime(const base::Clock& clock, google::protobuf::Timestamp& out) {
  const auto since = clock.WallNow().time_since_epoch();
  out.set_seconds(std::chrono::duration_cast<std::chrono::seconds>(since).count());
}

// A message that is sent at each change must not grow with the fleet.
void AddWaiting(const std::string& id, WaitServedProgress& progress) {
  constexpr int kMostWaiting = 100;
  if (progress.waiting_size() < kMostWaiting) progress.add_waiting(id);
}

}  // namespace

Fleet::Record* Fleet::Find(const std::string& id) {
  const auto it = proxies_.find(id);
  return it == proxies_.end() ? nullptr : &it->second;
}

void Fleet::Changed() {
  ++changes_;
  const auto watchers = watchers_;  // one may leave while it is called
  for (const auto& [id, changed] : watchers) {
    if (watchers_.contains(id)) changed();
  }
}

void Fleet::ForgetOld() {
  std::erase_if(proxies_, [&](const auto& entry) {
    return !entry.second.proxy.connected() && clock_.Now() - entry.second.since > kForget;
  });
}

void Fleet::Connected(const Node& node, const std::string& group, const std::vector<std::string>& gateways) {
  ForgetOld();
  Record& record = proxies_[node.id];
  record = {.proxy = {}, .since = clock_.Now(), .held = record.held};
  Proxy& proxy = record.proxy;
  proxy.set_id(node.id);
  proxy.set_cluster(node.cluster);
  proxy.set_zone(node.zone);
  proxy.set_version(node.user_agent);
  proxy.set_group(group);
  proxy.set_client(ClientOf(node.client));
  proxy.set_connected(true);
  for (const auto& [key, value] : node.labels) (*proxy.mutable_labels())[key] = value;
  *proxy.mutable_gateways() = {gateways.begin(), gateways.end()};
  SetTime(clock_, *proxy.mutable_since());
  Changed();
}

void Fleet::Regrouped(const std::string& id, const std::string& group, const std::vector<std::string>& gateways) {
  Record* record = Find(id);
  if (record == nullptr || record->proxy.group() == group) return;  // the name says which gateways
  record->proxy.set_group(group);
  *record->proxy.mutable_gateways() = {gateways.begin(), gateways.end()};
  Changed();
}

void Fleet::Disconnected(const std::string& id) {
  Record* record = Find(id);
  if (record == nullptr) return;
  record->proxy.set_connected(false);
  record->since = clock_.Now();
  SetTime(clock_, *record->proxy.mutable_since());
  Changed();
}

void Fleet::Prepared(const std::string& id, uint64_t revision) {
  Record* record = Find(id);
  if (record == nullptr) return;
  record->proxy.set_prepared(revision);
  record->proxy.clear_refusals();
  record->refusal = Record::Refusal::kFinal;
  record->silent_for = 0;
  Changed();
}

void Fleet::Served(const std::string& id, uint64_t revision, uint32_t workers) {
  Record* record = Find(id);
  if (record == nullptr) return;
  record->proxy.set_served(std::max(revision, record->proxy.served()));
  record->held = record->proxy.served();
  record->proxy.set_prepared(std::max(revision, record->proxy.prepared()));
  if (workers != 0) record->proxy.set_workers(workers);
  record->proxy.clear_refusals();
  record->refusal = Record::Refusal::kFinal;
  record->silent_for = 0;
  Changed();
}

void Fleet::Refused(const std::string& id, std::vector<ProxyRefusal> refusals) {
  Note(id, std::move(refusals), Record::Refusal::kFinal);
}

void Fleet::Retrying(const std::string& id, std::vector<ProxyRefusal> refusals) {
  Note(id, std::move(refusals), Record::Refusal::kRetried);
}

void Fleet::TooOld(const std::string& id, std::vector<ProxyRefusal> reasons) {
  Note(id, std::move(reasons), Record::Refusal::kTooOld);
}

void Fleet::Note(const std::string& id, std::vector<ProxyRefusal> refusals, Record::Refusal kind) {
  Record* record = Find(id);
  if (record == nullptr) return;
  record->refusal = kind;
  record->proxy.clear_refusals();
  record->silent_for = 0;
  for (ProxyRefusal& refusal : refusals) {
    refusal.set_proxy(id);
    refusal.set_zone(record->proxy.zone());
    SetTime(clock_, *refusal.mutable_time());
    *record->proxy.add_refusals() = std::move(refusal);
  }
  Changed();
}

void Fleet::Silent(const std::string& id, uint64_t revision) {
  if (Record* record = Find(id)) {
    record->silent_for = revision;
    Changed();
  }
}

void Fleet::EndpointsSettled(const std::string& id, uint64_t seq) {
  Record* record = Find(id);
  if (record == nullptr || record->endpoints >= seq) return;
  record->endpoints = seq;
  Changed();
}

void Fleet::Decided(uint64_t revision) {
  decided_ = std::max(decided_, revision);
  Changed();
}

void Fleet::Withdrawn(uint64_t revision, uint64_t replaced_by) {
  withdrawn_[revision] = replaced_by;
  if (withdrawn_.size() > 1000) withdrawn_.erase(withdrawn_.begin());
  Changed();
}

std::vector<Proxy> Fleet::List() const {
  std::vector<Proxy> list;
  for (const auto& [id, record] : proxies_) list.push_back(record.proxy);
  return list;
}

std::map<std::string, uint32_t> Fleet::ProxiesPerZone() const {
  std::map<std::string, uint32_t> zones;
  for (const auto& [id, record] : proxies_) {
    if (record.proxy.connected()) ++zones[record.proxy.zone()];
  }
  return zones;
}

std::vector<uint64_t> Fleet::Held() const {
  std::set<uint64_t, std::greater<>> connected, absent;
  for (const auto& [id, record] : proxies_) {
    if (record.held != 0) (record.proxy.connected() ? connected : absent).insert(record.held);
  }
  std::vector<uint64_t> revisions(connected.begin(), connected.end());
  std::copy_if(absent.begin(), absent.end(), std::back_inserter(revisions),
               [&](uint64_t revision) { return !connected.contains(revision); });
  return revisions;
}

std::vector<ProxyRefusal> Fleet::Refusals() const {
  std::vector<ProxyRefusal> all;
  for (const auto& [id, record] : proxies_) {
    all.insert(all.end(), record.proxy.refusals().begin(), record.proxy.refusals().end());
  }
  return all;
}

// It serves the revision, or has refused it or a later one: nothing more is to be waited for.
bool Fleet::Settled(const Record& record, uint64_t revision) const {
  if (record.proxy.served() >= revision) return true;
  if (decided_ < revision) return false;  // the vote goes on
  if (record.refusal != Record::Refusal::kFinal) return record.refusal == Record::Refusal::kTooOld;
  return record.proxy.refusals_size() > 0 && record.proxy.refusals(0).revision() >= revision;
}

WaitServedProgress Fleet::ProgressOf(uint64_t revision) const {
  WaitServedProgress progress;
  progress.set_revision(revision);
  std::map<std::string, ZoneProgress> zones;
  bool settled = true;
  for (const auto& [id, record] : proxies_) {
    const Proxy& proxy = record.proxy;
    if (!proxy.connected()) {
      if (proxy.client() == Proxy::COMMITTING) progress.add_absent(id);
      continue;
    }
    if (proxy.client() != Proxy::COMMITTING) {
      if (proxy.served() >= revision) progress.add_accepted(id);
      continue;
    }
    ZoneProgress& zone = zones[proxy.zone()];
    zone.set_zone(proxy.zone());
    zone.set_proxies(zone.proxies() + 1);
    zone.set_prepared(zone.prepared() + (proxy.prepared() >= revision ? 1 : 0));
    zone.set_served(zone.served() + (proxy.served() >= revision ? 1 : 0));
    if (record.silent_for >= revision && record.silent_for != 0) progress.add_silent(id);
    for (ProxyRefusal refusal : proxy.refusals()) {
      if (record.refusal == Record::Refusal::kTooOld) refusal.set_revision(revision);  // for any
      if (refusal.revision() >= revision) *progress.add_refused() = std::move(refusal);
    }
    if (Settled(record, revision)) continue;
    settled = false;
    AddWaiting(id, progress);
  }
  for (const auto& [name, zone] : zones) {
    *progress.add_zones() = zone;
    progress.set_audience(progress.audience() + zone.proxies());
    progress.set_prepared(progress.prepared() + zone.prepared());
    progress.set_served(progress.served() + zone.served());
  }
  if (const auto it = withdrawn_.find(revision); it != withdrawn_.end()) {
    progress.set_withdrawn_for(it->second);
    progress.set_done(it->second != 0);
    return progress;
  }
  // Who serves the same content already counts as served before the others have voted.
  settled = settled && decided_ >= revision;
  progress.set_done(settled);
  progress.set_all_served(settled && progress.served() == progress.audience());
  return progress;
}

WaitServedProgress Fleet::EndpointProgressOf(uint64_t seq) const {
  WaitServedProgress progress;
  for (const auto& [id, record] : proxies_) {
    if (!record.proxy.connected() || record.proxy.client() != Proxy::COMMITTING) continue;
    if (record.refusal == Record::Refusal::kTooOld) continue;
    progress.set_audience(progress.audience() + 1);
    if (record.endpoints >= seq) {
      progress.set_served(progress.served() + 1);
    } else {
      AddWaiting(id, progress);
    }
  }
  progress.set_prepared(progress.served());
  progress.set_done(progress.served() == progress.audience());
  progress.set_all_served(progress.done());
  return progress;
}

Fleet::WatchId Fleet::Watch(std::function<void()> changed) {
  watchers_[next_watch_] = std::move(changed);
  return next_watch_++;
}

}  // namespace sluice::fleet
