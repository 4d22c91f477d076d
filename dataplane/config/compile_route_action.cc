#include "dataplane/config/compile_route_action.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "dataplane/config/compile_hash_policy.h"
#include "dataplane/config/compile_header_mutation.h"
#include "dataplane/config/compile_matchers.h"
#include "dataplane/config/compile_paths.h"
#include "dataplane/config/compile_retry.h"
#include "dataplane/config/duration.h"
#include "dataplane/config/implemented_fields.h"
#include "dataplane/http/text.h"

namespace sluice::config {
namespace {

using envoy::config::route::v3::DirectResponseAction;
using envoy::config::route::v3::RedirectAction;
using envoy::config::route::v3::RouteAction;
using envoy::config::route::v3::WeightedCluster;

route::FieldRef CompileFieldRef(const std::string& name, const std::string& path,
                                ErrorList& errors) {
  CheckFieldName(name, path, errors);
  route::FieldRef ref;
  ref.name = LowerCase(name);
  ref.id = http::LookupField(ref.name);
  return ref;
}

route::WeightedCluster CompileShare(const WeightedCluster::ClusterWeight& share,
                                    const std::string& path, ErrorList& errors) {
  RefuseAllBut(
      share,
      {"name", "cluster_header", "weight", "host_rewrite_literal", "request_headers_to_add",
       "request_headers_to_remove", "response_headers_to_add", "response_headers_to_remove"},
      path, errors);
  route::WeightedCluster result;
  if (share.name().empty() == share.cluster_header().empty()) {
    errors.Add(path, "exactly one of name, cluster_header is required");
  } else if (share.name().empty()) {
    result.cluster_header =
        CompileFieldRef(share.cluster_header(), JoinPath(path, "cluster_header"), errors);
  }
  result.cluster = share.name();
  result.host_rewrite = share.host_rewrite_literal();
  CheckAuthorityText(result.host_rewrite, JoinPath(path, "host_rewrite_literal"), errors);
  result.mutation = CompileHeaderMutation(share, path, errors);
  return result;
}

void CompileWeighted(const WeightedCluster& weighted, const std::string& path, route::Forward& out,
                     ErrorList& errors) {
  RefuseAllBut(weighted, {"clusters", "total_weight", "header_name"}, path, errors);
  const std::string clusters = JoinPath(path, "clusters");
  for (int i = 0; i < weighted.clusters_size(); ++i) {
    const std::string where = IndexPath(clusters, i);
    if (!weighted.clusters(i).has_weight()) errors.Add(JoinPath(where, "weight"), "is required");
    out.total_weight += weighted.clusters(i).weight().value();
    out.weighted.push_back(CompileShare(weighted.clusters(i), where, errors));
    out.weighted.back().weight_end = out.total_weight;
  }
  if (out.total_weight == 0 || out.total_weight > std::numeric_limits<uint32_t>::max()) {
    errors.Add(clusters,
               fmt::format("the sum of the weights is {}; it must be between 1 and 4294967295",
                           out.total_weight));
  }
  if (weighted.has_total_weight() && weighted.total_weight().value() != out.total_weight) {
    errors.Add(JoinPath(path, "total_weight"),
               fmt::format("is {}, but the weights add up to {}", weighted.total_weight().value(),
                           out.total_weight));
  }
  if (weighted.random_value_specifier_case() == WeightedCluster::kHeaderName) {
    out.weight_header =
        CompileFieldRef(weighted.header_name(), JoinPath(path, "header_name"), errors);
  }
}

void CompileCluster(const RouteAction& action, const std::string& path, route::Forward& out,
                    ErrorList& errors) {
  switch (action.cluster_specifier_case()) {
    case RouteAction::kCluster:
      if (action.cluster().empty()) errors.Add(JoinPath(path, "cluster"), "must not be empty");
      out.cluster = action.cluster();
      break;
    case RouteAction::kClusterHeader:
      out.cluster_header =
          CompileFieldRef(action.cluster_header(), JoinPath(path, "cluster_header"), errors);
      break;
    case RouteAction::kWeightedClusters:
      CompileWeighted(action.weighted_clusters(), JoinPath(path, "weighted_clusters"), out, errors);
      break;
    case RouteAction::CLUSTER_SPECIFIER_NOT_SET:
      errors.Add(path, "one of cluster, cluster_header, weighted_clusters is required");
  }
  switch (action.cluster_not_found_response_code()) {
    case RouteAction::SERVICE_UNAVAILABLE:
      break;
    case RouteAction::NOT_FOUND:
      out.cluster_not_found_status = 404;
      break;
    case RouteAction::INTERNAL_SERVER_ERROR:
      out.cluster_not_found_status = 500;
      break;
    default:
      errors.Add(JoinPath(path, "cluster_not_found_response_code"), "is not a known value");
  }
}

void CompileHostRewrite(const RouteAction& action, const std::string& path, route::HostRewrite& out,
                        ErrorList& errors) {
  using Kind = route::HostRewrite::Kind;
  switch (action.host_rewrite_specifier_case()) {
    case RouteAction::kHostRewriteLiteral:
      out.kind = action.host_rewrite_literal().empty() ? Kind::kNone : Kind::kLiteral;
      out.literal = action.host_rewrite_literal();
      CheckAuthorityText(out.literal, JoinPath(path, "host_rewrite_literal"), errors);
      break;
    case RouteAction::kAutoHostRewrite:
      if (action.auto_host_rewrite().value()) {
        errors.Add(JoinPath(path, "auto_host_rewrite"), "not implemented yet");
      }
      break;
    case RouteAction::kHostRewriteHeader:
      out.kind = Kind::kHeader;
      out.header = CompileFieldRef(action.host_rewrite_header(),
                                   JoinPath(path, "host_rewrite_header"), errors);
      break;
    case RouteAction::kHostRewritePathRegex:
      out.kind = Kind::kPathRegex;
      out.path = CompileRegexRewrite(action.host_rewrite_path_regex(),
                                     JoinPath(path, "host_rewrite_path_regex"), errors);
      break;
    case RouteAction::HOST_REWRITE_SPECIFIER_NOT_SET:
      break;
  }
}

// An upgrade type that is switched off is what there is anyway.
void RefuseUpgrades(const RouteAction& action, const std::string& path, ErrorList& errors) {
  const std::string upgrades = JoinPath(path, "upgrade_configs");
  for (int i = 0; i < action.upgrade_configs_size(); ++i) {
    const auto& upgrade = action.upgrade_configs(i);
    if (upgrade.has_enabled() && !upgrade.enabled().value()) continue;
    errors.Add(IndexPath(upgrades, i),
               fmt::format("upgrade to '{}': not implemented yet", upgrade.upgrade_type()));
  }
}

uint16_t StatusOf(RedirectAction::RedirectResponseCode code, const std::string& path,
                  ErrorList& errors) {
  switch (code) {
    case RedirectAction::MOVED_PERMANENTLY:
      return 301;
    case RedirectAction::FOUND:
      return 302;
    case RedirectAction::SEE_OTHER:
      return 303;
    case RedirectAction::TEMPORARY_REDIRECT:
      return 307;
    case RedirectAction::PERMANENT_REDIRECT:
      return 308;
    default:
      errors.Add(path, "is not a known value");
      return 301;
  }
}

void CompileRedirectPath(const RedirectAction& action, const std::string& path,
                         route::Redirect& out, ErrorList& errors) {
  switch (action.path_rewrite_specifier_case()) {
    case RedirectAction::kPathRedirect: {
      const std::string where = JoinPath(path, "path_redirect");
      CheckPathText(action.path_redirect(), PathText::kPathAndQuery, where, errors);
      if (!action.path_redirect().empty() && !action.path_redirect().starts_with('/')) {
        errors.Add(where, fmt::format("'{}' must start with '/'", action.path_redirect()));
      }
      out.path = action.path_redirect();
      out.path_has_query = out.path.find('?') != std::string::npos;
      break;
    }
    case RedirectAction::kPrefixRewrite:
      CheckPathText(action.prefix_rewrite(), PathText::kPath, JoinPath(path, "prefix_rewrite"),
                    errors);
      out.rewrite.prefix = action.prefix_rewrite();
      break;
    case RedirectAction::kRegexRewrite:
      out.rewrite.regex =
          CompileRegexRewrite(action.regex_rewrite(), JoinPath(path, "regex_rewrite"), errors);
      break;
    case RedirectAction::PATH_REWRITE_SPECIFIER_NOT_SET:
      break;
  }
}

}  // namespace

route::Forward CompileForward(const RouteAction& action, const std::string& path,
                              ErrorList& errors) {
  RefuseAllBut(action,
               {"cluster", "cluster_header", "weighted_clusters", "cluster_not_found_response_code",
                "prefix_rewrite", "regex_rewrite", "host_rewrite_literal", "auto_host_rewrite",
                "host_rewrite_header", "host_rewrite_path_regex", "timeout", "idle_timeout",
                "priority", "append_x_forwarded_host", "upgrade_configs", "retry_policy",
                "hash_policy", "max_stream_duration"},
               path, errors);
  route::Forward out;
  CompileCluster(action, path, out, errors);
  CompileHostRewrite(action, path, out.host_rewrite, errors);
  RefuseUpgrades(action, path, errors);
  if (!action.prefix_rewrite().empty() && action.has_regex_rewrite()) {
    errors.Add(JoinPath(path, "regex_rewrite"), "must not be set together with prefix_rewrite");
  }
  CheckPathText(action.prefix_rewrite(), PathText::kPath, JoinPath(path, "prefix_rewrite"), errors);
  out.path_rewrite.prefix = action.prefix_rewrite();
  if (action.has_regex_rewrite()) {
    out.path_rewrite.regex =
        CompileRegexRewrite(action.regex_rewrite(), JoinPath(path, "regex_rewrite"), errors);
  }
  if (action.has_timeout())
    out.timeout = CompileDuration(action.timeout(), JoinPath(path, "timeout"), errors);
  if (action.has_idle_timeout()) {
    out.idle_timeout =
        CompileDuration(action.idle_timeout(), JoinPath(path, "idle_timeout"), errors);
  }
  if (action.has_retry_policy()) {
    out.retry = CompileRetryPolicy(action.retry_policy(), JoinPath(path, "retry_policy"), errors);
  }
  if (action.has_max_stream_duration()) {
    const std::string at = JoinPath(path, "max_stream_duration");
    RefuseAllBut(action.max_stream_duration(), {"max_stream_duration"}, at, errors);
    if (action.max_stream_duration().has_max_stream_duration()) {
      out.max_stream = CompileDuration(action.max_stream_duration().max_stream_duration(),
                                       JoinPath(at, "max_stream_duration"), errors);
    }
  }
  out.hash_policy = CompileHashPolicy(action, path, errors);
  out.append_x_forwarded_host = action.append_x_forwarded_host();
  if (action.priority() == envoy::config::core::v3::HIGH) {
    errors.Add(JoinPath(path, "priority"), "HIGH: not implemented yet");
  } else if (action.priority() != envoy::config::core::v3::DEFAULT) {
    errors.Add(JoinPath(path, "priority"), "is not a known value");
  }
  return out;
}

route::Redirect CompileRedirect(const RedirectAction& action, const std::string& path,
                                ErrorList& errors) {
  route::Redirect out;
  out.status = StatusOf(action.response_code(), JoinPath(path, "response_code"), errors);
  out.strip_query = action.strip_query();
  out.host = action.host_redirect();
  CheckAuthorityText(out.host, JoinPath(path, "host_redirect"), errors);
  if (action.https_redirect()) out.scheme = "https";
  if (!action.scheme_redirect().empty()) {
    out.scheme = LowerCase(action.scheme_redirect());
    if (!http::IsToken(out.scheme))
      errors.Add(JoinPath(path, "scheme_redirect"), "is not a scheme");
  }
  if (action.port_redirect() > 65535)
    errors.Add(JoinPath(path, "port_redirect"), "must be at most 65535");
  out.port = action.port_redirect();
  CompileRedirectPath(action, path, out, errors);
  return out;
}

route::DirectResponse CompileDirectResponse(const DirectResponseAction& action, uint32_t max_body,
                                            const std::string& path, ErrorList& errors) {
  using envoy::config::core::v3::DataSource;
  route::DirectResponse out;
  if (action.status() < 200 || action.status() >= 600) {
    errors.Add(JoinPath(path, "status"), "must be between 200 and 599");
  }
  out.status = static_cast<uint16_t>(action.status());
  const std::string body = JoinPath(path, "body");
  // A file or a variable of this host would be readable by whoever may write a route.
  RefuseAllBut(action.body(), {"inline_string", "inline_bytes"}, body, errors);
  out.body = action.body().specifier_case() == DataSource::kInlineBytes
                 ? action.body().inline_bytes()
                 : action.body().inline_string();
  if (out.body.size() > max_body) {
    errors.Add(body, fmt::format("is {} bytes long; max_direct_response_body_size_bytes is {}",
                                 out.body.size(), max_body));
  }
  return out;
}

}  // namespace sluice::config
