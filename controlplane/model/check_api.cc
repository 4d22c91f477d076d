#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "api/check/field_error.h"
#include "controlplane/model/checks.h"
#include "controlplane/model/paths.h"
#include "controlplane/model/syntax.h"

namespace sluice::model {
namespace {

using api::IndexPath;
using api::JoinPath;
using sluice::v1::Admission;
using sluice::v1::Api;
using sluice::v1::ApiVersion;
using sluice::v1::Gateway;
using sluice::v1::Object;
using sluice::v1::VersionBy;

template <typename List>
bool Holds(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool IsVersionName(std::string_view name) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 32 && alphanumeric(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return alphanumeric(c) || c == '.' || c == '-'; });
}

bool HasVersion(const Api& api, const std::string& name) {
  return std::any_of(api.versions().begin(), api.versions().end(),
                     [&](const ApiVersion& version) { return version.name() == name; });
}

void CheckVersion(const ApiVersion& version, const Api& api, const std::string& at,
                  Reporter& reporter) {
  if (!IsVersionName(version.name())) {
    reporter.Check(JoinPath(at, "name"), version.name(), "must be [a-z0-9][a-z0-9.-]{0,31}");
  }
  if (!ApiVersion::State_IsValid(version.state())) {
    reporter.Add(kNotImplemented, JoinPath(at, "state"),
                 fmt::format("state number {} is not known to this server",
                             static_cast<int>(version.state())));
  }
  if (!version.date().empty() && !ParseDate(version.date())) {
    reporter.Check(JoinPath(at, "date"), version.date(), "must be a date such as 2026-11-30");
  }
  if (version.state() == ApiVersion::DEPRECATED && version.date().empty()) {
    reporter.Invalid(JoinPath(at, "date"),
                     "is required for a deprecated version: the Deprecation field carries it (RFC 9745)");
  }
  if (version.successor().empty()) return;
  if (version.successor() == version.name() || !HasVersion(api, version.successor())) {
    reporter.Add(kUnknownReference, JoinPath(at, "successor"),
                 fmt::format("'{}' is no other version of this Api", version.successor()));
  }
}

void CheckVersions(const Api& api, Reporter& reporter) {
  std::set<std::string> seen;
  for (int i = 0; i < api.versions_size(); ++i) {
    const std::string at = IndexPath("spec.versions", i);
    CheckVersion(api.versions(i), api, at, reporter);
    if (!seen.insert(api.versions(i).name()).second) {
      reporter.Add(kConflict, JoinPath(at, "name"),
                   fmt::format("'{}' is listed twice", api.versions(i).name()));
    }
  }
  if (!api.default_version().empty() && !HasVersion(api, api.default_version())) {
    reporter.Add(kUnknownReference, "spec.default_version",
                 fmt::format("'{}' is no version of this Api", api.default_version()));
  }
}

void CheckVersionBy(const Api& api, Reporter& reporter) {
  const VersionBy& by = api.version_by();
  if (api.versions().empty()) {
    if (api.has_version_by()) reporter.Invalid("spec.version_by", "needs versions");
    return;
  }
  switch (by.by_case()) {
    case VersionBy::kPathTemplate:
      return reporter.Check("spec.version_by.path_template", by.path_template(),
                            VersionTemplateError(by.path_template()));
    case VersionBy::kHeader:
      if (!IsToken(by.header())) {
        reporter.Check("spec.version_by.header", by.header(), "is not a field name (RFC 9110 5.1)");
      }
      return;
    case VersionBy::BY_NOT_SET:
      reporter.Invalid("spec.version_by", "is required where there are versions");
  }
}

// Whether an entry lets `team` use `base_path` on `host`.
bool Admits(const Admission& admission, std::string_view team, const std::string& host,
            std::string_view base_path) {
  return (admission.team() == "*" || admission.team() == team) &&
         (admission.hosts().empty() || Holds(admission.hosts(), host)) &&
         PathCovers(NormalBasePath(admission.base_path()), base_path);
}

void CheckAdmitted(const Object& object, const std::string& gateway_name, const Gateway& gateway,
                   const std::string& at, Reporter& reporter) {
  const std::string_view team = TeamOf(object.name());
  const std::string_view base_path = NormalBasePath(object.api().base_path());
  const bool known = std::any_of(
      gateway.admits().begin(), gateway.admits().end(),
      [&](const Admission& a) { return a.team() == "*" || a.team() == team; });
  const ObjectKey key{std::string(kGateway), gateway_name};
  if (!known) {
    reporter.Add(kNotAdmitted, at,
                 fmt::format("team '{}' is not admitted to gateway '{}'", team, gateway_name), {key});
    return;
  }
  for (const std::string& host : SharedHosts(gateway, object.api())) {
    const bool admitted =
        std::any_of(gateway.admits().begin(), gateway.admits().end(),
                    [&](const Admission& a) { return Admits(a, team, host, base_path); });
    if (admitted) continue;
    reporter.Add(kNotAdmitted, "spec.base_path",
                 fmt::format("'{}' on host '{}' lies outside of what gateway '{}' admits to team '{}'",
                             base_path.empty() ? "/" : base_path, host, gateway_name, team),
                 {key});
  }
}

void CheckHosts(const Object& object, const CheckContext& context, Reporter& reporter) {
  const Api& api = object.api();
  std::set<std::string> seen;
  for (int i = 0; i < api.hosts_size(); ++i) {
    const std::string at = IndexPath("spec.hosts", i);
    if (!seen.insert(api.hosts(i)).second) {
      reporter.Add(kConflict, at, fmt::format("'{}' is listed twice", api.hosts(i)));
    }
    const bool known = std::any_of(
        api.gateways().begin(), api.gateways().end(), [&](const std::string& name) {
          const Gateway* gateway = context.config().FindGateway(name);
          return gateway == nullptr || Holds(gateway->hosts(), api.hosts(i));
        });
    if (!known) reporter.Check(at, api.hosts(i), "is a host of none of its gateways");
  }
}

// An entry that gives a part of what `outer` owns to the team of `inner`: named by the team, deeper
// than `outer`, on every host that they share.
bool IsDelegated(const Gateway& gateway, const Object& outer, const Object& inner,
                 const std::vector<std::string>& hosts) {
  const std::string_view outside = NormalBasePath(outer.api().base_path());
  const std::string_view inside = NormalBasePath(inner.api().base_path());
  return std::all_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
    return std::any_of(
        gateway.admits().begin(), gateway.admits().end(), [&](const Admission& admission) {
          const std::string_view given = NormalBasePath(admission.base_path());
          return admission.team() == TeamOf(inner.name()) &&
                 Admits(admission, admission.team(), host, inside) && given != outside &&
                 PathCovers(outside, given);
        });
  });
}

// The base path of `outer` covers that of `inner`.
void CheckNested(const std::string& gateway_name, const Gateway& gateway, const Object& outer,
                 const Object& inner, CheckContext& context) {
  std::vector<std::string> hosts;
  for (const std::string& host : SharedHosts(gateway, outer.api())) {
    if (Holds(SharedHosts(gateway, inner.api()), host)) hosts.push_back(host);
  }
  if (hosts.empty()) return;
  Reporter reporter = context.ReporterFor(KeyOf(inner));
  const std::string_view inside = NormalBasePath(inner.api().base_path());
  if (inside == NormalBasePath(outer.api().base_path())) {
    reporter.Add(kConflict, "spec.base_path",
                 fmt::format("'{}' on host '{}' of gateway '{}' belongs to Api {}",
                             inside.empty() ? "/" : inside, hosts[0], gateway_name, outer.name()),
                 {KeyOf(outer)});
  } else if (TeamOf(outer.name()) != TeamOf(inner.name()) &&
             !IsDelegated(gateway, outer, inner, hosts)) {
    reporter.Add(kNotAdmitted, "spec.base_path",
                 fmt::format("'{}' lies inside of Api {} of another team; gateway '{}' must admit "
                             "team '{}' by an entry with that base_path",
                             inside, outer.name(), gateway_name, TeamOf(inner.name())),
                 {KeyOf(outer), {std::string(kGateway), gateway_name}});
  }
}

void CheckNeighbours(const Object& object, const std::string& gateway_name, const Gateway& gateway,
                     CheckContext& context) {
  const CheckContext::ByBasePath& apis = context.ApisOf(gateway_name);
  const std::string base_path(NormalBasePath(object.api().base_path()));
  const auto against = [&](const std::vector<ObjectPtr>& others) {
    for (const ObjectPtr& other : others) {
      if (other->name() == object.name()) continue;
      const std::string_view theirs = NormalBasePath(other->api().base_path());
      const bool inner = theirs == base_path ? other->name() > object.name()
                                             : theirs.size() > base_path.size();
      CheckNested(gateway_name, gateway, inner ? object : *other, inner ? *other : object, context);
    }
  };
  // Those around it, then those at it and in it.
  for (size_t slash = base_path.rfind('/'); slash != std::string::npos;
       slash = slash == 0 ? std::string::npos : base_path.rfind('/', slash - 1)) {
    if (const auto at = apis.find(base_path.substr(0, slash)); at != apis.end()) against(at->second);
  }
  if (const auto at = apis.find(base_path); at != apis.end()) against(at->second);
  for (auto at = apis.lower_bound(base_path + "/");
       at != apis.end() && at->first.starts_with(base_path + "/"); ++at) {
    against(at->second);
  }
}

}  // namespace

std::vector<std::string> SharedHosts(const Gateway& gateway, const Api& api) {
  std::vector<std::string> hosts;
  for (const std::string& host : gateway.hosts()) {
    if (api.hosts().empty() || Holds(api.hosts(), host)) hosts.push_back(host);
  }
  return hosts;
}

const CheckContext::ByBasePath& CheckContext::ApisOf(const std::string& gateway) {
  const auto [at, fresh] = apis_.try_emplace(gateway);
  if (fresh) {
    for (const ObjectPtr& api : config_.ReferrersOf({std::string(kGateway), gateway})) {
      at->second[std::string(NormalBasePath(api->api().base_path()))].push_back(api);
    }
  }
  return at->second;
}

void CheckApi(const Object& object, CheckContext& context) {
  Reporter reporter = context.ReporterFor(KeyOf(object));
  const Api& api = object.api();
  if (api.gateways().empty()) reporter.Invalid("spec.gateways", "must have at least one");
  reporter.Check("spec.base_path", api.base_path(), BasePathError(api.base_path()));
  CheckVersions(api, reporter);
  CheckVersionBy(api, reporter);
  CheckHosts(object, context, reporter);
  std::set<std::string> seen;
  for (int i = 0; i < api.gateways_size(); ++i) {
    const std::string at = IndexPath("spec.gateways", i);
    const std::string& name = api.gateways(i);
    const Gateway* gateway = context.config().FindGateway(name);
    if (!seen.insert(name).second) {
      reporter.Add(kConflict, at, fmt::format("'{}' is listed twice", name));
    } else if (gateway == nullptr) {
      reporter.Add(kUnknownReference, at, fmt::format("there is no Gateway '{}'", name));
    } else {
      if (SharedHosts(*gateway, api).empty() && !gateway->hosts().empty()) {
        reporter.Invalid(at, fmt::format("'{}' has none of the hosts", name));
      }
      CheckAdmitted(object, name, *gateway, at, reporter);
      CheckNeighbours(object, name, *gateway, context);
    }
  }
}

}  // namespace sluice::model
