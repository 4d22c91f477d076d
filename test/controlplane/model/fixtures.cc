#include "test/controlplane/model/fixtures.h"

#include <fmt/format.h>
#include <google/protobuf/text_format.h>

#include <cstdio>
#include <cstdlib>

#include "controlplane/model/validate.h"

namespace sluice::model {

ObjectPtr Obj(const std::string& kind, const std::string& name, const std::string& spec) {
  auto object = std::make_shared<sluice::v1::Object>();
  if (!google::protobuf::TextFormat::ParseFromString(spec, object.get())) {
    std::fprintf(stderr, "not an Object: %s\n", spec.c_str());
    std::abort();
  }
  object->set_kind(kind);
  object->set_name(name);
  return object;
}

Config ShopConfig() {
  return Config().With(
      {Obj("Gateway", "web", R"(gateway {
         listeners { port: 8080 } hosts: "shop.example.com" hosts: "*.example.org"
         admits { team: "shop" base_path: "/shop" } admits { team: "pay" base_path: "/pay" } })"),
       Obj("Api", "shop/api", R"(api {
         gateways: "web" base_path: "/shop" versions { name: "v1" } versions { name: "v2" }
         version_by { path_template: "/{version}" } })"),
       Obj("Service", "shop/backend", R"(service {
         static { endpoints { address: "10.0.0.1" port: 80 } } })"),
       Obj("Route", "shop/list", R"(route {
         api: "shop/api" match { prefix: "/list" } forward { service: "shop/backend" } })")},
      {});
}

Config ShopConfigWith(const std::vector<ObjectPtr>& upserts) {
  return ShopConfig().With(upserts, {});
}

std::vector<std::string> Lines(const std::vector<sluice::v1::Problem>& problems) {
  std::vector<std::string> lines;
  for (const auto& problem : problems) {
    lines.push_back(fmt::format("{} {} {} {}", problem.object().kind(), problem.object().name(),
                                problem.field_path(), problem.code()));
  }
  return lines;
}

std::vector<std::string> ProblemsOf(const Config& config) {
  return Lines(Validate(config).problems);
}

std::vector<std::string> ProblemsWith(const std::string& kind, const std::string& name,
                                      const std::string& spec) {
  return ProblemsOf(ShopConfigWith({Obj(kind, name, spec)}));
}

}  // namespace sluice::model
