// The running proxy: its threads, and what lives on them.
//
// Owner and thread: main. Threads: main's loop (sockets, signals, admin), config (control plane,
// endpoints, names), build (compiles, files), the workers. Load compiles the bootstrap before any
// of them runs, so that a bad one ends with all its errors and nothing half started; its ports are
// bound then too, and listen when the first configuration serves: the bootstrap's alone, the state
// directory's, or the control plane's (main/live_config.h). SIGTERM: not ready any more, no new
// connections, idle ones closed, the others after their response, at most `kDrainTime`; then exit.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dataplane/admin/admin.h"
#include "dataplane/base/clock.h"
#include "dataplane/event/loop_thread.h"
#include "dataplane/event/signals.h"
#include "dataplane/health/health_watch.h"
#include "dataplane/main/control_plane.h"
#include "dataplane/main/flags.h"
#include "dataplane/main/limit_watch.h"
#include "dataplane/main/live_config.h"
#include "dataplane/main/state_keeper.h"
#include "dataplane/stats/http_stats_registry.h"

namespace sluice::main {

class Server final {
 public:
  static constexpr base::Duration kDrainTime = std::chrono::seconds(30);

  // `args`: the command line, for /server_info.
  Server(const Flags& flags, std::vector<std::string> args);
  ~Server();

  // Loads and compiles; INVALID_ARGUMENT holds every error, one per line.
  absl::Status Load();
  // Binds, starts the threads and serves until SIGTERM or SIGINT. An error when a port is taken or
  // the state directory cannot be used.
  absl::Status Serve();
  // Instead of Serve: nothing without a control plane, else judges for it until SIGTERM.
  void Validate();

 private:
  Threads threads() { return {main_.loop(), config_.loop(), build_.loop()}; }
  // What the configuration's way needs, up to the bound ports of the bootstrap.
  absl::Status MakeParts();
  absl::Status OpenState();
  void WatchHealth();
  void StartThreads();
  // On config: the first configuration, then the control plane.
  void StartConfig();
  void OnStatus(const LiveStatus& status);
  // The first configuration serves: the admin's address and {"ready":true} on stdout.
  void AnnounceReady();
  // SIGTERM: drains for at most kDrainTime; FinishDrain ends main's loop.
  void BeginDrain();
  void FinishDrain();
  // Stops accepting and drains, but the process stays (/drain_listeners).
  void DrainListeners();
  // New connections are refused from then on.
  void CloseListenersSoon();
  // --service-node and its kin fill in what the file leaves open.
  void ApplyNodeFlags();
  admin::Sources AdminSources();
  admin::Configuration AdminConfiguration() const;
  std::vector<admin::MeasuredLoop> MeasuredLoops();

  // Ends a drain that takes too long.
  class DrainLimit final : public event::Timer::Handler {
   public:
    explicit DrainLimit(Server& server) : server_(server) {}
    void OnTimer(event::Timer&) override { server_.FinishDrain(); }

   private:
    Server& server_;
  };

  const Flags flags_;
  const std::vector<std::string> args_;
  const uint32_t workers_count_;
  base::SystemClock clock_;
  event::LoopThread main_;
  event::LoopThread config_;
  event::LoopThread build_;
  stats::HttpStatsRegistry stats_;
  upstream::Registry registry_;
  LimitWatch limit_watch_;
  envoy::config::bootstrap::v3::Bootstrap bootstrap_;
  std::optional<xds::AdsOptions> ads_;
  config::Compiler compiler_;
  std::shared_ptr<const config::Draft> statics_;
  net::Address admin_address_;
  std::unique_ptr<net::ListenSockets> sockets_;
  std::unique_ptr<proxy::LogWriter> log_writer_;
  std::unique_ptr<worker::WorkerSet> workers_;
  std::unique_ptr<ListenerSwitch> listeners_;
  std::unique_ptr<health::HealthWatch> health_;
  std::unique_ptr<LiveClusters> clusters_;
  std::unique_ptr<LiveConfig> live_;
  std::unique_ptr<xds::StateDir> state_dir_;
  std::unique_ptr<StateKeeper> state_keeper_;
  std::optional<StateKeeper::Cached> cached_;
  std::unique_ptr<ControlPlane> control_plane_;
  std::unique_ptr<admin::Admin> admin_;
  std::unique_ptr<event::Signals> signals_;
  admin::State state_ = admin::State::kInitializing;
  LiveStatus status_;  // main's copy
  std::string cached_text_;
  DrainLimit drain_limit_{*this};
  event::Timer drain_timer_;
};

}  // namespace sluice::main
