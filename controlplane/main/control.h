// The running control plane: store, strand, roll-out, judge, servers, and how they hang together.
//
// Owner and thread: main makes it, starts it and waits. The strand has fleet, streams, assignments
// and roll-outs; gRPC's threads run calls and may wait; `disk` runs what waits for the store in the
// background (leases, files, restoring a refused head), `targets` only stores what was decided, so that
// no slow file keeps a revision from the proxies. Shutting down: servers stop taking calls, streams
// end, judges end, then the strands; stored revisions, targets and leases outlive it. A restart goes on
// from them (start_state.h): what was live is live, a withdrawn head is replaced, and any other head
// that was not decided is put to the vote once proxies had --return-window to come back.
#pragma once

#include <grpcpp/server.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controlplane/fleet/fleet.h"
#include "controlplane/judge/judge.h"
#include "controlplane/main/endpoint_feed.h"
#include "controlplane/main/flags.h"
#include "controlplane/main/older_services.h"
#include "controlplane/main/runtime_dir.h"
#include "controlplane/main/start_state.h"
#include "controlplane/revision/writer.h"
#include "controlplane/rollout/rollout.h"
#include "controlplane/service/fleet_reader.h"
#include "controlplane/snapshot/assignments.h"
#include "controlplane/store/store.h"
#include "controlplane/strand/strand.h"
#include "controlplane/xds/ads_service.h"

namespace sluice::main {

class Control final {
 public:
  explicit Control(Flags flags);
  ~Control();

  // Opens the store and begins to serve; an error says what is in the way.
  absl::Status Start();
  // Ends everything; idempotent.
  void Stop();

  struct Bound {
    std::string listener;  // "api" or "xds"
    std::string address;
  };
  const std::vector<Bound>& bound() const { return bound_; }

 private:
  static constexpr base::Duration kRetain = std::chrono::hours(1);

  absl::Status OpenStore();
  void MakeRollout(revision::ViewRef live);
  void MakeWriter(revision::ViewRef head);
  void Resume(const StartState& state);
  absl::Status StartServers();
  absl::Status ServeApi();
  absl::Status ServeXds();
  std::string JudgeSocket() const { return runtime_dir_->path() + "/judge.sock"; }
  // The feed's threads: what endpoints are needed for, the live configuration first.
  std::vector<model::Config> InUse();
  // The writer's thread, before its call is answered: endpoints first, then the vote.
  void OnHead(const revision::ViewRef& view);
  // The strand; both go on where waiting is allowed, and come back.
  void OnDecide(uint64_t revision, std::function<void()> stored);
  void OnWithdraw(uint64_t revision, uint64_t live);
  // Forgets old revisions, now and every kRetain.
  void Retain();

  // Borrowing goes upwards only: what is declared later may hold references to what is before it, and
  // dies first.
  const Flags flags_;
  const base::SystemClock clock_;
  std::atomic<bool> stopping_{false};
  std::unique_ptr<RuntimeDir> runtime_dir_;  // for the judge's socket
  std::unique_ptr<store::Store> store_;
  strand::Strand strand_{clock_};
  strand::Strand disk_{clock_};
  strand::Strand targets_{clock_};
  std::unique_ptr<snapshot::Assignments> assignments_;
  std::unique_ptr<OlderServices> older_;  // of `feed_`
  std::unique_ptr<EndpointFeed> feed_;
  fleet::Fleet fleet_{clock_};
  std::unique_ptr<judge::Judge> judge_;
  std::unique_ptr<rollout::Rollout> rollout_;
  std::unique_ptr<xds::AdsService> fleet_ads_;
  std::unique_ptr<xds::AdsService> judge_ads_;
  std::unique_ptr<revision::Writer> writer_;
  service::FleetReader reader_{strand_, fleet_};
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::vector<std::unique_ptr<grpc::Server>> servers_;
  std::vector<Bound> bound_;
};

}  // namespace sluice::main
