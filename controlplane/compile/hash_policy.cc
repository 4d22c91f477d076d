#include "controlplane/compile/hash_policy.h"

#include "controlplane/model/hash_key.h"

namespace sluice::compile {
namespace {

using envoy::config::route::v3::RouteAction;
using model::ObjectPtr;
using sluice::v1::HashBy;

ObjectPtr Find(const HashServices& services, const std::string& name) {
  const auto found = services.find(name);
  return found == services.end() ? nullptr : found->second;
}

void SetCookie(const sluice::v1::HashCookie& from, RouteAction::HashPolicy::Cookie& out) {
  out.set_name(from.name());
  out.set_path(from.path());
  if (from.has_ttl()) *out.mutable_ttl() = from.ttl();
}

}  // namespace

HashServices HashServicesOf(const model::Config& config, const std::vector<std::string>& names) {
  HashServices services;
  for (const std::string& name : names) {
    ObjectPtr service = config.Find({std::string(model::kService), name});
    if (service == nullptr || service->service().balancing().hash().empty()) continue;
    services.emplace(name, std::move(service));
  }
  return services;
}

ObjectPtr HashServiceOf(const sluice::v1::Route& route, const HashServices& services) {
  if (services.empty()) return nullptr;
  if (route.has_forward()) return Find(services, route.forward().service());
  for (const auto& share : route.split().services()) {
    if (ObjectPtr service = Find(services, share.service())) return service;
  }
  return nullptr;
}

bool SameHash(const ObjectPtr& a, const ObjectPtr& b) {
  if (a == b) return true;
  return a != nullptr && b != nullptr &&
         model::HashKey(a->service()) == model::HashKey(b->service());
}

void SetHashPolicy(const sluice::v1::Service& service, RouteAction& action) {
  for (const HashBy& hash : service.balancing().hash()) {
    RouteAction::HashPolicy& out = *action.add_hash_policy();
    out.set_terminal(hash.last());
    switch (hash.part_case()) {
      case HashBy::kHeader: out.mutable_header()->set_header_name(hash.header()); break;
      case HashBy::kCookie: SetCookie(hash.cookie(), *out.mutable_cookie()); break;
      case HashBy::kSourceAddress:
        out.mutable_connection_properties()->set_source_ip(true);
        break;
      case HashBy::kQuery: out.mutable_query_parameter()->set_name(hash.query()); break;
      case HashBy::PART_NOT_SET: break;
    }
  }
}

}  // namespace sluice::compile
