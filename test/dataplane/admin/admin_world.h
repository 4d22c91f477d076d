// Everything an admin listener shows, made up, and a client on a real loopback socket.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/admin/admin.h"
#include "dataplane/event/loop.h"
#include "dataplane/upstream/registry.h"
#include "test/support/manual_clock.h"

namespace sluice::admin {

// A client that blocks nobody: the test turns the loops while it waits.
class Client final {
 public:
  explicit Client(const net::Address& to);
  ~Client();
  Client(const Client&) = delete;
  void Send(std::string_view bytes);
  // What has come so far; `closed()` is true once the server's end came.
  const std::string& Received();
  bool closed() const { return closed_; }

 private:
  int fd_;
  std::string received_;
  bool closed_ = false;
};

struct World {
  World();
  // Turns both loops until nothing is left to do.
  void Turn();
  // Sends `request` on a connection of its own and returns the whole answer.
  std::string Exchange(std::string_view request);
  std::string Get(std::string_view target);
  std::string Post(std::string_view target);

  test::ManualClock clock;
  event::Loop main{clock};
  event::Loop config{clock};
  stats::HttpStatsRegistry http_stats{2};
  stats::LogStats log_stats;
  upstream::Registry registry{{.workers = 2}};
  std::vector<std::shared_ptr<upstream::Cluster>> clusters;
  envoy::config::bootstrap::v3::Bootstrap bootstrap;
  State state = State::kLive;
  int drained = 0;
  Configuration configuration;
  std::unique_ptr<Admin> admin;

  // A cluster with the endpoints 127.0.0.1:8001 (healthy) and 127.0.0.1:8002 (unhealthy).
  upstream::Cluster& AddCluster(const std::string& name);
};

// The part of an answer behind its head.
std::string BodyOf(const std::string& answer);
std::string StatusLineOf(const std::string& answer);

}  // namespace sluice::admin
