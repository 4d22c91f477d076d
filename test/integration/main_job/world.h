// The fleet of the scenarios: sluice-control with SQLite, two sluice-proxy in two zones with two
// workers each, number backends; all on loopback with free ports, all ended with it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "test/integration/main_job/api_client.h"
#include "test/integration/main_job/number_backends.h"
#include "test/integration/main_job/program.h"

namespace sluice::mainjob {

struct Binaries {
  std::string control;
  std::string proxy;
};

class World final {
 public:
  // `backends`: how many numbers there are.
  World(Binaries binaries, int backends);

  // Again after a kill: with the same addresses and store. `judge`: the program that judges; "" the
  // proxy.
  void StartControl(const std::string& judge = "");
  void StartProxy(int index, const std::vector<std::string>& more_flags = {});
  // Gateway, Api, and a route to backend 1 as revision 1.
  void ApplyBase();
  // Moves the route to backend N in a service of its own, as revision N; takes older services out.
  sluice::v1::ApplyRequest Move(uint64_t number) const;

  // Where proxy `index` serves the gateway; waits until it does.
  std::string Listener(int index);
  ApiClient& api() { return *api_; }
  Program& control() { return *control_; }
  Program& proxy(int index) { return *proxies_[index]; }
  NumberBackends& backends() { return backends_; }
  const std::string& folder() const { return folder_; }
  int gateway_port() const { return gateway_port_; }

 private:
  const Binaries binaries_;
  NumberBackends backends_;
  std::string folder_;
  int gateway_port_ = 0;
  std::string api_address_ = "127.0.0.1:0";
  std::string xds_address_ = "127.0.0.1:0";
  std::unique_ptr<Program> control_;
  std::unique_ptr<Program> proxies_[2];
  std::unique_ptr<ApiClient> api_;
};

}  // namespace sluice::mainjob
