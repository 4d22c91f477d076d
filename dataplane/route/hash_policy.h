// What of a request keeps it together with others on one endpoint (xDS: RouteAction.hash_policy): a
// number for the clusters whose policy is RING_HASH or MAGLEV, the same as Envoy's.
//
// Compiled by config/compile_hash_policy, immutable, part of a Forward. Evaluation is pure; it
// allocates from the arena, and from the heap only for a field rewritten by a regex, because RE2
// writes to a std::string. Values are not decoded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/buffer/arena.h"
#include "dataplane/http/head.h"
#include "dataplane/route/predicates.h"
#include "dataplane/route/regex.h"

namespace sluice::route {

// What is known of the client beside its request.
struct HashClient {
  std::string_view ip;          // as X-Forwarded-For rules say; "": not known
  std::string_view connection;  // both addresses of its connection; only where a cookie may be made
};

struct HashRule {
  enum class Kind : uint8_t {
    kHeader,          // all lines of `header`, whatever their order, each rewritten first
    kCookie,          // the first cookie `name`; made from the connection if absent and `makes_cookie`
    kSourceIp,
    kQueryParameter,  // the first parameter `name`
  };
  Kind kind = Kind::kSourceIp;
  bool terminal = false;  // the rest is not asked once there is a hash
  HeaderName header;
  std::shared_ptr<const Regex> regex;  // may be null
  std::string substitution;
  std::string name;
  bool makes_cookie = false;
  std::string cookie_attributes;  // of the made one: "; Max-Age=60; HttpOnly"
};

struct RequestHash {
  std::optional<uint64_t> hash;  // none: no rule found anything
  std::string_view set_cookie;   // value of the Set-Cookie that the response owes; in the arena
};

// In order; each hash found is mixed with the ones before.
class HashPolicy final {
 public:
  HashPolicy() = default;
  explicit HashPolicy(std::vector<HashRule> rules);

  bool empty() const { return rules_.empty(); }
  // HashClient::connection is looked at.
  bool may_make_cookie() const { return may_make_cookie_; }
  const std::vector<HashRule>& rules() const { return rules_; }

  RequestHash Of(const http::Head& head, const HashClient& client, buffer::Arena& arena) const;

 private:
  std::vector<HashRule> rules_;
  bool may_make_cookie_ = false;
};

}  // namespace sluice::route
