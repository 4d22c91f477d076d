// The main job: intent in, live on every worker of two proxies in two zones, traffic through.
//
//   main_job --control PATH --proxy PATH [--revisions 200] [--requests 300000] [--rate 5000]
//            [--proxy-fault FAULT]
//
// Applies revisions under open-loop load and waits for each. Revision N moves the one route to a new
// service whose backend says N and sets the header `rev: N`: a response that shows two numbers, or a
// connection on which a number goes back, is a failure. After a revision is said to be served, no
// new request may be answered by an older one. Endpoints, hosts and services come and go meanwhile.
#include <cstdio>
#include <string>
#include <vector>

#include "test/integration/main_job/load.h"
#include "test/integration/main_job/settings.h"
#include "test/integration/main_job/world.h"

namespace sluice::mainjob {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kServed{10};
constexpr int kFreshConnections = 20;      // over the workers of a proxy
constexpr int kFreshRequests = 100;        // on each: some 1,000 per worker

// New requests on new connections are all answered by `number` or later.
void CheckFresh(const std::vector<std::string>& addresses, uint64_t number) {
  for (const std::string& address : addresses) {
    for (int i = 0; i < kFreshConnections; ++i) {
      Client client(address);
      for (int k = 0; k < kFreshRequests; ++k) {
        const Response response = client.Get("/");
        if (response.status == 200 && response.header == response.body &&
            response.header >= static_cast<int64_t>(number)) {
          continue;
        }
        Die("after wait " + std::to_string(number) + ", " + address + " answered " +
            std::to_string(response.status) + " rev " + std::to_string(response.header) + " body " +
            std::to_string(response.body) + " " + response.error);
      }
    }
  }
}

// What changes besides the route: a host of the gateway and a registered service come and go.
void AddSideChanges(World& world, uint64_t number, sluice::v1::ApplyRequest& request) {
  if (number % 10 == 0) {
    sluice::v1::Object& gateway = *request.add_upserts();
    gateway.set_kind("Gateway");
    gateway.set_name("web");
    auto& spec = *gateway.mutable_gateway();
    spec.add_listeners()->set_port(world.gateway_port());
    spec.add_hosts("*");
    spec.add_hosts("added-" + std::to_string(number) + ".test");
    spec.add_admits()->set_team("demo");
  }
  if (number % 10 == 5) {
    sluice::v1::Object& service = *request.add_upserts();
    service.set_kind("Service");
    service.set_name("demo/registered");
    service.mutable_service()->mutable_registered()->mutable_ttl()->set_seconds(1);
  }
}

int Run(const Settings& settings) {
  const int revisions = static_cast<int>(settings.Number("--revisions", 200));
  const auto requests = static_cast<uint64_t>(settings.Number("--requests", 300'000));
  const double rate = settings.Number("--rate", 5000);
  World world(settings.binaries(), revisions + 10);
  world.StartControl();
  std::vector<std::string> more;
  if (const std::string fault = settings.Text("--proxy-fault", ""); !fault.empty()) more = {"--fault", fault};
  for (int i = 0; i < 2; ++i) world.StartProxy(i, more);
  world.ApplyBase();
  const std::vector<std::string> addresses = {world.Listener(0), world.Listener(1)};
  if (!world.api().Wait(1, kServed).all_served()) Die("revision 1 is not served");
  CheckFresh(addresses, 1);
  std::printf("two proxies serve revision 1 at %s and %s\n", addresses[0].c_str(), addresses[1].c_str());

  Load load({.addresses = addresses, .threads = 8, .requests_per_second = rate});
  const auto began = Clock::now();
  const auto period = std::chrono::duration<double>(static_cast<double>(requests) / rate /
                                                    revisions);
  std::vector<double> served_ms;
  uint64_t number = 1;
  for (int i = 0; i < revisions; ++i) {
    std::this_thread::sleep_until(began + std::chrono::duration_cast<Clock::duration>(period * i));
    sluice::v1::ApplyRequest request = world.Move(number + 1);
    AddSideChanges(world, number + 1, request);
    const auto applied = Clock::now();
    const uint64_t revision = world.api().Apply(request);
    if (revision != ++number) Die("revision " + std::to_string(revision) + " instead of " + std::to_string(number));
    const auto progress = world.api().Wait(revision, kServed);
    if (!progress.all_served()) Die("not served:\n" + progress.DebugString());
    served_ms.push_back(MsSince(applied));
    // Endpoints are live data: one registers, and another is left to expire.
    if (number % 10 == 6) world.api().Deregister(world.api().Register("demo/registered", world.backends().port(0)));
    if (number % 10 == 7) world.api().Register("demo/registered", world.backends().port(0));
    if ((i + 1) % 50 == 0 || i + 1 == revisions) {
      CheckFresh(addresses, revision);
      std::printf("revision %4llu served by both, %8llu requests, %llu failed\n",
                  static_cast<unsigned long long>(revision), static_cast<unsigned long long>(load.requests()),
                  static_cast<unsigned long long>(load.failures()));
      std::fflush(stdout);
    }
  }
  while (load.requests() < requests) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const double seconds = MsSince(began) / 1000;
  load.Stop();
  for (const std::string& error : load.errors()) std::printf("failed: %s\n", error.c_str());
  std::printf("requests %llu, failed %llu, %.0f per second, slowest %.1f ms\n",
              static_cast<unsigned long long>(load.requests()), static_cast<unsigned long long>(load.failures()),
              static_cast<double>(load.requests()) / seconds, static_cast<double>(load.slowest().count()) / 1000);
  std::printf("apply to served on both: p50 %.1f ms, p90 %.1f ms, max %.1f ms over %d revisions\n",
              Percentile(served_ms, 0.5), Percentile(served_ms, 0.9), Percentile(served_ms, 1), revisions);
  return load.failures() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace sluice::mainjob

int main(int argc, char** argv) { return sluice::mainjob::Run(sluice::mainjob::Settings(argc, argv)); }
