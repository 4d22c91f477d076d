// All routes of one Api, in the order in which they are tried: a run of VirtualHost.routes that
// stands in every virtual host on which the Api is published. Immutable; any thread.
//
// What is compiled for a route is kept by the pointer of its object, so a block made after a change
// compiles only the routes that changed, or whose Service is hashed by something else now, and puts
// the bytes of the others together again.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "controlplane/compile/hash_policy.h"
#include "controlplane/model/config.h"
#include "controlplane/model/order.h"

namespace sluice::compile {

class ApiBlock final {
 public:
  // `previous`: the block of the same Api in the revision before, or nullptr; returned itself if
  // nothing changed. The configuration has no problems.
  static std::shared_ptr<const ApiBlock> Make(const model::Config& config, const model::ObjectPtr& api,
                                              const std::shared_ptr<const ApiBlock>& previous);

  // Fields `routes` of a VirtualHost, serialised.
  const std::string& bytes() const { return bytes_; }
  // Names of all Services its routes forward to, sorted.
  const std::vector<std::string>& services() const { return services_; }

 private:
  // One route object, for each section of the Api; "" where it does not serve that version.
  struct Compiled {
    model::RouteRank rank;
    std::vector<std::string> bytes;
  };
  using CompiledPtr = std::shared_ptr<const Compiled>;

  static CompiledPtr CompileOne(const sluice::v1::Object& route,
                                const std::vector<struct Section>& sections,
                                const HashServices& hashing);
  // What `previous`, a block of the same Api, has for the route; nullptr if that does not hold here.
  CompiledPtr Reusable(const sluice::v1::Object& route, const ApiBlock& previous) const;
  void Assemble(const std::vector<struct Section>& sections);
  void CollectServices();

  model::ObjectPtr api_;
  std::vector<model::ObjectPtr> routes_;  // by name
  absl::flat_hash_map<const sluice::v1::Object*, CompiledPtr> compiled_;
  std::string bytes_;
  std::vector<std::string> services_;
  HashServices hashing_;  // of services_
};

// Appends field `number` of wire type LEN. What two messages hold in a row reads as one message.
void AppendField(std::string& out, int number, std::string_view bytes);

}  // namespace sluice::compile
