// One compiled route: plain data that the proxy reads (xDS: config.route.v3.Route).
//
// Made by config/compile_routes.cc, immutable afterwards, shared by all workers, alive as long as
// the Table that holds it. Everything a request needs is here by value: no proto, no look-up.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dataplane/base/clock.h"
#include "dataplane/route/field_ref.h"
#include "dataplane/route/hash_policy.h"
#include "dataplane/route/header_mutation.h"
#include "dataplane/route/predicates.h"
#include "dataplane/route/regex.h"
#include "dataplane/route/retry_policy.h"

namespace sluice::route {

// xDS: RouteMatch.path_specifier. Paths are compared as normalised, without the query.
struct PathRule {
  enum class Kind : uint8_t {
    kPrefix,           // any path that starts with `text`; "" takes every path
    kExact,            // this path only
    kSeparatedPrefix,  // `text` itself or `text` followed by '/'
    kRegex,            // full match
  };
  Kind kind = Kind::kPrefix;
  bool case_sensitive = true;          // not with kRegex
  std::string text;                    // lower case unless case_sensitive
  std::shared_ptr<const Regex> regex;  // with kRegex

  // Tests one rule alone; the Table has its own faster way to the same answer.
  bool Matches(std::string_view path) const;
};

// xDS: RegexMatchAndSubstitute.
struct RegexRewrite {
  std::shared_ptr<const Regex> regex;
  std::string substitution;
};

// At most one of the two is set. xDS: prefix_rewrite, regex_rewrite.
struct PathRewrite {
  std::string prefix;  // replaces what the PathRule matched; "": no rewrite
  std::optional<RegexRewrite> regex;
  bool empty() const { return prefix.empty() && !regex; }
};

// xDS: WeightedCluster.ClusterWeight.
struct WeightedCluster {
  std::string cluster;  // "" if `cluster_header` names it
  FieldRef cluster_header;
  uint64_t weight_end = 0;   // exclusive end of its share: the sum of the weights up to this one
  std::string host_rewrite;  // "": none
  std::shared_ptr<const HeaderMutation> mutation;  // may be null; applied before the route's levels
};

// xDS: RouteAction.host_rewrite_specifier.
struct HostRewrite {
  enum class Kind : uint8_t { kNone, kLiteral, kHeader, kPathRegex };
  Kind kind = Kind::kNone;
  std::string literal;
  FieldRef header;                   // kHeader: absent or empty leaves the host alone
  std::optional<RegexRewrite> path;  // kPathRegex: of the path as received, without the query
};

inline constexpr uint32_t kDefaultReplayLimit = 64 * 1024;

// Exactly one of cluster, cluster_header, weighted is set. xDS: RouteAction.
struct Forward {
  std::string cluster;
  FieldRef cluster_header;
  std::vector<WeightedCluster> weighted;
  uint64_t total_weight = 0;  // weighted: > 0
  FieldRef weight_header;     // its integer replaces the random number, if there is one
  uint16_t cluster_not_found_status = 503;

  // From the end of the request to the end of the response; zero: none.
  base::Duration timeout = std::chrono::seconds(15);
  // No byte in either direction; absent: the listener's stream_idle_timeout; zero: none.
  std::optional<base::Duration> idle_timeout;
  // The whole exchange, from here on; absent: the listener's max_stream_duration; zero: none.
  std::optional<base::Duration> max_stream;
  PathRewrite path_rewrite;
  HostRewrite host_rewrite;
  bool append_x_forwarded_host = false;  // when the host is rewritten
  HashPolicy hash_policy;                // for clusters that balance by hash
  std::shared_ptr<const RetryPolicy> retry;  // may be null
  // Request body bytes kept for another attempt; a longer body is sent once only
  // (xDS: Route.per_request_buffer_limit_bytes).
  uint32_t replay_limit = kDefaultReplayLimit;
  // xDS: VirtualHost.include_request_attempt_count, include_attempt_count_in_response.
  bool attempt_count_to_upstream = false;
  bool attempt_count_to_client = false;
};

// xDS: RedirectAction.
struct Redirect {
  uint16_t status = 301;
  bool strip_query = false;
  bool path_has_query = false;  // `path` has a '?': it goes out as it is
  std::string scheme;           // "": the request's
  std::string host;             // "": the request's
  std::string path;             // "": the request's, through `rewrite`
  uint32_t port = 0;            // 0: the request's, without one that was the default of its scheme
  PathRewrite rewrite;
};

// xDS: DirectResponseAction.
struct DirectResponse {
  uint16_t status = 200;
  std::string body;
};

// Who made this route (wire.md: filter_metadata "sluice.origin"); empty for foreign configuration.
struct Origin {
  std::string kind;
  std::string name;
  std::string field_path;
};

struct Route {
  std::string name;    // may be empty
  uint32_t order = 0;  // position in its virtual host: the lowest that matches is taken
  PathRule path;
  Predicates predicates;
  std::variant<Forward, Redirect, DirectResponse> action;
  MutationLevels mutations;
  Origin origin;

  const Forward* forward() const { return std::get_if<Forward>(&action); }
  const Redirect* redirect() const { return std::get_if<Redirect>(&action); }
  const DirectResponse* direct_response() const { return std::get_if<DirectResponse>(&action); }
};

}  // namespace sluice::route
