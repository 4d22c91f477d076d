// One measurement's world: a fresh sluice-proxy with two workers under an ADS server of its own, so
// that the figures of one measurement are not those of another.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "test/integration/config_bench/ads_server.h"
#include "test/integration/config_bench/resources.h"
#include "test/integration/main_job/program.h"

namespace sluice::configbench {

class Rig final {
 public:
  // `proxy`: path of the binary; its log and bootstrap go to `folder`.
  Rig(AdsServer::Kind kind, std::string proxy, std::string folder);

  AdsServer& server() { return server_; }
  // Puts a cluster with its assignment, or the only route configuration, into what is held.
  void Hold(const Assignment& assignment);
  void Hold(const RouteConfiguration& routes);
  // Starts the proxy with what is held and waits until every worker serves it.
  void Start(const std::vector<std::string>& more_flags = {});
  // Where the listener serves.
  std::string address();

  // Milliseconds from sending what is held under that name to the ACK.
  double SendEndpoints(const std::string& cluster);
  // The same for the routes. The parts are zero on a standard stream.
  struct RoutesTook {
    double prepare = 0;  // from sending the routes to the ACK of PREPARE
    double serve = 0;    // from there to the ACK of SERVE
    double all = 0;
  };
  RoutesTook SendRoutes();
  // CPU milliseconds of the longest turn of any worker, or of the config loop, since the start.
  double LongestWorkerTurn();
  double LongestConfigTurn();

 private:
  double LongestTurn(const std::string& loop);

  const std::string proxy_path_;
  const std::string folder_;
  AdsServer server_;
  std::string routes_;  // name of the route configuration
  uint64_t revision_ = 0;
  std::unique_ptr<mainjob::Program> proxy_;
};

}  // namespace sluice::configbench
