// How long a change takes from Apply to being served by every worker of both proxies.
//
//   latency --control PATH --proxy PATH [--routes 10000] [--small 50] [--large 20]
//
// First with a small configuration, then with one route changed among many. The store is SQLite with
// fsync on each revision.
#include <cstdio>
#include <string>
#include <vector>

#include "test/integration/main_job/settings.h"
#include "test/integration/main_job/world.h"

namespace sluice::mainjob {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kServed{60};

sluice::v1::Object NumberedRoute(int i, int64_t value) {
  sluice::v1::Object object;
  object.set_kind("Route");
  object.set_name("demo/r" + std::to_string(i));
  auto& route = *object.mutable_route();
  route.set_api("demo/main");
  route.mutable_match()->set_prefix("/area" + std::to_string(i % 100) + "/item" + std::to_string(i));
  route.mutable_forward()->set_service("demo/s1");
  (*route.mutable_response_headers()->mutable_set())["value"] = std::to_string(value);
  return object;
}

struct Figures {
  std::vector<double> apply;
  std::vector<double> served;
};

void Print(const char* what, const Figures& figures) {
  std::printf("%-28s %5zu changes   apply p50 %6.1f ms   served p50 %6.1f ms   p90 %6.1f ms   max %6.1f ms\n", what,
              figures.served.size(), Percentile(figures.apply, 0.5), Percentile(figures.served, 0.5),
              Percentile(figures.served, 0.9), Percentile(figures.served, 1));
}

// Changes one route `times` times, one change after the other is served.
Figures Measure(World& world, int times) {
  Figures figures;
  for (int i = 0; i < times; ++i) {
    sluice::v1::ApplyRequest request;
    *request.add_upserts() = NumberedRoute(i % 7, i + 1);
    const auto began = Clock::now();
    const uint64_t revision = world.api().Apply(request);
    figures.apply.push_back(MsSince(began));
    if (!world.api().Wait(revision, kServed).all_served()) Die("not served");
    figures.served.push_back(MsSince(began));
  }
  return figures;
}

int Run(const Settings& settings) {
  World world(settings.binaries(), 4);
  world.StartControl();
  for (int i = 0; i < 2; ++i) world.StartProxy(i);
  world.ApplyBase();
  if (!world.api().Wait(1, kServed).all_served()) Die("revision 1 is not served");
  Print("small configuration", Measure(world, static_cast<int>(settings.Number("--small", 50))));
  std::fflush(stdout);
  const int routes = static_cast<int>(settings.Number("--routes", 10'000));
  sluice::v1::ApplyRequest all;
  for (int i = 0; i < routes; ++i) *all.add_upserts() = NumberedRoute(i, 0);
  const auto began = Clock::now();
  if (!world.api().Wait(world.api().Apply(all), kServed).all_served()) Die("not served");
  std::printf("%d routes in one revision: served after %.0f ms\n", routes, MsSince(began));
  Print("one route among many", Measure(world, static_cast<int>(settings.Number("--large", 20))));
  return 0;
}

}  // namespace
}  // namespace sluice::mainjob

int main(int argc, char** argv) { return sluice::mainjob::Run(sluice::mainjob::Settings(argc, argv)); }
