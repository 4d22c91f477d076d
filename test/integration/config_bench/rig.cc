#include "test/integration/config_bench/rig.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "test/integration/main_job/api_client.h"
#include "test/integration/main_job/bootstrap.h"
#include "test/integration/main_job/load.h"
#include "test/integration/main_job/settings.h"

namespace sluice::configbench {

using mainjob::Die;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kStart{60};
constexpr int kWorkers = 2;

double Ms(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

Rig::Rig(AdsServer::Kind kind, std::string proxy, std::string folder)
    : proxy_path_(std::move(proxy)), folder_(std::move(folder)), server_(kind) {}

void Rig::Hold(const Assignment& assignment) {
  const std::string& name = assignment.cluster_name();
  server_.Hold(kClusters, name, EdsCluster(name));
  server_.Hold(kEndpoints, name, assignment);
}

void Rig::Hold(const RouteConfiguration& routes) {
  routes_ = routes.name();
  server_.Hold(kRoutes, routes_, routes);
}

void Rig::Start(const std::vector<std::string>& more_flags) {
  server_.Hold(kListeners, "l", RdsListener(routes_));
  const std::string bootstrap = folder_ + "/bootstrap.yaml";
  std::ofstream(bootstrap) << mainjob::DeltaBootstrap("127.0.0.1:" + std::to_string(server_.port()));
  std::vector<std::string> command = {
      proxy_path_, "-c", bootstrap, "--service-node", "bench", "--service-cluster", "bench", "--measure-turns",
      "--concurrency", std::to_string(kWorkers), "-l", "warn"};
  command.insert(command.end(), more_flags.begin(), more_flags.end());
  proxy_ = std::make_unique<mainjob::Program>("sluice-proxy", command, folder_ + "/proxy.log");
  if (server_.kind() == AdsServer::Kind::kCommitting) {
    server_.AwaitSubscription(kCommits);
    ++revision_;
    server_.AwaitAck(server_.SendCommit(revision_, AdsServer::Commit::PREPARE));
    server_.AwaitAck(server_.SendCommit(revision_, AdsServer::Commit::SERVE));
  }
  if (!proxy_->WaitReady(kStart)) Die("the proxy is not ready; its log is in " + folder_);
}

std::string Rig::address() { return proxy_->WaitAddress("l", kStart); }

double Rig::SendEndpoints(const std::string& cluster) {
  const auto began = Clock::now();
  return Ms(server_.AwaitAck(server_.Send(kEndpoints, cluster)) - began);
}

Rig::RoutesTook Rig::SendRoutes() {
  const auto began = Clock::now();
  const std::string routes_nonce = server_.Send(kRoutes, routes_);
  if (server_.kind() == AdsServer::Kind::kStandard) {
    return {.all = Ms(server_.AwaitAck(routes_nonce) - began)};
  }
  ++revision_;
  const auto prepared =
      server_.AwaitAck(server_.SendCommit(revision_, AdsServer::Commit::PREPARE));
  const auto served = server_.AwaitAck(server_.SendCommit(revision_, AdsServer::Commit::SERVE));
  return {Ms(prepared - began), Ms(served - prepared), Ms(served - began)};
}

double Rig::LongestTurn(const std::string& loop) {
  const std::string text = mainjob::Client(proxy_->AddressOf("admin")).GetText("/stats");
  const std::string key = "loop." + loop + ".longest_turn_us: ";
  const size_t at = text.find(key);
  if (at == std::string::npos) Die("/stats has no " + key);
  return std::atof(text.c_str() + at + key.size()) / 1000;
}

double Rig::LongestWorkerTurn() {
  double longest = 0;
  for (int i = 0; i < kWorkers; ++i) {
    longest = std::max(longest, LongestTurn("worker" + std::to_string(i)));
  }
  return longest;
}

double Rig::LongestConfigTurn() { return LongestTurn("config"); }

}  // namespace sluice::configbench
