#include "controlplane/compile/group.h"

#include <algorithm>

#include "controlplane/compile/cluster.h"
#include "controlplane/compile/origin.h"
#include "controlplane/model/checks.h"
#include "controlplane/model/content.h"
#include "controlplane/model/order.h"
#include "controlplane/model/paths.h"
#include "envoy/config/route/v3/route.pb.h"

namespace sluice::compile {
namespace {

namespace v3 = envoy::config::route::v3;
using model::ObjectPtr;

template <typename Map>
const typename Map::mapped_type* FindIn(const Map& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

bool PublishedOn(const ObjectPtr& api, const std::string& host) {
  const auto& hosts = api->api().hosts();
  return hosts.empty() || std::find(hosts.begin(), hosts.end(), host) != hosts.end();
}

void SortByBasePath(std::vector<ObjectPtr>& apis) {
  std::sort(apis.begin(), apis.end(), [](const ObjectPtr& a, const ObjectPtr& b) {
    const auto left = model::NormalBasePath(a->api().base_path());
    const auto right = model::NormalBasePath(b->api().base_path());
    return left == right ? a->name() < b->name() : model::BasePathBefore(left, right);
  });
}

int HostIndex(const sluice::v1::Gateway& gateway, const std::string& host) {
  return static_cast<int>(std::find(gateway.hosts().begin(), gateway.hosts().end(), host) -
                          gateway.hosts().begin());
}

}  // namespace

std::shared_ptr<const CompiledGroup> CompiledGroup::Compile(const model::Config& config,
                                                            GroupKey key,
                                                            const CompiledGroup* previous) {
  auto group = std::make_shared<CompiledGroup>();
  group->key_ = std::move(key);
  for (const std::string& name : group->key_.gateways) {
    const ObjectPtr gateway = config.Find({std::string(model::kGateway), name});
    if (gateway != nullptr && gateway->has_gateway()) group->gateways_.push_back(gateway);
  }
  group->CompileApis(config, previous);
  group->CompileListeners(previous);
  group->CompileClusters(config, previous);
  return group;
}

void CompiledGroup::CompileApis(const model::Config& config, const CompiledGroup* previous) {
  for (const ObjectPtr& gateway : gateways_) {
    std::vector<ObjectPtr>& apis = apis_[gateway->name()];
    apis = config.ReferrersOf(model::KeyOf(*gateway));
    SortByBasePath(apis);
    for (const ObjectPtr& api : apis) {
      BlockPtr& block = blocks_[api->name()];
      if (block != nullptr) continue;
      const BlockPtr* before = previous == nullptr ? nullptr : FindIn(previous->blocks_, api->name());
      block = ApiBlock::Make(config, api, before == nullptr ? nullptr : *before);
    }
  }
}

void CompiledGroup::CompileListeners(const CompiledGroup* previous) {
  for (const ObjectPtr& gateway : gateways_) {
    const auto& listeners = gateway->gateway().listeners();
    for (int i = 0; i < listeners.size(); ++i) {
      owners_[model::ListenerName(listeners[i])].push_back({gateway, i});
    }
  }
  for (const auto& [name, owners] : owners_) {
    const auto* owners_before = previous == nullptr ? nullptr : FindIn(previous->owners_, name);
    resources_.listeners[name] = owners_before != nullptr && *owners_before == owners
                                     ? previous->resources_.listeners.at(name)
                                     : CompileListener(name, owners);
    const std::vector<Host>& hosts = hosts_[name] = HostsOf(owners);
    const auto* hosts_before = previous == nullptr ? nullptr : FindIn(previous->hosts_, name);
    resources_.routes[name] = hosts_before != nullptr && *hosts_before == hosts
                                  ? previous->resources_.routes.at(name)
                                  : CompileRoutes(name, hosts);
  }
}

std::vector<CompiledGroup::Host> CompiledGroup::HostsOf(
    const std::vector<ListenerOwner>& owners) const {
  std::vector<Host> hosts;
  for (const ListenerOwner& owner : owners) {
    for (const std::string& name : owner.gateway->gateway().hosts()) {
      Host& host = hosts.emplace_back(Host{name, owner, {}});
      for (const ObjectPtr& api : apis_.at(owner.gateway->name())) {
        if (PublishedOn(api, name)) host.apis.push_back(blocks_.at(api->name()));
      }
    }
  }
  std::sort(hosts.begin(), hosts.end(),
            [](const Host& a, const Host& b) { return model::HostBefore(a.name, b.name); });
  return hosts;
}

ResourcePtr CompiledGroup::CompileRoutes(const std::string& name, const std::vector<Host>& hosts) {
  v3::RouteConfiguration config;
  config.set_name(name);
  config.set_ignore_port_in_host_matching(true);  // clients name the port unless it is 80
  std::string bytes = model::DeterministicBytes(config);
  size_t size = bytes.size();
  for (const Host& host : hosts) {
    for (const BlockPtr& block : host.apis) size += block->bytes().size();
    size += 1024;
  }
  bytes.reserve(size);
  std::string host_bytes;
  for (const Host& host : hosts) {
    v3::VirtualHost head;
    head.set_name(host.name);
    head.add_domains(host.name);
    const sluice::v1::Object& gateway = *host.owner.gateway;
    SetOrigin({model::KeyOf(gateway),
               "spec.hosts[" + std::to_string(HostIndex(gateway.gateway(), host.name)) + "]"},
              *head.mutable_metadata());
    host_bytes = model::DeterministicBytes(head);
    for (const BlockPtr& block : host.apis) host_bytes += block->bytes();
    AppendField(bytes, v3::RouteConfiguration::kVirtualHostsFieldNumber, host_bytes);
  }
  return MakeResource(kRouteType, name, std::move(bytes));
}

void CompiledGroup::CompileClusters(const model::Config& config, const CompiledGroup* previous) {
  for (const auto& [api, block] : blocks_) {
    for (const std::string& name : block->services()) {
      ObjectPtr& service = services_[name];
      if (service != nullptr) continue;
      service = config.Find({std::string(model::kService), name});
      if (service == nullptr || !service->has_service()) continue;
      const ObjectPtr* before = previous == nullptr ? nullptr : FindIn(previous->services_, name);
      resources_.clusters[name] = before != nullptr && *before == service
                                      ? previous->resources_.clusters.at(name)
                                      : CompileCluster(*service, key_.client);
    }
  }
}

}  // namespace sluice::compile
