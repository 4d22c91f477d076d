// What one changed route costs among ten thousand: check, compile, draft (one core, build thread).
#include <benchmark/benchmark.h>

#include "dataplane/config/compiler.h"

namespace sluice::config {
namespace {

using envoy::config::route::v3::RouteConfiguration;

RouteConfiguration TenThousandRoutes() {
  RouteConfiguration routes;
  routes.set_name("r");
  for (int h = 0; h < 100; ++h) {
    auto& host = *routes.add_virtual_hosts();
    host.set_name("h" + std::to_string(h));
    host.add_domains(host.name() + ".example.com");
    for (int i = 0; i < 100; ++i) {
      auto& route = *host.add_routes();
      route.mutable_match()->set_prefix("/api/" + std::to_string(h) + "/item" + std::to_string(i));
      route.mutable_route()->set_cluster("c" + std::to_string(i));
      auto& origin =
          *(*route.mutable_metadata()->mutable_filter_metadata())["sluice.origin"].mutable_fields();
      origin["kind"].set_string_value("Route");
      origin["name"].set_string_value("team/route" + std::to_string(i));
    }
  }
  return routes;
}

ResourceRef Decoded(const RouteConfiguration& routes) {
  return *DecodeResource(ResourceType::kRoute, "", "1", routes.SerializeAsString());
}

void OneChangedRouteOfTenThousand(benchmark::State& state) {
  const envoy::config::bootstrap::v3::Bootstrap bootstrap;
  stats::HttpStatsRegistry stats(1);
  Compiler compiler(bootstrap, stats);
  RouteConfiguration routes = TenThousandRoutes();
  ResourceSet set;
  uint64_t revision = 0;
  for (auto _ : state) {
    state.PauseTiming();
    routes.mutable_virtual_hosts(7)->mutable_routes(7)->mutable_match()->set_prefix(
        "/changed/" + std::to_string(++revision));
    set.routes["r"] = Decoded(routes);
    state.ResumeTiming();
    Compiler::Result result = compiler.Compile({.wanted = set,
                                                .mode = Compiler::Mode::kWhole,
                                                .revision = revision,
                                                .held = nullptr});
    if (result.draft == nullptr) state.SkipWithError("refused");
  }
}
BENCHMARK(OneChangedRouteOfTenThousand)->Unit(benchmark::kMillisecond);

void DecodeTenThousand(benchmark::State& state) {
  const std::string bytes = TenThousandRoutes().SerializeAsString();
  for (auto _ : state) {
    benchmark::DoNotOptimize(DecodeResource(ResourceType::kRoute, "", "1", bytes));
  }
}
BENCHMARK(DecodeTenThousand)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sluice::config
