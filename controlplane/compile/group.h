// A configuration -> what one group of proxies gets. Pure; any thread.
//
// One Listener and one RouteConfiguration for each address and port of the group's Gateways, both
// named "address:port"; one VirtualHost for each host; one Cluster for each Service that a route
// names. Equal input gives equal bytes, in every process.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controlplane/compile/api_block.h"
#include "controlplane/compile/listener.h"
#include "controlplane/compile/resource.h"
#include "controlplane/model/config.h"

namespace sluice::compile {

// Resources with what they were made from, so that the next revision reuses what did not change.
class CompiledGroup final {
 public:
  // `config` has no problems (model/validate.h). Gateways that it does not have are passed over.
  // `previous`: the same group in an earlier revision, or nullptr; resources whose objects are the
  // same pointers are taken from it. The result does not depend on it.
  static std::shared_ptr<const CompiledGroup> Compile(const model::Config& config, GroupKey key,
                                                      const CompiledGroup* previous);

  const GroupKey& key() const { return key_; }
  const GroupResources& resources() const { return resources_; }

 private:
  using BlockPtr = std::shared_ptr<const ApiBlock>;
  struct Host {
    std::string name;
    ListenerOwner owner;  // whose host it is
    std::vector<BlockPtr> apis;
    friend bool operator==(const Host&, const Host&) = default;
  };

  void CompileApis(const model::Config& config, const CompiledGroup* previous);
  void CompileListeners(const CompiledGroup* previous);
  void CompileClusters(const model::Config& config, const CompiledGroup* previous);
  std::vector<Host> HostsOf(const std::vector<ListenerOwner>& owners) const;
  static ResourcePtr CompileRoutes(const std::string& name, const std::vector<Host>& hosts);

  GroupKey key_;
  GroupResources resources_;
  // Inputs.
  std::vector<model::ObjectPtr> gateways_;
  std::map<std::string, std::vector<model::ObjectPtr>> apis_;  // of a gateway
  std::map<std::string, BlockPtr> blocks_;                     // of an Api
  std::map<std::string, std::vector<ListenerOwner>> owners_;   // of a listener
  std::map<std::string, std::vector<Host>> hosts_;             // of a listener
  std::map<std::string, model::ObjectPtr> services_;
};

}  // namespace sluice::compile
