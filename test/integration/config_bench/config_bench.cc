// How fast sluice-proxy takes a change of its configuration, and what its workers pay for it.
//
//   config_bench --proxy PATH [--endpoints 1000] [--huge 25000] [--routes 10000] [--small 50]
//                [--large 20] [--moves 200] [--rate 1000] [--slack 1] [--proxy-fault FAULT]
//
// The program is the control plane itself. Times run from before a response is sent to when its
// ACK was read: every worker uses the change then. Each measurement has a fresh proxy and open-loop
// load on what changes; one failed request fails it. `--slack` multiplies what is allowed, for
// builds that are not optimised; `--proxy-fault` (sluice-proxy --fault) shows that it can fail.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "test/integration/config_bench/figures.h"
#include "test/integration/config_bench/held_worker.h"
#include "test/integration/config_bench/rig.h"
#include "test/integration/main_job/api_client.h"
#include "test/integration/main_job/load.h"
#include "test/integration/main_job/number_backends.h"

namespace sluice::configbench {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = AdsServer::Kind;
using mainjob::Die;

constexpr double kOneEndpointMs = 20;
constexpr double kHugeAssignmentMs = 100;
constexpr double kOneRouteMs = 150;
constexpr double kWorkerTurnMs = 1;
constexpr double kConfigTurnMs = 5;
constexpr std::chrono::milliseconds kEndpointPause{50};  // between two changes
constexpr std::chrono::milliseconds kRoutePause{100};

class Bench final {
 public:
  Bench(std::map<std::string, std::string> flags)
      : flags_(std::move(flags)),
        backends_(Number("--moves", 200) + 1, mainjob::NumberBackends::Reach::kLoopback) {
    const char* parent = std::getenv("TEST_TMPDIR");
    std::string pattern = std::string(parent != nullptr ? parent : "/tmp") + "/config_bench.XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) Die("no temporary folder");
    folder_ = pattern;
  }

  int Run() {
    const int small = Number("--small", 50);
    const int large = Number("--large", 20);
    Endpoints(Number("--endpoints", 1000), small, kOneEndpointMs);
    Endpoints(Number("--huge", 25'000), large, kHugeAssignmentMs);
    Routes(Kind::kCommitting, Number("--routes", 10'000), large);
    Routes(Kind::kStandard, Number("--routes", 10'000), large);
    Moves(Kind::kCommitting, Number("--moves", 200));
    Moves(Kind::kStandard, Number("--moves", 200));
    Rig held = NewRig(Kind::kCommitting);
    CheckHeldWorker(held, backends_, figures_);
    return figures_.good() ? 0 : 1;
  }

 private:
  int Number(const std::string& name, int absent) const {
    const auto it = flags_.find(name);
    return it == flags_.end() ? absent : std::atoi(it->second.c_str());
  }
  std::vector<std::string> ProxyFlags() const {
    const auto it = flags_.find("--proxy-fault");
    return it == flags_.end() ? std::vector<std::string>() : std::vector<std::string>{"--fault", it->second};
  }
  Rig NewRig(Kind kind) const { return Rig(kind, flags_.at("--proxy"), folder_); }
  void Add(const std::string& what, const std::vector<double>& ms, double allowed) {
    figures_.Add(what, ms, allowed * Number("--slack", 1));
  }

  // A load of `path` for as long as `changes` takes; then what it and the threads have to say.
  // `config_turn`: what a turn of the config thread may take, in ms; 0: it is only told.
  template <typename F>
  void UnderLoad(Rig& rig, const std::string& path, double config_turn, F&& changes) {
    mainjob::Load load({.addresses = {rig.address()},
                        .requests_per_second = static_cast<double>(Number("--rate", 1000)),
                        .path = path});
    changes();
    load.Stop();
    for (const std::string& error : load.errors()) std::printf("  failed: %s\n", error.c_str());
    figures_.AddFact("  requests meanwhile",
                     std::to_string(load.failures()) + " failed of " +
                         std::to_string(load.requests()),
                     load.failures() == 0 && load.requests() > 0);
    figures_.AddLongest("  longest turn of a worker, CPU", rig.LongestWorkerTurn(),
                        kWorkerTurnMs * Number("--slack", 1));
    figures_.AddLongest("  longest turn of the config thread, CPU", rig.LongestConfigTurn(),
                        config_turn * Number("--slack", 1));
  }

  void Endpoints(int count, int changes, double allowed) {
    Rig rig = NewRig(Kind::kCommitting);
    Assignment assignment = EndpointsOf("many", count, backends_.port(0));
    RouteConfiguration routes = NoRoutes("r");
    AddRoute(routes, "/", "many", 0);
    rig.Hold(assignment);
    rig.Hold(routes);
    rig.Start(ProxyFlags());
    std::vector<double> took;
    UnderLoad(rig, "/", kConfigTurnMs, [&] {
      for (int change = 0; change < changes; ++change) {
        std::this_thread::sleep_for(kEndpointPause);
        ReplaceEndpoint(assignment, change);
        rig.server().Hold(kEndpoints, "many", assignment);
        took.push_back(rig.SendEndpoints("many"));
      }
      Add("one endpoint of " + std::to_string(count) + ": sent to ACK", took, allowed);
    });
  }

  void Routes(Kind kind, int count, int changes) {
    Rig rig = NewRig(kind);
    RouteConfiguration routes = NoRoutes("r");
    for (int i = 0; i < count; ++i) AddRoute(routes, NumberedPath(i), "s", 0);
    AddRoute(routes, "/", "s", 0);
    rig.Hold(EndpointsOf("s", 4, backends_.port(0)));
    rig.Hold(routes);
    rig.Start(ProxyFlags());
    UnderLoad(rig, NumberedPath(count / 2 + 1), 0, [&] {
      std::vector<Rig::RoutesTook> took;
      for (int change = 1; change <= changes; ++change) {
        std::this_thread::sleep_for(kRoutePause);
        ChangeRoute(routes, change % count, "s", change);
        rig.Hold(routes);
        took.push_back(rig.SendRoutes());
        CheckServed(rig, NumberedPath(change % count), change);
      }
      AddRoutesTook(kind, "one route of " + std::to_string(count), took, kOneRouteMs);
    });
  }

  void AddRoutesTook(Kind kind, const std::string& what, const std::vector<Rig::RoutesTook>& took,
                     double allowed) {
    std::vector<double> prepare, serve, all;
    for (const Rig::RoutesTook& one : took) {
      prepare.push_back(one.prepare);
      serve.push_back(one.serve);
      all.push_back(one.all);
    }
    if (kind == Kind::kStandard) return Add(what + ": sent to ACK, standard", all, allowed);
    Add(what + ": sent to ACK of PREPARE", prepare, 0);
    Add(what + ": SERVE to its ACK", serve, 0);
    Add(what + ": both, committing", all, allowed);
  }

  // What was ACKed answers a new connection.
  static void CheckServed(Rig& rig, const std::string& path, int64_t rev) {
    const mainjob::Response response = mainjob::Client(rig.address()).Get(path);
    if (response.header != rev) {
      Die("after the ACK of " + std::to_string(rev) + " a request got " +
          std::to_string(response.header) + " " + response.error);
    }
  }

  // Change N gives the cluster that is not in use backend N and moves the route there.
  void Moves(Kind kind, int changes) {
    Rig rig = NewRig(kind);
    RouteConfiguration routes = NoRoutes("r");
    AddRoute(routes, "/", "s0", 0);
    for (const char* name : {"s0", "s1"}) rig.Hold(EndpointsOf(name, 1, backends_.port(0)));
    rig.Hold(routes);
    rig.Start(ProxyFlags());
    UnderLoad(rig, "/", 0, [&] {
      std::vector<Rig::RoutesTook> took;
      for (int change = 1; change <= changes; ++change) {
        std::this_thread::sleep_for(kEndpointPause);
        const std::string cluster = change % 2 == 0 ? "s0" : "s1";
        rig.server().Hold(kEndpoints, cluster, EndpointsOf(cluster, 1, backends_.port(change)));
        rig.SendEndpoints(cluster);
        ChangeRoute(routes, 0, cluster, change);
        rig.Hold(routes);
        took.push_back(rig.SendRoutes());
        CheckServed(rig, "/", change);
      }
      AddRoutesTook(kind, "a route moved to another cluster", took, 0);
    });
  }

  const std::map<std::string, std::string> flags_;
  mainjob::NumberBackends backends_;
  std::string folder_;
  Figures figures_;
};

}  // namespace
}  // namespace sluice::configbench

int main(int argc, char** argv) {
  std::map<std::string, std::string> flags;
  for (int i = 1; i + 1 < argc; i += 2) flags[argv[i]] = argv[i + 1];
  if (!flags.contains("--proxy")) sluice::mainjob::Die("--proxy is needed");
  return sluice::configbench::Bench(std::move(flags)).Run();
}
