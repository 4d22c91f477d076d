#include "test/integration/config_bench/held_worker.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "test/integration/main_job/api_client.h"
#include "test/integration/main_job/load.h"
#include "test/integration/main_job/settings.h"

namespace sluice::configbench {

namespace {

constexpr double kHoldMs = 300;
constexpr int kConnections = 16;  // the kernel spreads them over both workers

// The longest wait for a response of each connection, in milliseconds, until `stop`.
class Askers final {
 public:
  explicit Askers(const std::string& address) {
    for (double& longest : longest_ms_) {
      threads_.emplace_back([this, &longest, address] {
        for (mainjob::Client client(address); !stop_;) {
          const auto asked = std::chrono::steady_clock::now();
          if (client.Get("/").status != 200) mainjob::Die("a request failed beside a held worker");
          longest = std::max(longest, mainjob::MsSince(asked));
          std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
      });
    }
  }
  const std::array<double, kConnections>& Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    return longest_ms_;
  }

 private:
  std::atomic<bool> stop_{false};
  std::array<double, kConnections> longest_ms_{};
  std::vector<std::thread> threads_;
};

}  // namespace

void CheckHeldWorker(Rig& rig, const mainjob::NumberBackends& backends, Figures& figures) {
  RouteConfiguration routes = NoRoutes("r");
  AddRoute(routes, "/", "s", 0);
  rig.Hold(EndpointsOf("s", 1, backends.port(0)));
  rig.Hold(routes);
  rig.Start({"--fault", "hold:1:" + std::to_string(static_cast<int>(kHoldMs))});
  Askers askers(rig.address());
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // each has its connection
  ChangeRoute(routes, 0, "s", 1);
  rig.Hold(routes);
  const double serve = rig.SendRoutes().serve;
  const auto& longest = askers.Stop();
  const auto waited = std::count_if(longest.begin(), longest.end(),
                                    [](double ms) { return ms >= kHoldMs * 0.8; });
  figures.AddFact("a worker held for 300 ms: SERVE to its ACK",
                  std::to_string(static_cast<int>(serve)) + " ms", serve >= kHoldMs);
  figures.AddFact("  connections that the other worker served meanwhile",
                  std::to_string(kConnections - waited) + " of " + std::to_string(kConnections),
                  waited > 0 && waited < kConnections);
}

}  // namespace sluice::configbench
