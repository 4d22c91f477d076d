// Where endpoints come from, for the services of the configuration, and where they go.
//
// Owner: Control. Sources (registered instances, files, static endpoints with zones) change the
// catalog on threads that may wait; the catalog's observer hands every change to the strand, where
// assignments and streams are. A service has endpoints as long as some revision names it that a proxy
// holds or is asked to hold: what is live, under vote or waits for it, and what those who refused still
// serve. Where they come from is what the live revision says; another source takes its place once the
// vote is won, in one step. A delayed file delays the change that asked for it, nothing else. Restart:
// leases come back from the store, files are read again; what a refuser serves is not known then.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

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
    // The configurations whose services need endpoints; of two that name one, the first says how. May
    // wait, and must not call back.
    std::function<std::vector<model::Config>()> in_use;
  };
  // `epoch`: of the log, from Store::BeginEpoch.
  EndpointFeed(Options options, uint64_t epoch);

  // Takes the stored leases for the services in use and begins to look after them. May wait.
  absl::Status Start();
  // Follows what is in use by now. Any thread; may wait for files.
  void Follow();
  // Leases came or went: the next expiry may be another one. Any thread.
  void LeasesChanged();

  discovery::Registry& registry() { return registry_; }
  // How far the log has come. Any thread.
  discovery::Position position() const { return catalog_.position(); }

 private:
  // The wanted state of all sources.
  struct Sources {
    std::map<std::string, base::Duration> ttls;  // of registered services
    std::map<std::string, std::string> paths;
    discovery::Catalog::Services fixed;
    std::map<std::string, sluice::v1::Service::Zones> zones;
  };
  static Sources SourcesOf(const std::vector<model::Config>& configs);
  // The catalog's observer, under its lock.
  void OnChange(const discovery::ServiceEndpoints& change);
  // On `disk`.
  void Tick();
  void Poll();

  const Options options_;
  const uint64_t epoch_;
  discovery::Catalog catalog_;
  discovery::Registry registry_;
  discovery::FileSource files_;
  strand::Strand::TimerId tick_{};  // disk
  std::mutex following_;            // one Follow at a time: the last one knows best
  std::vector<discovery::ServiceEndpoints> removed_;  // by the Follow under way; under following_
};

// Whether endpoints of the service travel as assignments (EDS) and not inside its cluster.
bool IsDiscovered(const sluice::v1::Service& service);

}  // namespace sluice::main
