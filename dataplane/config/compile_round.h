// One run of the Compiler: its steps in order, clusters, routes, listeners, and what they found.
//
// Lives for one Compile on the build thread; borrows the compiler and the order. A step compiles
// each wanted resource, or takes what the last run made of the same content; in kKeepGood a bad one
// is replaced by the held copy.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "dataplane/config/compiler.h"

namespace sluice::config {

class CompileRound final {
 public:
  CompileRound(Compiler& compiler, const Compiler::Order& order);

  // Everything; once.
  Compiler::Result Run();
  // The listeners of the bootstrap only, whose errors are no problems of a resource.
  std::shared_ptr<const Draft> RunStatics(ErrorList& errors);

 private:
  // Compiles one; false when it was added to `problems`.
  using CompileOne = std::function<bool(const ResourceRef&, Problems& problems)>;

  bool keeps_good() const { return order_.mode == Compiler::Mode::kKeepGood; }
  void EachResource(ResourceType type, const CompileOne& compile);
  // What was accepted before under that name; nullptr if nothing, or nothing may be kept.
  ResourceRef HeldCopy(ResourceType type, const std::string& name) const;
  std::shared_ptr<const ListenerSpec> HeldSpec(const std::string& name) const;

  bool CompileCluster(const ResourceRef& resource, Problems& problems);
  bool CompileRoutes(const ResourceRef& resource, Problems& problems);
  bool CompileListener(const ResourceRef& resource, Problems& problems);
  void CompileStaticListener(const Compiler::StaticListener& listener, ErrorList& errors);
  // What the last run made, if the tables it used are still the same; else nullptr.
  const Compiler::CompiledListener* Unchanged(const std::string& name,
                                              const std::array<uint8_t, 32>& content) const;
  // Decides what a listener serves: it may have to wait for its routes.
  void PlaceListener(const std::string& name, const Compiler::CompiledListener& compiled);
  // Clusters that must exist (xDS: validate_clusters) and do not.
  void CheckClusters(const route::Table& table, ErrorList& errors) const;
  void RefuseTakenAddresses();
  void CheckStaticAddresses(ErrorList& errors) const;
  RouteLookup Lookup() const;
  bool IsWaitedFor(const RouteLookup::Use& use) const;
  std::shared_ptr<const Draft::Clusters> TakeClusters();

  Compiler& compiler_;
  const Compiler::Order& order_;
  std::shared_ptr<Draft> draft_ = std::make_shared<Draft>();
  Problems problems_;
  Draft::Clusters clusters_;
  absl::flat_hash_set<std::string> cluster_names_;
  std::map<std::string, std::shared_ptr<const route::Table>> tables_;
};

}  // namespace sluice::config
