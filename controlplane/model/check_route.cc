#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "api/check/field_error.h"
#include "controlplane/model/checks.h"
#include "controlplane/model/order.h"
#include "controlplane/model/route_key.h"
#include "controlplane/model/shadow.h"

namespace sluice::model {
namespace {

using api::IndexPath;
using sluice::v1::Api;
using sluice::v1::Object;
using sluice::v1::Rewrite;
using sluice::v1::Route;

// Among more routes on one path shadowed ones are not looked for: every pair would be compared.
constexpr size_t kMostCompared = 256;

void CheckVersions(const Route& route, const Api& api, Reporter& reporter) {
  std::set<std::string> seen;
  for (int i = 0; i < route.versions_size(); ++i) {
    const std::string& name = route.versions(i);
    const std::string at = IndexPath("spec.versions", i);
    const bool known = std::any_of(api.versions().begin(), api.versions().end(),
                                   [&](const auto& version) { return version.name() == name; });
    if (!known) {
      reporter.Add(kUnknownReference, at,
                   fmt::format("'{}' is no version of Api {}", name, route.api()));
    }
    if (!seen.insert(name).second) {
      reporter.Add(kConflict, at, fmt::format("'{}' is listed twice", name));
    }
  }
}

void CheckApiOf(const Object& object, const Config& config, Reporter& reporter) {
  const Route& route = object.route();
  if (route.api().empty()) return reporter.Invalid("spec.api", "must not be empty");
  const Api* api = config.FindApi(route.api());
  if (api == nullptr) {
    return reporter.Add(kUnknownReference, "spec.api",
                        fmt::format("there is no Api '{}'", route.api()));
  }
  if (TeamOf(route.api()) != TeamOf(object.name())) {
    reporter.Add(kNotAdmitted, "spec.api",
                 fmt::format("'{}' is of another team; a Route belongs to the team of its Api",
                             route.api()),
                 {{std::string(kApi), route.api()}});
  }
  CheckVersions(route, *api, reporter);
  if (route.rewrite().strip() == Rewrite::BASE_PATH_AND_VERSION &&
      api->version_by().path_template().empty()) {
    reporter.Invalid("spec.rewrite.strip",
                     "BASE_PATH_AND_VERSION needs the version in the path (Api.version_by)");
  }
}

// Reported on the route of the greater name.
void CheckEqual(const MatchKey& a_key, const Route& a, const MatchKey& b_key, const Route& b,
                CheckContext& context) {
  if (a_key.predicates != b_key.predicates || !VersionsOverlap(a, b)) return;
  const bool a_later = b_key.route < a_key.route;
  const ObjectKey first{std::string(kRoute), a_later ? b_key.route : a_key.route};
  const ObjectKey second{std::string(kRoute), a_later ? a_key.route : b_key.route};
  context.ReporterFor(second).Add(
      kConflict, "spec.match",
      fmt::format("Route {} takes the same requests as Route {}", second.name, first.name), {first});
}

void CheckShadow(const std::string& earlier_name, const Route& earlier,
                 const std::string& later_name, const Route& later, CheckContext& context) {
  if (!VersionsCover(earlier, later) || !PredicatesCover(earlier.match(), later.match())) return;
  const ObjectKey first{std::string(kRoute), earlier_name};
  context.ReporterFor({std::string(kRoute), later_name})
      .Warn(kShadowed, "spec.match",
            fmt::format("never matches: Route {} is tried first and takes all its requests",
                        earlier_name),
            {first});
}

// Equal and shadowed routes among those of the same Api and path.
void CheckPath(const Object& object, CheckContext& context) {
  const Route& route = object.route();
  const MatchKey mine{route.api(), PathKey(route.match()), PredicatesKey(route.match()),
                      object.name()};
  std::vector<std::pair<const MatchKey*, const Route*>> others;
  const auto& matches = context.config().matches();
  for (auto at = matches.LowerBound({mine.api, mine.path, "", ""});
       at != matches.end() && at->first.api == mine.api && at->first.path == mine.path; ++at) {
    if (at->first.route != mine.route) others.emplace_back(&at->first, &at->second->route());
  }
  for (const auto& [key, other] : others) CheckEqual(mine, route, *key, *other, context);
  if (others.size() >= kMostCompared) return;
  const RouteRank rank = RankOf(route, object.name());
  for (const auto& [key, other] : others) {
    if (key->predicates == mine.predicates) continue;  // equal: refused, or of other versions
    if (RankOf(*other, key->route) < rank) {
      CheckShadow(key->route, *other, mine.route, route, context);
    } else {
      CheckShadow(mine.route, route, key->route, *other, context);
    }
  }
}

}  // namespace

void CheckRoute(const Object& object, CheckContext& context) {
  Reporter reporter = context.ReporterFor(KeyOf(object));
  CheckApiOf(object, context.config(), reporter);
  CheckMatch(object.route().match(), reporter);
  CheckAction(object.route(), context.config(), reporter);
  CheckPath(object, context);
}

}  // namespace sluice::model
