#include "dataplane/config/compile_round.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/check/check_resources.h"
#include "dataplane/config/compile_listeners.h"
#include "dataplane/config/compile_routes.h"
#include "dataplane/config/implemented_fields.h"

namespace sluice::config {

namespace {

using envoy::config::cluster::v3::Cluster;
using envoy::config::listener::v3::Listener;
using envoy::config::route::v3::RouteConfiguration;

template <typename Message>
const Message& As(const Resource& resource) {
  return static_cast<const Message&>(*resource.message);
}

std::string Taken(std::string_view what) {
  return fmt::format("is the name of a {} of the bootstrap", what);
}

}  // namespace

CompileRound::CompileRound(Compiler& compiler, const Compiler::Order& order)
    : compiler_(compiler), order_(order) {
  for (const auto& cluster : compiler_.static_clusters_) {
    clusters_.push_back(cluster);
    cluster_names_.insert(cluster->spec->name);
  }
}

Compiler::Result CompileRound::Run() {
  draft_->revision = order_.revision;
  EachResource(ResourceType::kCluster,
               [this](const ResourceRef& r, Problems& p) { return CompileCluster(r, p); });
  EachResource(ResourceType::kRoute,
               [this](const ResourceRef& r, Problems& p) { return CompileRoutes(r, p); });
  ErrorList statics;  // they were good at the start, and nothing but their routes can change
  for (const auto& listener : compiler_.static_listeners_) CompileStaticListener(listener, statics);
  EachResource(ResourceType::kListener,
               [this](const ResourceRef& r, Problems& p) { return CompileListener(r, p); });
  RefuseTakenAddresses();
  const bool refused = !keeps_good() && !problems_.empty();
  if (refused) {
    compiler_.clusters_.AbandonRound();
    compiler_.routes_.AbandonRound();
    compiler_.listeners_.AbandonRound();
    return {nullptr, std::move(problems_)};
  }
  compiler_.clusters_.EndRound();
  compiler_.routes_.EndRound();
  compiler_.listeners_.EndRound();
  draft_->clusters = TakeClusters();
  return {std::move(draft_), std::move(problems_)};
}

std::shared_ptr<const Draft> CompileRound::RunStatics(ErrorList& errors) {
  for (const auto& listener : compiler_.static_listeners_) CompileStaticListener(listener, errors);
  if (errors.empty()) CheckStaticAddresses(errors);
  compiler_.listeners_.EndRound();
  draft_->clusters = TakeClusters();
  return std::move(draft_);
}

std::shared_ptr<const Draft::Clusters> CompileRound::TakeClusters() {
  if (*compiler_.last_clusters_ != clusters_) {
    compiler_.last_clusters_ = std::make_shared<const Draft::Clusters>(std::move(clusters_));
  }
  return compiler_.last_clusters_;
}

void CompileRound::EachResource(ResourceType type, const CompileOne& compile) {
  for (const auto& [name, wanted] : order_.wanted.of(type)) {
    ResourceMap& accepted = draft_->resources.of(type);
    if (compile(wanted, problems_)) {
      accepted.emplace_hint(accepted.end(), name, wanted);
      continue;
    }
    const ResourceRef held = HeldCopy(type, name);
    Problems known;  // it was good; if it no longer is, what makes it so has been named
    if (held != nullptr && held != wanted && compile(held, known))
      accepted.emplace_hint(accepted.end(), name, held);
  }
}

ResourceRef CompileRound::HeldCopy(ResourceType type, const std::string& name) const {
  if (!keeps_good() || order_.held == nullptr) return nullptr;
  const ResourceMap& held = order_.held->resources.of(type);
  const auto found = held.find(name);
  return found == held.end() ? nullptr : found->second;
}

std::shared_ptr<const ListenerSpec> CompileRound::HeldSpec(const std::string& name) const {
  if (order_.held == nullptr) return nullptr;
  for (const auto& spec : order_.held->listeners) {
    if (spec->name == name) return spec;
  }
  return nullptr;
}

bool CompileRound::CompileCluster(const ResourceRef& resource, Problems& problems) {
  std::shared_ptr<const CompiledCluster> made;
  if (const auto* known = compiler_.clusters_.Find(resource->name, resource->content)) {
    made = *known;
  } else {
    ErrorList errors;
    const Cluster& message = As<Cluster>(*resource);
    if (cluster_names_.contains(resource->name)) errors.Add("name", Taken("cluster"));
    api::CheckCluster(message, errors);
    auto compiled = errors.empty() ? config::CompileCluster(message, "", errors) : std::nullopt;
    AddProblems(ResourceType::kCluster, *resource, errors, problems);
    if (!compiled) return false;
    made = std::make_shared<const CompiledCluster>(*std::move(compiled));
  }
  compiler_.clusters_.Keep(resource->name, resource->content, made);
  cluster_names_.insert(resource->name);
  clusters_.push_back(std::move(made));
  return true;
}

bool CompileRound::CompileRoutes(const ResourceRef& resource, Problems& problems) {
  ErrorList errors;
  std::shared_ptr<const route::Table> table;
  if (const auto* known = compiler_.routes_.Find(resource->name, resource->content)) {
    table = *known;
  } else {
    const RouteConfiguration& message = As<RouteConfiguration>(*resource);
    api::CheckRouteConfiguration(message, errors);
    if (errors.empty())
      table = config::CompileRoutes(message, "", errors, RouteSource::kDiscovered);
  }
  // What was accepted stays accepted when a cluster leaves: its requests answer 503.
  const bool accepted = HeldCopy(ResourceType::kRoute, resource->name) == resource;
  if (table != nullptr && !accepted) CheckClusters(*table, errors);
  AddProblems(ResourceType::kRoute, *resource, errors, problems);
  if (table == nullptr) return false;
  compiler_.routes_.Keep(resource->name, resource->content, table);
  if (!errors.empty()) return false;
  tables_[resource->name] = std::move(table);
  return true;
}

bool CompileRound::CompileListener(const ResourceRef& resource, Problems& problems) {
  const std::string& name = resource->name;
  const bool accepted = HeldCopy(ResourceType::kListener, name) == resource;
  if (!accepted && order_.unbound.contains(name)) return false;
  Compiler::CompiledListener made;
  ErrorList errors;
  if (const auto* known = Unchanged(name, resource->content)) {
    made = *known;
  } else {
    const Listener& message = As<Listener>(*resource);
    for (const auto& listener : compiler_.static_listeners_) {
      if (listener.message->name() == name) errors.Add("name", Taken("listener"));
    }
    api::CheckListener(message, errors);
    RouteLookup lookup = Lookup();
    if (errors.empty())
      made.spec = config::CompileListener(message, "", compiler_.stats_, errors, &lookup);
    made.uses = std::move(lookup.uses);
  }
  if (made.spec != nullptr && made.uses.empty() && !accepted)
    CheckClusters(*made.spec->http->routes, errors);
  bool routes_are_bad = false;
  for (const RouteLookup::Use& use : made.uses) {
    if (use.table != nullptr || keeps_good()) continue;
    // What is wrong with the routes has been said; their listener is not to blame.
    routes_are_bad = order_.wanted.routes.contains(use.name);
    if (routes_are_bad) break;
    errors.Add(use.field_path, fmt::format("there is no route configuration '{}'", use.name));
  }
  AddProblems(ResourceType::kListener, *resource, errors, problems);
  if (!errors.empty() || routes_are_bad) return false;
  compiler_.listeners_.Keep(name, resource->content, made);
  PlaceListener(name, made);
  return true;
}

void CompileRound::CompileStaticListener(const Compiler::StaticListener& listener,
                                         ErrorList& errors) {
  Compiler::CompiledListener made;
  // The path is no listener's name, and the content cannot change.
  if (const auto* known = Unchanged(listener.path, {})) {
    made = *known;
  } else {
    RouteLookup lookup = Lookup();
    const bool dynamic = compiler_.bootstrap_.dynamic_resources().has_ads_config();
    made.spec = config::CompileListener(*listener.message, listener.path, compiler_.stats_, errors,
                                        dynamic ? &lookup : nullptr);
    made.uses = std::move(lookup.uses);
    if (made.spec == nullptr) return;
    if (made.uses.empty()) CheckClusters(*made.spec->http->routes, errors);
  }
  compiler_.listeners_.Keep(listener.path, {}, made);
  PlaceListener(listener.message->name(), made);
}

const Compiler::CompiledListener* CompileRound::Unchanged(
    const std::string& name, const std::array<uint8_t, 32>& content) const {
  const Compiler::CompiledListener* known = compiler_.listeners_.Find(name, content);
  if (known == nullptr) return nullptr;
  for (const RouteLookup::Use& use : known->uses) {
    const auto now = tables_.find(use.name);
    if ((now == tables_.end() ? nullptr : now->second) != use.table) return nullptr;
  }
  return known;
}

bool CompileRound::IsWaitedFor(const RouteLookup::Use& use) const {
  return use.table == nullptr && !order_.given_up.contains(use.name);
}

void CompileRound::PlaceListener(const std::string& name,
                                 const Compiler::CompiledListener& compiled) {
  std::shared_ptr<const ListenerSpec> spec = compiled.spec;
  bool waits = false;
  for (const RouteLookup::Use& use : compiled.uses) {
    if (!IsWaitedFor(use)) continue;
    waits = true;
    auto& missing = draft_->missing_routes;
    if (std::find(missing.begin(), missing.end(), use.name) == missing.end())
      missing.push_back(use.name);
  }
  if (waits) {
    draft_->waiting_listeners.push_back(name);
    spec = HeldSpec(name);
  }
  if (spec != nullptr) draft_->listeners.push_back(std::move(spec));
}

RouteLookup CompileRound::Lookup() const {
  return {.find =
              [this](const std::string& name) {
                const auto found = tables_.find(name);
                return found == tables_.end() ? nullptr : found->second;
              },
          .uses = {}};
}

// Routes to clusters that do not exist answer 503 at run time, unless the table asks to be refused.
void CompileRound::CheckClusters(const route::Table& table, ErrorList& errors) const {
  if (!table.options().validate_clusters) return;
  for (const route::ClusterReference& reference : table.clusters()) {
    if (cluster_names_.contains(reference.cluster)) continue;
    errors.Add(reference.field_path, fmt::format("there is no cluster '{}'", reference.cluster));
  }
}

void CompileRound::CheckStaticAddresses(ErrorList& errors) const {
  std::map<std::string, std::string> owners;
  for (size_t i = 0; i < draft_->listeners.size(); ++i) {
    const ListenerSpec& spec = *draft_->listeners[i];
    if (spec.address.port() == 0) continue;
    const auto [owner, fresh] = owners.emplace(spec.address.ToString(), spec.name);
    if (fresh) continue;
    errors.Add(
        JoinPath(IndexPath("static_resources.listeners", static_cast<int>(i)),
                 "address.socket_address"),
        fmt::format("{} is the address of listener '{}' already", owner->first, owner->second));
  }
}

// Two listeners on one address would both accept what was meant for one. Those that serve already
// keep theirs.
void CompileRound::RefuseTakenAddresses() {
  std::map<std::string, std::string> owners;
  auto& listeners = draft_->listeners;
  const auto take = [&](const std::shared_ptr<const ListenerSpec>& spec) {
    if (spec->address.port() == 0) return std::string();
    const auto [owner, fresh] = owners.emplace(spec->address.ToString(), spec->name);
    return fresh || owner->second == spec->name ? std::string() : owner->second;
  };
  if (keeps_good()) {
    for (const auto& spec : listeners) {
      if (HeldSpec(spec->name) == spec) take(spec);
    }
  }
  std::erase_if(listeners, [&](std::shared_ptr<const ListenerSpec>& spec) {
    const std::string owner = take(spec);
    if (owner.empty()) return false;
    ErrorList errors;
    errors.Add("address.socket_address", fmt::format("{} is the address of listener '{}' already",
                                                     spec->address.ToString(), owner));
    ResourceMap& accepted = draft_->resources.listeners;
    const auto resource = accepted.find(spec->name);
    if (resource == accepted.end()) return true;  // of the bootstrap: nobody to tell
    AddProblems(ResourceType::kListener, *resource->second, errors, problems_);
    const ResourceRef held = HeldCopy(ResourceType::kListener, spec->name);
    if (held == nullptr) {
      accepted.erase(resource);
      return true;
    }
    resource->second = held;
    spec = HeldSpec(spec->name);
    return spec == nullptr || !take(spec).empty();
  });
}

}  // namespace sluice::config
