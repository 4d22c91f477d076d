// Where endpoints come from, for the services of the configuration, and where they go.
//
// Owner: Control. Sources (registered instances, files, static endpoints with zones) change the
// catalog on threads that may wait; the catalog's observer hands every change to the strand, where
// assignments and streams are. Services of the live revision keep their endpoints while it is being
// replaced: OnHead follows both, and the next head lets go of what neither needs. Restart: leases come back from the
// store, files are read again.
#pragma once

#include <functional>
#include <memory>

#include "controlplane/discovery/catalog.h"
#include "controlplane/discovery/file_source.h"
#include "controlplane/discovery/registry.h"
#include "controlplane/model/config.h"
#include "controlplane/snapshot/assignments.h"
#include "controlplane/store/store.h"
#include "controlplane/strand/strand.h"

namespace sluice::main {

class EndpointFeed final {
 public:
  static constexpr base::Duration kPoll = std::chrono::seconds(1);
  static constexpr char kLog[] = "endpoints";

  struct Options {
    const base::Clock& clock;
    strand::Strand& strand;  // of assignments
    strand::Strand& disk;    // may wait
    store::Store& store;
    snapshot::Assignments& assignments;
    std::function<void()> changed;  // strand: assignments changed
  };
  // `epoch`: of the log, from Store::BeginEpoch.
  EndpointFeed(Options options, uint64_t epoch);

  // Takes the stored leases for the services of both and begins to look after them. May wait.
  absl::Status Start(const model::Config& live, const model::Config& head);
  // Follows the sources that `next` names besides those of `live`. May wait for files.
  void OnHead(const model::Config& live, const model::Config& next);
  // Leases came or went: the next expiry may be another one. Any thread.
  void LeasesChanged();

  discovery::Registry& registry() { return registry_; }
  uint64_t epoch() const { return epoch_; }

 private:
  void Follow(const std::vector<const model::Config*>& configs);
  // On `disk`.
  void Tick();
  void Poll();

  const Options options_;
  const uint64_t epoch_;
  discovery::Catalog catalog_;
  discovery::Registry registry_;
  discovery::FileSource files_;
  strand::Strand::TimerId tick_{};  // disk
};

// Whether endpoints of the service travel as assignments (EDS) and not inside its cluster.
bool IsDiscovered(const sluice::v1::Service& service);

}  // namespace sluice::main
