// A process in small, for tests of the configuration's way: main, config and build are one loop
// with virtual time, workers are real threads, sockets are real ones on 127.0.0.1.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/main/live_config.h"
#include "test/dataplane/config/resource_text.h"
#include "test/dataplane/worker/worker_fixture.h"
#include "test/support/manual_clock.h"

namespace sluice::main {

class LiveWorld {
 public:
  static constexpr uint32_t kWorkers = 2;
  explicit LiveWorld(LiveConfig::Options options = {}, const std::string& bootstrap = "",
                     Faults faults = {});
  ~LiveWorld();

  // Turns the loop until `is_true`; the test fails when nothing makes it true.
  void Until(const std::function<bool()>& is_true);
  // Turns until nothing is under way here or at the workers.
  void Settle();
  // Moves time, in steps that let timers re-arm.
  void Pass(base::Duration time);
  // Starts and settles.
  void Start();

  // Applies and waits for the answer, in lines.
  std::vector<std::string> Apply(config::ResourceType type,
                                 std::vector<config::ResourceRef> changed,
                                 std::vector<std::string> removed = {});
  std::vector<std::string> Endpoints(std::vector<config::ResourceRef> changed);
  static xds::TypeChange Change(config::ResourceType type, std::vector<config::ResourceRef> changed,
                                std::vector<std::string> removed = {});
  // A revision of `set`, prepared or served; the answer when it came.
  LiveConfig::Report Prepare(uint64_t revision, const config::ResourceSet& set);
  LiveConfig::Report Serve(uint64_t revision);
  static xds::Revision RevisionOf(uint64_t number, const config::ResourceSet& set);

  // The body that a new connection to the listener gets; "refused" where nobody listens.
  std::string Ask(const std::string& listener);
  static std::string AskAt(const net::Address& address);
  // The bound address of a served listener; not an IP if there is none.
  net::Address AddressOf(const std::string& listener) const;
  // The port of the first endpoint; 0 without endpoints, -1 without the cluster.
  int PortOf(const std::string& cluster) const;
  // A listener "l" on a port of its own whose routes "r" answer `body`.
  static config::ResourceSet Answering(const std::string& body, int port = 0);

  test::ManualClock clock;
  event::Loop loop{clock};
  Threads threads{loop, loop, loop};
  envoy::config::bootstrap::v3::Bootstrap bootstrap;
  stats::HttpStatsRegistry stats{kWorkers};
  config::Compiler compiler{bootstrap, stats};
  std::shared_ptr<const config::Draft> statics;
  upstream::Registry registry{{.workers = kWorkers, .share_idle = true}};
  proxy::LogWriter log_writer;
  std::unique_ptr<net::ListenSockets> sockets;
  worker::WorkerSet workers;
  std::vector<std::string> announced;  // names of listeners
  int firsts = 0;                      // calls of on_first
  ListenerSwitch listeners;
  LiveClusters clusters;
  LiveConfig live;
};

}  // namespace sluice::main
