#include "dataplane/config/compile_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/config/compile_header_mutation.h"
#include "dataplane/config/compile_matchers.h"
#include "dataplane/config/compile_retry.h"
#include "dataplane/config/compile_route_action.h"
#include "dataplane/config/compile_route_match.h"
#include "dataplane/config/implemented_fields.h"

namespace sluice::config {
namespace {

namespace v3 = envoy::config::route::v3;
using MutationPtr = std::shared_ptr<const route::HeaderMutation>;

constexpr uint32_t kDefaultMaxDirectResponseBody = 4096;  // as in Envoy
constexpr std::string_view kOriginMetadata = "sluice.origin";

route::Origin OriginOf(const v3::Route& route) {
  const auto found = route.metadata().filter_metadata().find(std::string(kOriginMetadata));
  if (found == route.metadata().filter_metadata().end()) return {};
  auto text = [&](const char* key) {
    const auto field = found->second.fields().find(key);
    return field == found->second.fields().end() ? std::string() : field->second.string_value();
  };
  return {text("kind"), text("name"), text("field_path")};
}

// Each cluster that a route names, once, with the first place.
class ClusterReferences final {
 public:
  void Add(const std::string& cluster, std::string field_path) {
    if (!cluster.empty() && seen_.insert({cluster, true}).second)
      list_.push_back({cluster, std::move(field_path)});
  }
  void AddFrom(const route::Forward& forward, const std::string& path) {
    Add(forward.cluster, JoinPath(path, "cluster"));
    const std::string clusters = JoinPath(path, "weighted_clusters.clusters");
    for (size_t i = 0; i < forward.weighted.size(); ++i) {
      Add(forward.weighted[i].cluster, JoinPath(IndexPath(clusters, static_cast<int>(i)), "name"));
    }
  }
  std::vector<route::ClusterReference> Take() { return std::move(list_); }

 private:
  absl::flat_hash_map<std::string, bool> seen_;
  std::vector<route::ClusterReference> list_;
};

// One configuration; each member reports below its own path.
class RoutesCompiler final {
 public:
  RoutesCompiler(const v3::RouteConfiguration& config, const std::string& path, RouteSource source,
                 ErrorList& errors)
      : config_(config), path_(path), source_(source), errors_(errors), before_(errors.size()) {}

  std::shared_ptr<const route::Table> Compile() {
    RefuseAllBut(
        config_,
        {"name", "virtual_hosts", "request_headers_to_add", "request_headers_to_remove",
         "response_headers_to_add", "response_headers_to_remove", "validate_clusters",
         "most_specific_header_mutations_wins", "max_direct_response_body_size_bytes",
         "ignore_port_in_host_matching", "ignore_path_parameters_in_path_matching", "metadata"},
        path_, errors_);
    mutation_ = CompileHeaderMutation(config_, path_, errors_);
    std::vector<std::shared_ptr<const route::VirtualHost>> hosts;
    for (int i = 0; i < config_.virtual_hosts_size(); ++i) {
      hosts.push_back(
          CompileHost(config_.virtual_hosts(i), IndexPath(JoinPath(path_, "virtual_hosts"), i)));
    }
    if (Failed()) return nullptr;
    route::TableOptions options;
    options.name = config_.name();
    options.ignore_port = config_.ignore_port_in_host_matching();
    options.ignore_path_parameters = config_.ignore_path_parameters_in_path_matching();
    options.validate_clusters = config_.has_validate_clusters()
                                    ? config_.validate_clusters().value()
                                    : source_ == RouteSource::kStatic;
    return std::make_shared<const route::Table>(std::move(options), std::move(hosts),
                                                clusters_.Take());
  }

 private:
  // The list may hold errors of others. When it is full nobody can tell, and nothing is served
  // anyway.
  bool Failed() const { return errors_.size() != before_ || errors_.dropped() != 0; }

  std::shared_ptr<const route::VirtualHost> CompileHost(const v3::VirtualHost& host,
                                                        const std::string& path) {
    RefuseAllBut(host,
                 {"name", "domains", "routes", "require_tls", "request_headers_to_add",
                  "request_headers_to_remove", "response_headers_to_add",
                  "response_headers_to_remove", "metadata", "retry_policy",
                  "per_request_buffer_limit_bytes", "include_request_attempt_count",
                  "include_attempt_count_in_response"},
                 path, errors_);
    if (host.name().empty()) errors_.Add(JoinPath(path, "name"), "must not be empty");
    const MutationPtr mutation = CompileHeaderMutation(host, path, errors_);
    host_ = &host;
    host_retry_ = CompileRetryPolicy(host.retry_policy(), JoinPath(path, "retry_policy"), errors_);
    std::vector<std::string> domains = CompileDomains(host, path);
    std::vector<route::Route> routes;
    routes.reserve(static_cast<size_t>(host.routes_size()));
    for (int i = 0; i < host.routes_size(); ++i) {
      routes.push_back(
          CompileRoute(host.routes(i), mutation, IndexPath(JoinPath(path, "routes"), i)));
    }
    const route::TlsRequirement tls = TlsOf(host, path);
    // With an error somewhere the host is never served: no need to index its routes.
    if (Failed()) return nullptr;
    return std::make_shared<const route::VirtualHost>(host.name(), std::move(domains), tls,
                                                      std::move(routes));
  }

  std::vector<std::string> CompileDomains(const v3::VirtualHost& host, const std::string& path) {
    std::vector<std::string> domains;
    if (host.domains().empty()) errors_.Add(JoinPath(path, "domains"), "must not be empty");
    for (int i = 0; i < host.domains_size(); ++i) {
      const std::string where = IndexPath(JoinPath(path, "domains"), i);
      const std::string written = LowerCase(host.domains(i));
      std::string domain = written;
      // Requests come without the root's dot, so "a.b." and "a.b" are one name; a host may list
      // both.
      if (domain.size() > 1 && domain.ends_with('.')) domain.pop_back();
      if (!CheckDomain(domain, where)) continue;
      const auto [other, fresh] = domains_.insert({domain, {path, written}});
      if (fresh) {
        domains.push_back(std::move(domain));
      } else if (other->second.first != path || other->second.second == written) {
        errors_.Add(where, fmt::format("'{}' is already a domain of {}", host.domains(i),
                                       other->second.first));
      }
    }
    return domains;
  }

  bool CheckDomain(std::string_view domain, const std::string& where) {
    const bool at_start = domain.starts_with('*');
    const std::string_view rest = at_start ? domain.substr(1) : domain;
    const size_t star = rest.find('*');
    if (domain.empty()) {
      errors_.Add(where, "must not be empty");
    } else if (domain.size() > route::kMaxDomainBytes) {
      errors_.Add(where, fmt::format("is longer than {} bytes", route::kMaxDomainBytes));
    } else if (star != std::string_view::npos && (at_start || star + 1 != rest.size())) {
      errors_.Add(where,
                  fmt::format("'{}': one '*' is allowed, at the start or at the end", domain));
    } else {
      return true;
    }
    return false;
  }

  route::TlsRequirement TlsOf(const v3::VirtualHost& host, const std::string& path) {
    switch (host.require_tls()) {
      case v3::VirtualHost::NONE:
        return route::TlsRequirement::kNone;
      case v3::VirtualHost::EXTERNAL_ONLY:
        return route::TlsRequirement::kExternal;
      case v3::VirtualHost::ALL:
        return route::TlsRequirement::kAll;
      default:
        errors_.Add(JoinPath(path, "require_tls"), "is not a known value");
        return route::TlsRequirement::kNone;
    }
  }

  route::Route CompileRoute(const v3::Route& route, const MutationPtr& host_mutation,
                            const std::string& path) {
    RefuseAllBut(route,
                 {"match", "route", "redirect", "direct_response", "name", "metadata",
                  "request_headers_to_add", "request_headers_to_remove", "response_headers_to_add",
                  "response_headers_to_remove", "per_request_buffer_limit_bytes"},
                 path, errors_);
    route::Route out;
    out.name = route.name();
    out.origin = OriginOf(route);
    CompileRouteMatch(route.match(), JoinPath(path, "match"), out, errors_);
    CompileAction(route, path, out);
    for (const MutationPtr& level :
         {CompileHeaderMutation(route, path, errors_), host_mutation, mutation_}) {
      if (level != nullptr) out.mutations.push_back(level);
    }
    if (config_.most_specific_header_mutations_wins())
      std::reverse(out.mutations.begin(), out.mutations.end());
    return out;
  }

  // What a route's action takes from its virtual host.
  void ApplyHost(const v3::Route& route, route::Forward& forward) const {
    if (!route.route().has_retry_policy()) forward.retry = host_retry_;
    forward.attempt_count_to_upstream = host_->include_request_attempt_count();
    forward.attempt_count_to_client = host_->include_attempt_count_in_response();
    if (route.has_per_request_buffer_limit_bytes()) {
      forward.replay_limit = route.per_request_buffer_limit_bytes().value();
    } else if (host_->has_per_request_buffer_limit_bytes()) {
      forward.replay_limit = host_->per_request_buffer_limit_bytes().value();
    }
  }

  void CompileAction(const v3::Route& route, const std::string& path, route::Route& out) {
    switch (route.action_case()) {
      case v3::Route::kRoute: {
        route::Forward forward = CompileForward(route.route(), JoinPath(path, "route"), errors_);
        clusters_.AddFrom(forward, JoinPath(path, "route"));
        ApplyHost(route, forward);
        out.action = std::move(forward);
        break;
      }
      case v3::Route::kRedirect:
        out.action = CompileRedirect(route.redirect(), JoinPath(path, "redirect"), errors_);
        break;
      case v3::Route::kDirectResponse: {
        const uint32_t max_body = config_.has_max_direct_response_body_size_bytes()
                                      ? config_.max_direct_response_body_size_bytes().value()
                                      : kDefaultMaxDirectResponseBody;
        out.action = CompileDirectResponse(route.direct_response(), max_body,
                                           JoinPath(path, "direct_response"), errors_);
        break;
      }
      case v3::Route::kNonForwardingAction:
        break;  // refused by name with the other fields
      case v3::Route::ACTION_NOT_SET:
        errors_.Add(path, "one of route, redirect, direct_response is required");
    }
  }

  const v3::RouteConfiguration& config_;
  const std::string path_;
  const RouteSource source_;
  ErrorList& errors_;
  const size_t before_;
  MutationPtr mutation_;
  // Of the virtual host whose routes are being compiled.
  const v3::VirtualHost* host_ = nullptr;
  std::shared_ptr<const route::RetryPolicy> host_retry_;
  ClusterReferences clusters_;
  // Domains to the path of their host and to how they were written, in lower case.
  absl::flat_hash_map<std::string, std::pair<std::string, std::string>> domains_;
};

}  // namespace

std::shared_ptr<const route::Table> CompileRoutes(const v3::RouteConfiguration& config,
                                                  const std::string& path, ErrorList& errors,
                                                  RouteSource source) {
  return RoutesCompiler(config, path, source, errors).Compile();
}

}  // namespace sluice::config
