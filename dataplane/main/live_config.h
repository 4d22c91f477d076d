// The configuration that is in force and how it changes: the consumer of the ADS client.
//
// Owner: main/server. Thread: config; the constructor before the threads run, the destructor after
// they ended. Compiles run on the build thread and sockets on main's, by messages there and back;
// every call of the client's returns at once. State: the draft that is served (or will be, before
// the first), at most one prepared revision, and calls that wait for their turn.
// Revision change, standard server: compile what is good, bind, switch, answer; a listener that
// cannot be bound keeps its held copy. Committing: Prepare compiles, binds and warms, and leaves no
// trace in what is served; Serve switches every worker, then the clusters' specs. A delayed worker
// delays only the answer to Serve: a new Prepare runs beside it. A silent control plane: what is
// served stays; before the first configuration ports stay closed, at most `first_limit` (xds.md
// R64, R55). A restart begins with the bootstrap, or with what StartFrom is given.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dataplane/config/compiler.h"
#include "dataplane/main/listener_switch.h"
#include "dataplane/main/live_clusters.h"
#include "dataplane/main/live_status.h"
#include "dataplane/main/route_waits.h"
#include "dataplane/main/threads.h"
#include "dataplane/xds/consumer.h"

namespace sluice::main {

// CommitReport.took.
void SetTook(base::Duration took, ::sluice::xds::v1::CommitReport& report);

class LiveConfig final : public xds::Consumer, private event::Timer::Handler {
 public:
  using DraftPtr = std::shared_ptr<const config::Draft>;
  using SnapshotPtr = std::shared_ptr<const config::Snapshot>;
  using Report = ::sluice::xds::v1::CommitReport;
  using ReportDone = std::function<void(Report)>;

  // All outlive this object.
  struct Parts {
    Threads threads;
    config::Compiler& compiler;  // from now on used on the build thread only
    LiveClusters& clusters;
    ListenerSwitch& listeners;  // on main
  };
  struct Options {
    uint32_t workers = 1;  // for reports
    // What must have come before the first configuration of a standard server is served: CDS, LDS,
    // and what they name. Without both the bootstrap's is served at once.
    bool waits_for_clusters = false;
    bool waits_for_listeners = false;
    base::Duration first_limit = std::chrono::seconds(15);  // R55; zero: for ever
    uint64_t crash_prepare = 0;  // the process dies compiling that one (faults.h); 0: none
  };
  LiveConfig(Parts parts, Options options);

  // ---- Config thread ----
  // Begins with the bootstrap's `statics`. `on_first` is called once, on main, when every worker
  // serves the first configuration.
  void Start(DraftPtr statics, std::function<void()> on_first);
  // Serves `revision` as far as it can be, now, instead of waiting for a control plane; after
  // Start. What is bad or cannot be bound is named in the log.
  void StartFrom(xds::Revision revision);
  // The client knows better than the clock: the first configuration is complete, or late.
  void EndFirstWait();
  // Each change of what is in force, on config.
  void OnStatus(std::function<void(const LiveStatus&)> on_status) {
    on_status_ = std::move(on_status);
  }
  // Asked before a revision is compiled: what to refuse it with. Called before one is compiled and
  // before one is switched to; `go` must be called, on config. `after_prepare`: no revision is
  // compiled, bound or warmed any more. Each may be absent.
  struct Guard {
    std::function<std::optional<config::Problem>(const xds::Revision&)> refuses;
    std::function<void(const xds::Revision&, std::function<void()> go)> before_prepare;
    std::function<void()> after_prepare;
    std::function<void(const xds::Revision&, std::function<void()> go)> before_serve;
    std::function<void(const xds::Revision&)> served;
    std::function<void()> endpoints_changed;
  };
  void SetGuard(Guard guard) { guard_ = std::move(guard); }

  // xds::Consumer
  void ApplyTypes(xds::TypeChange change, std::function<void(Problems)> done) override;
  void ApplyEndpoints(xds::TypeChange change, std::function<void(Problems)> done) override;
  void Prepare(xds::Revision revision, ReportDone done) override;
  void Serve(uint64_t revision, ReportDone done) override;
  void Discard() override;

 private:
  // One way of resources of a standard server to the workers.
  struct Application {
    config::Compiler::Order order;
    Problems content;  // of the last compile
    Problems local;    // of every attempt to bind
    std::function<void(Problems)> done;
  };
  // One revision from PREPARE to SERVE; the resources themselves are in the draft.
  struct Preparation {
    xds::Revision revision;
    ReportDone done;
    base::MonoTime began;
    DraftPtr draft;
    SnapshotPtr snapshot;
    Problems warnings;
  };
  using ApplicationPtr = std::shared_ptr<Application>;
  using PreparationPtr = std::shared_ptr<Preparation>;

  void OnTimer(event::Timer& timer) override;
  // Runs `job` when the ones before it are done; each ends with EndJob.
  void Enqueue(std::function<void()> job);
  void RunJob();
  void EndJob();

  // Compiles `application` or `preparation`, whose order the message keeps.
  void CompileApplication(ApplicationPtr application);
  void OnApplicationBound(ApplicationPtr application, DraftPtr draft, SnapshotPtr snapshot,
                          Problems problems);
  void EndApplication(const ApplicationPtr& application);
  void Reapply();

  void CompilePreparation(PreparationPtr preparation);
  void BindPreparation(PreparationPtr preparation);
  void OnPreparationBound(PreparationPtr preparation, Problems problems);
  void Refuse(const PreparationPtr& preparation, Problems refused);
  // Ends the preparation under way, if there is one, with a LOCAL problem.
  void Supersede(std::string_view why);
  void DropPrepared();
  Report ReportOf(const Preparation& preparation, ::sluice::xds::v1::Commit::Phase phase) const;

  // Makes every worker serve `snapshot`, then the clusters; `then` with what could not listen.
  void Switch(DraftPtr draft, SnapshotPtr snapshot, LiveStatus::Source source,
              std::function<void(Problems)> then);
  // Serves what was applied before the first configuration, once it is complete.
  void CheckFirst();
  void TellStatus();

  const Parts parts_;
  const Options options_;
  RouteWaits route_waits_;
  std::function<void()> on_first_;
  std::function<void(const LiveStatus&)> on_status_;
  Guard guard_;

  DraftPtr draft_;             // the newest that was accepted
  SnapshotPtr snapshot_;       // of draft_
  bool first_served_ = false;  // or on its way to the workers
  bool names_warm_ = false;    // those of the bootstrap
  bool clusters_came_ = false;
  bool listeners_came_ = false;
  bool first_over_ = false;  // the wait for the first configuration
  event::Timer first_timer_;
  LiveStatus status_;

  std::deque<std::function<void()>> jobs_;  // the first one runs
  PreparationPtr preparing_;
  PreparationPtr prepared_;
};

}  // namespace sluice::main
