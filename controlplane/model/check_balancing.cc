#include <fmt/format.h>

#include <algorithm>

#include "api/check/field_error.h"
#include "controlplane/model/checks.h"
#include "controlplane/model/syntax.h"

namespace sluice::model {
namespace {

using api::IndexPath;
using api::JoinPath;
using sluice::v1::Balancing;
using sluice::v1::HashBy;
using sluice::v1::HashCookie;

constexpr int kMostHashes = 8;
constexpr uint32_t kMostChoices = 100;
constexpr uint32_t kMostBias = 1000;

bool Hashes(Balancing::Policy policy) {
  return policy == Balancing::RING_HASH || policy == Balancing::MAGLEV;
}

// Proxies write the path into a Set-Cookie (RFC 6265 4.1.1): it must not end it.
bool IsCookiePath(const std::string& path) {
  return path.starts_with('/') && std::all_of(path.begin(), path.end(), [](char c) {
    return c >= ' ' && c < 0x7f && c != ';';
  });
}

void CheckCookie(const HashCookie& cookie, const std::string& path, Reporter& reporter) {
  if (!IsToken(cookie.name())) {
    reporter.Check(JoinPath(path, "name"), cookie.name(), "is not a cookie's name (RFC 6265 4.1.1)");
  }
  // Max-Age has whole seconds; a fraction of one would make it a session.
  if (cookie.has_ttl() && (!NanosOf(cookie.ttl()) || cookie.ttl().nanos() != 0)) {
    reporter.Invalid(JoinPath(path, "ttl"), "must be from 0 s (the session) to a year, in seconds");
  }
  if (cookie.path().empty()) return;
  const std::string at = JoinPath(path, "path");
  if (!IsCookiePath(cookie.path())) {
    reporter.Check(at, cookie.path(), "must start with '/' and hold no ';' or control characters");
  }
  if (!cookie.has_ttl()) reporter.Invalid(at, "needs ttl: without it no cookie is given");
}

void CheckHash(const HashBy& hash, const std::string& path, Reporter& reporter) {
  switch (hash.part_case()) {
    case HashBy::kHeader:
      if (IsToken(hash.header())) return;
      return reporter.Check(JoinPath(path, "header"), hash.header(),
                            "is not a field name (RFC 9110 5.1)");
    case HashBy::kCookie:
      return CheckCookie(hash.cookie(), JoinPath(path, "cookie"), reporter);
    case HashBy::kSourceAddress:
      if (hash.source_address()) return;
      return reporter.Invalid(JoinPath(path, "source_address"), "must be true or absent");
    case HashBy::kQuery:
      if (!hash.query().empty()) return;
      return reporter.Invalid(JoinPath(path, "query"), "must not be empty");
    case HashBy::PART_NOT_SET:
      reporter.Invalid(path, "one of header, cookie, source_address, query is required");
  }
}

void CheckHashes(const Balancing& balancing, const std::string& path, Reporter& reporter) {
  const std::string at = JoinPath(path, "hash");
  if (Hashes(balancing.policy()) && balancing.hash().empty()) {
    reporter.Invalid(at, fmt::format("is required for policy {}",
                                     Balancing::Policy_Name(balancing.policy())));
  }
  if (!Hashes(balancing.policy()) && !balancing.hash().empty()) {
    reporter.Invalid(at, "needs policy RING_HASH or MAGLEV");
  }
  if (balancing.hash_size() > kMostHashes) {
    reporter.Invalid(at, fmt::format("must be at most {}", kMostHashes));
  }
  for (int i = 0; i < balancing.hash_size(); ++i) {
    CheckHash(balancing.hash(i), IndexPath(at, i), reporter);
  }
}

void CheckLeastRequest(const Balancing& balancing, const std::string& path, Reporter& reporter) {
  const bool chosen = balancing.policy() == Balancing::LEAST_REQUEST;
  const std::string choices = JoinPath(path, "choices");
  const std::string bias = JoinPath(path, "bias_percent");
  if (!chosen && balancing.choices() != 0) reporter.Invalid(choices, "needs policy LEAST_REQUEST");
  if (!chosen && balancing.has_bias_percent()) reporter.Invalid(bias, "needs policy LEAST_REQUEST");
  if (balancing.choices() == 1 || balancing.choices() > kMostChoices) {
    reporter.Invalid(choices, fmt::format("must be 0 (default) or from 2 to {}", kMostChoices));
  }
  CheckAtMost(balancing.bias_percent(), kMostBias, bias, reporter);
}

void CheckSlowStart(const Balancing& balancing, const std::string& path, Reporter& reporter) {
  if (!balancing.has_slow_start()) return;
  const std::string at = JoinPath(path, "slow_start");
  if (balancing.policy() != Balancing::ROUND_ROBIN &&
      balancing.policy() != Balancing::LEAST_REQUEST) {
    reporter.Invalid(at, "needs policy ROUND_ROBIN or LEAST_REQUEST");
  }
  const std::string window = JoinPath(at, "window");
  if (!balancing.slow_start().has_window()) {
    reporter.Invalid(window, "is required");
  } else {
    CheckDuration(balancing.slow_start().window(), 1, kHourMs, window, reporter);
  }
  CheckAtMost(balancing.slow_start().start_percent(), 100, JoinPath(at, "start_percent"), reporter);
}

}  // namespace

void CheckBalancing(const Balancing& balancing, Reporter& reporter) {
  const std::string path = "spec.balancing";
  if (!Balancing::Policy_IsValid(balancing.policy())) {
    reporter.Add(kNotImplemented, JoinPath(path, "policy"),
                 fmt::format("policy number {} is not known to this server",
                             static_cast<int>(balancing.policy())));
  } else {
    CheckHashes(balancing, path, reporter);
    CheckLeastRequest(balancing, path, reporter);
    CheckSlowStart(balancing, path, reporter);
  }
  CheckAtMost(balancing.panic_percent(), 100, JoinPath(path, "panic_percent"), reporter);
}

}  // namespace sluice::model
