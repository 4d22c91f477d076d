// The running proxy: main's loop, the config thread, the workers, the listen sockets, the admin.
//
// Owner and thread: main; only `config_` has a thread of its own here. Start binds and compiles
// everything before any worker runs, so that a bad configuration ends with all its errors and
// nothing half started. SIGTERM: not ready any more, no new connections, idle ones closed,
// the others after their response, at most `kDrainTime`; then exit.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dataplane/admin/admin.h"
#include "dataplane/base/clock.h"
#include "dataplane/config/compiler.h"
#include "dataplane/config/snapshot.h"
#include "dataplane/event/loop_thread.h"
#include "dataplane/event/signals.h"
#include "dataplane/main/flags.h"
#include "dataplane/net/listen_sockets.h"
#include "dataplane/proxy/access_log.h"
#include "dataplane/stats/http_stats_registry.h"
#include "dataplane/upstream/dns_clusters.h"
#include "dataplane/upstream/registry.h"
#include "dataplane/worker/worker_set.h"
#include "envoy/config/bootstrap/v3/bootstrap.pb.h"

namespace sluice::main {

class Server final {
 public:
  static constexpr base::Duration kDrainTime = std::chrono::seconds(30);

  // `args`: the command line, for /server_info.
  Server(const Flags& flags, std::vector<std::string> args);
  ~Server();

  // Loads and compiles; INVALID_ARGUMENT holds every error, one per line.
  absl::Status Load();
  // Binds, starts the threads and serves until SIGTERM or SIGINT. An error when a port is taken.
  absl::Status Serve();

 private:
  // All listeners, or all that is wrong with them.
  absl::Status Bind();
  // Log writer, workers, config thread; names are resolved before AdoptFirst.
  void StartThreads();
  // Every worker gets the first snapshot; then AnnounceReady prints the addresses on stdout.
  void AdoptFirst();
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
  std::vector<admin::BoundListener> BoundListeners() const;

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
  stats::HttpStatsRegistry stats_;
  upstream::Registry registry_;
  envoy::config::bootstrap::v3::Bootstrap bootstrap_;
  std::unique_ptr<config::Compiler> compiler_;
  std::shared_ptr<const config::Snapshot> snapshot_;
  net::Address admin_address_;
  std::unique_ptr<net::ListenSockets> sockets_;
  std::vector<std::vector<worker::ListenerSocket>> worker_sockets_;
  std::unique_ptr<proxy::LogWriter> log_writer_;
  std::unique_ptr<upstream::DnsClusters> dns_;
  std::unique_ptr<worker::WorkerSet> workers_;
  std::unique_ptr<admin::Admin> admin_;
  std::unique_ptr<event::Signals> signals_;
  admin::State state_ = admin::State::kInitializing;
  DrainLimit drain_limit_{*this};
  event::Timer drain_timer_;
};

}  // namespace sluice::main
