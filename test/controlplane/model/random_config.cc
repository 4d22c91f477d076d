#include "test/controlplane/model/random_config.h"

#include <fmt/format.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

constexpr int kGateways = 3;
constexpr int kApis = 5;
constexpr int kServices = 4;
constexpr int kRoutes = 40;

}  // namespace

// In a valid world gateways differ in ports and Apis in base paths; all of one team.
ObjectPtr RandomConfig::Gateway(int number) {
  const bool valid = quality_ == Quality::kValid;
  std::string spec = fmt::format("listeners {{ port: {} }} hosts: 'a{}.test' trusted_hops: {}",
                                 valid ? 8000 + number : 8000 + Below(2), valid ? number : Below(3),
                                 valid ? 1 : Below(2));
  if (valid || Chance(50)) spec += " hosts: '*'";
  if (Chance(50)) spec += fmt::format(" proxy_selector {{ key: 'zone' value: '{}' }}", Below(2));
  spec += valid ? " admits { team: '*' }"
                : fmt::format(" admits {{ team: 't{}' base_path: '/b{}' }} admits {{ team: 't0' }}",
                              Below(2), Below(3));
  return Obj("Gateway", fmt::format("g{}", number), fmt::format("gateway {{ {} }}", spec));
}

ObjectPtr RandomConfig::Api(int number) {
  const bool valid = quality_ == Quality::kValid;
  std::string spec = fmt::format("gateways: 'g{}' base_path: '{}{}'", Below(kGateways),
                                 valid && number == 0 ? "/" : "/b",
                                 valid && number == 0 ? "" : std::to_string(valid ? number : Below(3)));
  if (!valid && Chance(30)) spec += fmt::format(" hosts: 'a{}.test'", Below(3));
  const bool header = valid ? number % 2 == 0 : Chance(50);
  spec += header ? " version_by { header: 'x-version' }" : " version_by { path_template: '/{version}' }";
  for (int i = 0; i < (valid ? 2 : 1 + Below(2)); ++i) spec += fmt::format(" versions {{ name: 'v{}' }}", i);
  if (valid) spec += " versions { name: 'old' state: DEPRECATED date: '2026-01-01' successor: 'v1' }";
  if (valid) spec += " versions { name: 'gone' state: RETIRED }";
  if (Chance(50)) spec += fmt::format(" default_version: 'v{}'", valid ? Below(2) : Below(3));
  const int team = valid ? 0 : number % 2;
  return Obj("Api", fmt::format("t{}/a{}", team, number), fmt::format("api {{ {} }}", spec));
}

ObjectPtr RandomConfig::Route(int number) {
  const bool valid = quality_ == Quality::kValid;
  const int api = Below(kApis);
  const int team = valid ? 0 : api % 2;
  std::string spec = fmt::format("api: 't{}/a{}'", team, api);
  std::string match;
  // The number in a path keeps two valid routes from being equal.
  const int path = valid ? number : Below(2);
  switch (Below(4)) {
    case 0: match = fmt::format("exact: '/p{}'", path); break;
    case 1: match = fmt::format("prefix: '/p{}'", path); break;
    case 2: match = fmt::format("template: '/p{}/{{x}}/y'", path); break;
    default: match = fmt::format("template: '/p{}/{{x=**}}'", path); break;
  }
  if (Chance(70)) match += Chance(50) ? " methods: 'GET'" : " methods: 'POST' methods: 'GET'";
  if (Chance(40)) match += fmt::format(" headers {{ name: 'X-H' {} }}", Chance(50) ? "present: true" : "exact: 'a'");
  spec += fmt::format(" match {{ {} }}", match);
  if (Chance(30)) spec += fmt::format(" versions: 'v{}'", valid ? Below(2) : Below(3));
  switch (Below(4)) {
    case 0: spec += " respond { status: 204 }"; break;
    case 1: spec += " redirect { path: '/else' }"; break;
    case 2:
      spec += fmt::format(" split {{ services {{ service: 't0/s{}' weight: 1 }} services {{ service: "
                          "'t0/s{}' weight: 3 }} }}", Below(2), 2 + Below(2));
      break;
    default:
      spec += fmt::format(" forward {{ service: 't0/s{}' }} timeout {{ seconds: {} }}",
                          valid ? Below(kServices) : Below(kServices + 1), Below(9));
      spec += " rewrite { strip: BASE_PATH }";
  }
  return Obj("Route", fmt::format("t{}/r{}", valid ? 0 : Chance(90) ? team : 1, number),
             fmt::format("route {{ {} }}", spec));
}

ObjectPtr RandomConfig::Service(int number) {
  const char* zone = Chance(50) ? "zone: 'z1'" : "";
  std::string source = fmt::format("static {{ endpoints {{ address: '10.0.0.{}' port: {} {} }} }}",
                                   1 + Below(9), quality_ == Quality::kValid ? 80 : Below(3), zone);
  if (Chance(30)) source = "registered {}";
  if (Chance(20)) source = "dns { name: 'backend.test' port: 80 }";
  // Routes split between one of the first two and one of the others, which must hash alike.
  if (Chance(40) && (number < 2 || quality_ == Quality::kAny)) {
    source += fmt::format(" balancing {{ policy: MAGLEV hash {{ header: 'x-{}' }} }}", Below(2));
  }
  return Obj("Service", fmt::format("t0/s{}", number), fmt::format("service {{ {} }}", source));
}

ObjectPtr RandomConfig::Object() {
  const int kind = Below(20);
  if (kind == 0) return Gateway(Below(kGateways));
  if (kind < 4) return Api(Below(kApis));
  if (kind < 6) return Service(Below(kServices));
  return Route(Below(kRoutes));
}

ObjectKey RandomConfig::Key() { return KeyOf(*Object()); }

Config RandomConfig::Make(int objects) {
  std::vector<ObjectPtr> all;
  for (int i = 0; i < objects; ++i) all.push_back(Object());
  if (quality_ == Quality::kValid) {
    // What others refer to must be there.
    for (int i = 0; i < kGateways; ++i) all.push_back(Gateway(i));
    for (int i = 0; i < kApis; ++i) all.push_back(Api(i));
    for (int i = 0; i < kServices; ++i) all.push_back(Service(i));
  }
  return Config().With(all, {});
}

Config LargeConfig(int routes, int apis) {
  std::vector<ObjectPtr> all;
  all.push_back(Obj("Gateway", "web", "gateway { listeners { port: 80 } hosts: 'shop.test' admits { team: '*' } }"));
  for (int i = 0; i < apis; ++i) {
    all.push_back(Obj("Api", fmt::format("t/a{}", i), fmt::format("api {{ gateways: 'web' base_path: '/a{}' }}", i)));
    all.push_back(Obj("Service", fmt::format("t/s{}", i), "service { registered {} }"));
  }
  for (int i = 0; i < routes; ++i) {
    all.push_back(Obj("Route", fmt::format("t/r{}", i),
                      fmt::format("route {{ api: 't/a{}' match {{ {}: '/orders/p{}' methods: 'GET' }} "
                                  "forward {{ service: 't/s{}' }} rewrite {{ strip: BASE_PATH }} }}",
                                  i % apis, i % 3 == 0 ? "exact" : "prefix", i, i % apis)));
  }
  return Config().With(all, {});
}

}  // namespace sluice::model
