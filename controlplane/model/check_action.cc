#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "api/check/field_error.h"
#include "controlplane/model/checks.h"
#include "controlplane/model/hash_key.h"
#include "controlplane/model/paths.h"
#include "controlplane/model/syntax.h"

namespace sluice::model {
namespace {

using api::IndexPath;
using api::JoinPath;
using api::KeyPath;
using sluice::v1::HeaderChanges;
using sluice::v1::Redirect;
using sluice::v1::Respond;
using sluice::v1::Rewrite;
using sluice::v1::Route;
using sluice::v1::RouteMatch;
using sluice::v1::Split;

constexpr size_t kMaxBodyBytes = 4096;

void CheckServiceRef(const std::string& name, const std::string& at, const Config& config,
                     Reporter& reporter) {
  if (name.empty()) return reporter.Invalid(at, "must not be empty");
  if (config.FindService(name) != nullptr) return;
  reporter.Add(kUnknownReference, at, fmt::format("there is no Service '{}'", name));
}

// A request is hashed before one of the services is drawn, so those that hash must hash alike.
void CheckHashes(const Split& split, const Config& config, Reporter& reporter) {
  std::string first, first_key;
  for (int i = 0; i < split.services_size(); ++i) {
    const std::string& name = split.services(i).service();
    const sluice::v1::Service* service = config.FindService(name);
    const std::string key = service == nullptr ? "" : HashKey(*service);
    if (key.empty()) continue;
    if (first.empty()) {
      first = name;
      first_key = key;
    } else if (key != first_key) {
      reporter.Add(kConflict, JoinPath(IndexPath("spec.split.services", i), "service"),
                   fmt::format("'{}' hashes requests by something else than '{}'", name, first),
                   {{std::string(kService), first}, {std::string(kService), name}});
    }
  }
}

void CheckSplit(const Split& split, const Config& config, Reporter& reporter) {
  uint64_t sum = 0;
  std::set<std::string> seen;
  for (int i = 0; i < split.services_size(); ++i) {
    const std::string at = JoinPath(IndexPath("spec.split.services", i), "service");
    CheckServiceRef(split.services(i).service(), at, config, reporter);
    if (!seen.insert(split.services(i).service()).second) {
      reporter.Add(kConflict, at, fmt::format("'{}' is listed twice", split.services(i).service()));
    }
    sum += split.services(i).weight();
  }
  if (sum == 0) reporter.Invalid("spec.split.services", "at least one must have a weight");
  if (sum > std::numeric_limits<uint32_t>::max()) {
    reporter.Invalid("spec.split.services", "the weights must add up to at most 4294967295");
  }
  CheckHashes(split, config, reporter);
}

void CheckRedirect(const Redirect& redirect, Reporter& reporter) {
  constexpr std::array<uint32_t, 6> kStatuses = {0, 301, 302, 303, 307, 308};
  if (std::find(kStatuses.begin(), kStatuses.end(), redirect.status()) == kStatuses.end()) {
    reporter.Invalid("spec.redirect.status", "must be 301, 302, 303, 307 or 308");
  }
  if (!redirect.host().empty() && !IsAuthority(redirect.host())) {
    reporter.Check("spec.redirect.host", redirect.host(), "must be host or host:port");
  }
  if (!redirect.path().empty()) {
    reporter.Check("spec.redirect.path", redirect.path(), PathError(redirect.path()));
  }
  if (redirect.host().empty() && redirect.path().empty() && !redirect.https()) {
    reporter.Invalid("spec.redirect", "must change host, path or scheme: else it leads to itself");
  }
}

void CheckRespond(const Respond& respond, Reporter& reporter) {
  if (respond.status() < 200 || respond.status() > 599) {
    reporter.Invalid("spec.respond.status", "must be from 200 to 599");
  }
  if (respond.body().size() > kMaxBodyBytes) {
    reporter.Invalid("spec.respond.body", fmt::format("must be at most {} bytes", kMaxBodyBytes));
  }
  if (!IsFieldValue(respond.content_type())) {
    reporter.Invalid("spec.respond.content_type", "must not hold control characters");
  }
}

void CheckRewrite(const Route& route, Reporter& reporter) {
  const Rewrite& rewrite = route.rewrite();
  if (!Rewrite::Strip_IsValid(rewrite.strip())) {
    reporter.Add(kNotImplemented, "spec.rewrite.strip",
                 fmt::format("strip number {} is not known to this server",
                             static_cast<int>(rewrite.strip())));
  }
  if (!rewrite.host().empty() && !IsAuthority(rewrite.host())) {
    reporter.Check("spec.rewrite.host", rewrite.host(), "must be host or host:port");
  }
  if (rewrite.prefix().empty()) return;
  reporter.Check("spec.rewrite.prefix", rewrite.prefix(), BasePathError(rewrite.prefix()));
  const bool whole_path = route.match().path_case() == RouteMatch::kExact ||
                          route.match().path_case() == RouteMatch::kTemplate;
  if (rewrite.strip() == Rewrite::NOTHING && whole_path) {
    reporter.Invalid("spec.rewrite.prefix",
                     "has no place to stand: set strip, or match by prefix");
  }
}

void CheckHeaderName(const std::string& name, const std::string& at, Reporter& reporter) {
  if (!IsToken(name)) {
    reporter.Check(at, name, "is not a field name (RFC 9110 5.1)");
  } else if (IsFramingField(name)) {
    reporter.Check(at, name, "frames the message or belongs to one hop and cannot be changed");
  }
}

void CheckHeaders(const HeaderChanges& changes, const std::string& path, Reporter& reporter) {
  std::set<std::string> seen;
  const auto once = [&](const std::string& name, const std::string& at) {
    CheckHeaderName(name, at, reporter);
    if (!seen.insert(LowerCase(name)).second) {
      reporter.Add(kConflict, at, fmt::format("'{}' is changed twice", name));
    }
  };
  std::set<std::string> names;
  for (const auto& [name, value] : changes.set()) names.insert(name);
  for (const std::string& name : names) {
    const std::string at = KeyPath(JoinPath(path, "set"), name);
    once(name, at);
    if (!IsFieldValue(changes.set().at(name))) {
      reporter.Invalid(at, "must not hold control characters");
    }
  }
  for (int i = 0; i < changes.remove_size(); ++i) {
    once(changes.remove(i), IndexPath(JoinPath(path, "remove"), i));
  }
}

// What makes sense only where a service answers.
void CheckForwardingOnly(const Route& route, Reporter& reporter) {
  const auto refuse = [&](bool set, const char* path) {
    if (set) reporter.Invalid(path, "needs forward or split");
  };
  refuse(route.has_rewrite(), "spec.rewrite");
  refuse(route.has_timeout(), "spec.timeout");
  refuse(route.has_request_headers(), "spec.request_headers");
}

}  // namespace

void CheckAction(const Route& route, const Config& config, Reporter& reporter) {
  switch (route.action_case()) {
    case Route::kForward:
      CheckServiceRef(route.forward().service(), "spec.forward.service", config, reporter);
      break;
    case Route::kSplit:
      CheckSplit(route.split(), config, reporter);
      break;
    case Route::kRedirect:
      CheckRedirect(route.redirect(), reporter);
      break;
    case Route::kRespond:
      CheckRespond(route.respond(), reporter);
      break;
    case Route::ACTION_NOT_SET:
      reporter.Invalid("spec", "one of forward, split, redirect, respond is required");
  }
  if (route.has_forward() || route.has_split()) {
    CheckRewrite(route, reporter);
  } else if (route.action_case() != Route::ACTION_NOT_SET) {
    CheckForwardingOnly(route, reporter);
  }
  if (route.has_timeout() && !NanosOf(route.timeout())) {
    reporter.Invalid("spec.timeout", "must be from 0 (none) to a year");
  }
  CheckHeaders(route.request_headers(), "spec.request_headers", reporter);
  CheckHeaders(route.response_headers(), "spec.response_headers", reporter);
}

}  // namespace sluice::model
