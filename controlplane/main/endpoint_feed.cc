#include "controlplane/main/endpoint_feed.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "dataplane/base/log.h"

namespace sluice::main {

using sluice::v1::Service;

namespace {

// Leases go to the store's live log; each takes the batch's place in it.
absl::Status Persist(store::Store& store, uint64_t epoch, std::span<const discovery::LeaseWrite> writes) {
  store::LiveBatch batch{.log = EndpointFeed::kLog, .epoch = epoch, .writes = {}};
  for (const discovery::LeaseWrite& write : writes) batch.writes.push_back({write.id, write.value});
  return store.WriteLive(batch).status();
}

void SayAlarm(const discovery::LossAlarm& alarm) {
  if (!alarm.stands) return base::LogInfo("discovery: {} is whole again", alarm.source);
  base::LogError("discovery: {} lost {} of {} endpoints at once: kept until it is sure", alarm.source, alarm.lost,
                 alarm.of);
}

void SayProblem(const discovery::SourceProblem& problem) {
  if (!problem.stands) return base::LogInfo("discovery: {} can be used again", problem.source);
  base::LogError("discovery: service '{}': {}: {}", problem.service, problem.source, problem.text);
}

base::Duration TtlOf(const sluice::v1::RegisteredEndpoints& registered) {
  if (!registered.has_ttl()) return discovery::Registry::kDefaultTtl;
  return std::chrono::seconds(registered.ttl().seconds()) + std::chrono::nanoseconds(registered.ttl().nanos());
}

}  // namespace

bool IsDiscovered(const Service& service) {
  switch (service.source_case()) {
    case Service::kFile:
    case Service::kRegistered: return true;
    case Service::kStatic:
      for (const auto& endpoint : service.static_().endpoints()) {
        if (!endpoint.zone().empty()) return true;
      }
      return false;
    case Service::kDns:
    case Service::SOURCE_NOT_SET: return false;
  }
  return false;
}

EndpointFeed::EndpointFeed(Options options, uint64_t epoch)
    : options_(std::move(options)), epoch_(epoch), catalog_(epoch),
      registry_(catalog_, options_.clock,
                [this](std::span<const discovery::LeaseWrite> writes) {
                  return Persist(options_.store, epoch_, writes);
                },
                SayAlarm),
      files_(catalog_, options_.clock, SayProblem, SayAlarm) {}

absl::Status EndpointFeed::Start() {
  Follow();
  auto stored = options_.store.ReadLive(kLog);
  if (!stored.ok()) return stored.status();
  std::vector<discovery::LeaseWrite> leases;
  for (const store::LiveEntry& entry : stored->entries) leases.push_back({entry.key, entry.value});
  if (absl::Status status = registry_.Restore(leases); !status.ok()) return status;
  catalog_.Observe([this](const discovery::ServiceEndpoints& change) { OnChange(change); });
  options_.disk.Post([this] { Tick(); });
  options_.disk.After(kPoll, [this] { Poll(); });
  return absl::OkStatus();
}

void EndpointFeed::OnChange(const discovery::ServiceEndpoints& change) {
  // Only a Follow removes, and perhaps another source takes the service over before it ends: proxies
  // must not see it gone in between.
  if (change.removed) return removed_.push_back(change);
  options_.strand.Post([this, change] {
    options_.assignments.Set(change.service, change.endpoints, change.changed.seq);
    options_.changed();
  });
}

EndpointFeed::Sources EndpointFeed::SourcesOf(const std::vector<model::Config>& configs) {
  Sources sources;
  std::set<std::string> taken;
  for (const model::Config& config : configs) {
    for (const model::ObjectPtr& object : config.OfKind(model::kService)) {
      const Service& service = object->service();
      const std::string& name = object->name();
      sources.zones.emplace(name, service.zones());
      // What is part of the cluster in one revision may be discovered in the next.
      if (!IsDiscovered(service) || !taken.insert(name).second) continue;
      if (service.has_registered()) sources.ttls[name] = TtlOf(service.registered());
      if (service.has_file()) sources.paths[name] = service.file().path();
      if (service.has_static_()) {
        const auto& endpoints = service.static_().endpoints();
        sources.fixed[name] = {endpoints.begin(), endpoints.end()};
      }
    }
  }
  return sources;
}

void EndpointFeed::Follow() {
  const std::lock_guard turn(following_);
  Sources sources = SourcesOf(options_.in_use());
  registry_.SetServices(sources.ttls);
  files_.SetServices(sources.paths);
  catalog_.ReplaceSource("static", std::move(sources.fixed));
  for (const discovery::ServiceEndpoints& gone : std::exchange(removed_, {})) {
    options_.strand.Post([this, service = gone.service, seq = gone.changed.seq] {
      // Asked here and not before: who brings it back meanwhile may have been posted already.
      if (catalog_.Get(service)) return;
      options_.assignments.Remove(service, seq);
      options_.changed();
    });
  }
  options_.strand.Post([this, zones = std::move(sources.zones)] {
    if (options_.assignments.SetZones(zones)) options_.changed();
  });
}

void EndpointFeed::LeasesChanged() {
  options_.disk.Post([this] { Tick(); });
}

void EndpointFeed::Tick() {
  options_.disk.Cancel(tick_);
  const base::MonoTime next = registry_.Tick();
  if (next == base::kNever) return;
  tick_ = options_.disk.After(std::max(next - options_.clock.Now(), base::Duration(0)), [this] { Tick(); });
}

void EndpointFeed::Poll() {
  files_.Poll();
  Tick();  // what the store did not take is tried again
  options_.disk.After(kPoll, [this] { Poll(); });
}

}  // namespace sluice::main
