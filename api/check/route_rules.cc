#include <fmt/format.h>
#include <re2/re2.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "api/check/cross_rules.h"

namespace sluice::api {
namespace {

using envoy::config::core::v3::DataSource;
using envoy::config::route::v3::RedirectAction;
using envoy::config::route::v3::RetryPolicy;
using envoy::config::route::v3::RouteAction;
using envoy::config::route::v3::RouteConfiguration;
using envoy::config::route::v3::VirtualHost;
using envoy::config::route::v3::WeightedCluster;
using envoy::type::matcher::v3::RegexMatchAndSubstitute;
using envoy::type::matcher::v3::RegexMatcher;

constexpr uint32_t kDefaultBodyBytes = 4096;  // max_direct_response_body_size_bytes
constexpr int64_t kRegexBytes = 1 << 20;      // of one compiled program
constexpr size_t kMaxPatternBytes = 16 * 1024;

// How hosts compare: without case, and without the dot of a rooted name.
std::string Canonical(std::string domain) {
  for (char& c : domain) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (domain.size() > 1 && domain.back() == '.') domain.pop_back();
  return domain;
}

void CheckDomains(const RouteConfiguration& routes, const FieldPath& path, ErrorList& errors) {
  struct Use {
    int host;
    const std::string* spelling;
  };
  absl::flat_hash_map<std::string, Use> seen;
  for (int i = 0; i < routes.virtual_hosts_size(); ++i) {
    const FieldPath host = path.Field("virtual_hosts", i);
    for (int k = 0; k < routes.virtual_hosts(i).domains_size(); ++k) {
      const std::string& domain = routes.virtual_hosts(i).domains(k);
      const auto [it, fresh] = seen.insert({Canonical(domain), {i, &domain}});
      // Another spelling in the same host changes nothing; clients of some peers need both.
      if (fresh || (it->second.host == i && *it->second.spelling != domain)) continue;
      errors.Add(
          host.Field("domains", k).ToString(),
          fmt::format("\"{}\" is a domain of virtual_hosts[{}] already", domain, it->second.host));
    }
  }
}

void CheckBodies(const RouteConfiguration& routes, const FieldPath& path, ErrorList& errors) {
  const size_t limit = routes.has_max_direct_response_body_size_bytes()
                           ? routes.max_direct_response_body_size_bytes().value()
                           : kDefaultBodyBytes;
  for (int i = 0; i < routes.virtual_hosts_size(); ++i) {
    const VirtualHost& host = routes.virtual_hosts(i);
    const FieldPath at = path.Field("virtual_hosts", i);
    for (int k = 0; k < host.routes_size(); ++k) {
      const DataSource& body = host.routes(k).direct_response().body();
      const size_t size = body.inline_string().size() + body.inline_bytes().size();
      if (size <= limit) continue;
      const FieldPath route = at.Field("routes", k);
      errors.Add(route.Field("direct_response.body").ToString(),
                 fmt::format("has {} bytes, more than the {} of "
                             "max_direct_response_body_size_bytes",
                             size, limit));
    }
  }
}

bool IsLess(const google::protobuf::Duration& a, const google::protobuf::Duration& b) {
  return std::pair(a.seconds(), a.nanos()) < std::pair(b.seconds(), b.nanos());
}

// Null and an error for a pattern that is none or needs too much memory.
std::unique_ptr<re2::RE2> Compile(const std::string& pattern, std::string* error) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kRegexBytes);
  auto regex = std::make_unique<re2::RE2>(pattern, options);
  if (regex->ok()) return regex;
  *error = regex->error();
  return nullptr;
}

}  // namespace

void CrossCheck(const RouteConfiguration& routes, const FieldPath& path, ErrorList& errors) {
  CheckDomains(routes, path, errors);
  CheckBodies(routes, path, errors);
}

void CrossCheck(const RouteAction& action, const FieldPath& path, ErrorList& errors) {
  if (!action.prefix_rewrite().empty() && action.has_regex_rewrite()) {
    errors.Add(path.Field("regex_rewrite").ToString(), "is set besides prefix_rewrite");
  }
  absl::flat_hash_map<std::string, int> upgrades;
  for (int i = 0; i < action.upgrade_configs_size(); ++i) {
    const std::string& type = action.upgrade_configs(i).upgrade_type();
    const auto [other, fresh] = upgrades.insert({Canonical(type), i});
    if (fresh) continue;
    const FieldPath at = path.Field("upgrade_configs", i);
    errors.Add(at.Field("upgrade_type").ToString(),
               fmt::format("\"{}\" is the type of upgrade_configs[{}] too", type, other->second));
  }
}

void CrossCheck(const RouteAction::RequestMirrorPolicy& mirror, const FieldPath& path,
                ErrorList& errors) {
  if (mirror.cluster().empty() == mirror.cluster_header().empty()) {
    errors.Add(path.ToString(), "exactly one of cluster and cluster_header is required");
  }
}

void CrossCheck(const RedirectAction& redirect, const FieldPath& path, ErrorList& errors) {
  if (redirect.port_redirect() > 65535) {
    errors.Add(path.Field("port_redirect").ToString(),
               fmt::format("must be at most 65535, is {}", redirect.port_redirect()));
  }
}

void CrossCheck(const WeightedCluster& weighted, const FieldPath& path, ErrorList& errors) {
  uint64_t sum = 0;  // of at most 2^31 numbers of 32 bits
  for (int i = 0; i < weighted.clusters_size(); ++i) {
    const auto& cluster = weighted.clusters(i);
    sum += cluster.weight().value();
    const FieldPath at = path.Field("clusters", i);
    if (cluster.name().empty() == cluster.cluster_header().empty()) {
      errors.Add(at.ToString(), "exactly one of name and cluster_header is required");
    }
  }
  if (weighted.clusters().empty()) return;
  if (sum == 0 || sum > std::numeric_limits<uint32_t>::max()) {
    errors.Add(path.Field("clusters").ToString(),
               fmt::format("the weights must add up to 1 to 4294967295, they add up to {}", sum));
  } else if (weighted.has_total_weight() && weighted.total_weight().value() != sum) {
    errors.Add(
        path.Field("total_weight").ToString(),
        fmt::format("is {}, but the weights add up to {}", weighted.total_weight().value(), sum));
  }
}

void CrossCheck(const RetryPolicy::RetryBackOff& backoff, const FieldPath& path,
                ErrorList& errors) {
  if (backoff.has_max_interval() && IsLess(backoff.max_interval(), backoff.base_interval())) {
    errors.Add(path.Field("max_interval").ToString(), "is less than base_interval");
  }
}

void CrossCheck(const RegexMatcher& matcher, const FieldPath& path, ErrorList& errors) {
  if (matcher.regex().size() > kMaxPatternBytes) {
    errors.Add(path.Field("regex").ToString(),
               fmt::format("must be at most {} bytes long", kMaxPatternBytes));
    return;
  }
  std::string error;
  if (Compile(matcher.regex(), &error) == nullptr) {
    errors.Add(path.Field("regex").ToString(), fmt::format("is no valid RE2: {}", error));
  }
}

void CrossCheck(const RegexMatchAndSubstitute& rewrite, const FieldPath& path, ErrorList& errors) {
  std::string error;
  if (rewrite.pattern().regex().size() > kMaxPatternBytes) return;
  const std::unique_ptr<re2::RE2> regex = Compile(rewrite.pattern().regex(), &error);
  if (regex == nullptr || regex->CheckRewriteString(rewrite.substitution(), &error)) return;
  errors.Add(path.Field("substitution").ToString(), error);
}

}  // namespace sluice::api
