#include "dataplane/main/live_clusters.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "dataplane/config/snapshot_assembly.h"

namespace sluice::main {

using config::CompiledCluster;
using config::Problems;
using config::ResourceType;
using upstream::Discovery;

LiveClusters::LiveClusters(Threads threads, upstream::Registry& registry,
                           worker::WorkerSet& workers, upstream::DnsClusters::Options dns)
    : threads_(threads),
      registry_(registry),
      endpoints_(threads, registry, workers),
      grave_(threads, registry),
      dns_(threads.config, registry, std::move(dns)),
      waiting_timer_(threads.config.timers(), *this),
      warm_timer_(threads.config.timers(), *this) {
  endpoints_.OnChange([this] { OnAssignments(); });
}

LiveClusters::SnapshotPtr LiveClusters::Assemble(const config::Draft& draft) {
  SnapshotPtr snapshot = config::AssembleSnapshot(draft, served_.get(), registry_);
  Replace(snapshot);
  return snapshot;
}

void LiveClusters::Drop() {
  EndWarming();
  Replace(nullptr);
}

void LiveClusters::Replace(SnapshotPtr prepared) {
  grave_.Bury(std::exchange(prepared_, std::move(prepared)));
  Follow();
}

void LiveClusters::Follow() {
  EndpointUpdates::Directories directories;
  if (served_ != nullptr) directories.push_back(served_->clusters);
  if (prepared_ != nullptr && (served_ == nullptr || prepared_->clusters != served_->clusters)) {
    directories.push_back(prepared_->clusters);
  }
  endpoints_.Follow(std::move(directories));
  FollowNames();
}

// DnsClusters takes each by the spec it serves now, so a changed name is asked for when it serves.
void LiveClusters::FollowNames() {
  std::vector<std::shared_ptr<upstream::Cluster>> clusters;
  for (const SnapshotPtr& snapshot : {served_, prepared_}) {
    if (snapshot == nullptr) continue;
    for (const auto& entry : snapshot->clusters->entries) {
      if (entry.cluster->spec().discovery == Discovery::kStrictDns)
        clusters.push_back(entry.cluster);
    }
  }
  names_warm_ = false;
  dns_.Follow(clusters, [this, round = ++names_round_] {
    if (round != names_round_) return;
    names_warm_ = true;
    if (warmed_ && IsWarm()) EndWarming();
  });
}

// Only what is new is waited for: a service without endpoints does not hold up every revision.
void LiveClusters::Warm(const config::Draft& draft, base::Duration limit,
                        std::function<void(Problems)> done) {
  EndWarming();
  warming_.clear();
  absl::flat_hash_set<const CompiledCluster*> known;
  if (published_ != nullptr) {
    for (const auto& one : *published_->clusters) known.insert(one.get());
  }
  for (const auto& one : *draft.clusters) {
    if (!known.contains(one.get())) warming_.push_back(one);
  }
  warmed_ = std::move(done);
  warm_timer_.ArmAt(threads_.config.now() + limit);
  if (!IsWarm()) return;
  threads_.config.mailbox().Post([this, round = warm_round_] {
    if (round == warm_round_) EndWarming();
  });
}

bool LiveClusters::IsUnassigned(const CompiledCluster& one) const {
  return one.spec->discovery == Discovery::kEds && !endpoints_.Holds(one.spec->eds_service_name);
}

bool LiveClusters::IsWarm() const {
  return names_warm_ && std::none_of(warming_.begin(), warming_.end(),
                                     [this](const auto& one) { return IsUnassigned(*one); });
}

bool LiveClusters::Assigned(const config::Draft& draft) const {
  return std::none_of(draft.clusters->begin(), draft.clusters->end(),
                      [this](const auto& one) { return IsUnassigned(*one); });
}

void LiveClusters::EndWarming() {
  warm_timer_.Disarm();
  ++warm_round_;
  if (!warmed_) return;
  Problems cold;
  for (const std::shared_ptr<const CompiledCluster>& one : std::exchange(warming_, {})) {
    const upstream::ClusterSpec& spec = *one->spec;
    if (IsUnassigned(*one)) {
      cold.push_back(config::LocalProblem(
          ResourceType::kCluster, spec.name, "cold",
          fmt::format("no assignment of endpoints '{}' has come", spec.eds_service_name)));
    }
    if (spec.discovery != Discovery::kStrictDns) continue;
    const auto cluster = registry_.FindByName(spec.name);
    if (cluster != nullptr && cluster->endpoints() != nullptr) continue;
    cold.push_back(config::LocalProblem(ResourceType::kCluster, spec.name, "cold",
                                        "no name of it has an address yet"));
  }
  std::exchange(warmed_, nullptr)(std::move(cold));
}

void LiveClusters::Serve(SnapshotPtr snapshot) {
  // A newer one may have been prepared while this one waited for the disk.
  if (prepared_ == snapshot) prepared_ = nullptr;
  grave_.Bury(std::exchange(served_, std::move(snapshot)));
}

void LiveClusters::Publish(DraftPtr draft, const config::Snapshot& snapshot) {
  const base::MonoTime end = threads_.config.now() + kAssignmentWait;
  const bool same = published_ != nullptr && published_->clusters == draft->clusters;
  grave_.Free(std::exchange(published_, std::move(draft)));
  published_clusters_ = snapshot.clusters;
  if (same && waiting_.empty()) return;
  const auto waited = std::exchange(waiting_, {});
  for (size_t i = 0; i < published_->clusters->size(); ++i) {
    const CompiledCluster& one = *(*published_->clusters)[i];
    const upstream::ClusterSpec& now = published_clusters_->entries[i].cluster->spec();
    const bool same_source =
        now.discovery == Discovery::kEds && now.eds_service_name == one.spec->eds_service_name;
    if (!IsUnassigned(one) || same_source) continue;
    const auto known = waited.find(one.spec->name);
    waiting_[one.spec->name] = known == waited.end() ? end : known->second;
  }
  if (!waiting_.empty() && !waiting_timer_.armed()) waiting_timer_.ArmAt(end);
  PublishReady();
}

void LiveClusters::PublishReady() {
  config::PublishClusters(*published_, *published_clusters_, registry_,
                          [this](const upstream::ClusterSpec& spec) { return Waits(spec); });
  Follow();
}

bool LiveClusters::Waits(const upstream::ClusterSpec& spec) {
  const auto found = waiting_.find(spec.name);
  if (found == waiting_.end()) return false;
  const bool over =
      endpoints_.Holds(spec.eds_service_name) || found->second <= threads_.config.now();
  if (over) waiting_.erase(found);
  return !over;
}

void LiveClusters::OnAssignments() {
  if (!waiting_.empty()) PublishReady();
  if (warmed_ && IsWarm()) EndWarming();
  if (on_change_) on_change_();
}

void LiveClusters::OnTimer(event::Timer& timer) {
  if (&timer == &warm_timer_) return EndWarming();
  PublishReady();
  if (!waiting_.empty()) waiting_timer_.ArmAt(threads_.config.now() + kAssignmentWait);
}

}  // namespace sluice::main
