#include "controlplane/model/validate.h"

#include <algorithm>
#include <set>

#include "controlplane/model/checks.h"
#include "controlplane/model/content.h"
#include "controlplane/model/hash_key.h"

namespace sluice::model {
namespace {

using sluice::v1::Object;

void CheckObject(const Object& object, CheckContext& context) {
  Reporter reporter = context.ReporterFor(KeyOf(object));
  if (!CheckEnvelope(object, reporter)) return;
  if (object.has_gateway()) CheckGateway(object, context);
  if (object.has_api()) CheckApi(object, context);
  if (object.has_route()) CheckRoute(object, context);
  if (object.has_service()) CheckService(object, context);
}

// What routes see of their Api.
bool SameForRoutes(const Object& a, const Object& b) {
  sluice::v1::Api left, right;
  *left.mutable_versions() = a.api().versions();
  *right.mutable_versions() = b.api().versions();
  *left.mutable_version_by() = a.api().version_by();
  *right.mutable_version_by() = b.api().version_by();
  return a.has_api() == b.has_api() && DeterministicBytes(left) == DeterministicBytes(right);
}

// Whether objects that name `key` must be looked at again.
bool ConcernsReferrers(const ObjectPtr& before, const ObjectPtr& after) {
  if (before == nullptr || after == nullptr) return before != after;
  if (before->spec_case() != after->spec_case()) return true;
  // Services of one split must hash alike.
  if (after->has_service()) return HashKey(before->service()) != HashKey(after->service());
  return !after->has_api() || !SameForRoutes(*before, *after);
}

bool Names(const sluice::v1::Problem& problem, const std::set<ObjectKey>& keys) {
  return keys.count(KeyOf(problem.object())) != 0 ||
         std::any_of(problem.related().begin(), problem.related().end(),
                     [&](const auto& ref) { return keys.count(KeyOf(ref)) != 0; });
}

}  // namespace

Findings Validate(const Config& config) {
  Findings findings;
  CheckContext context(config, findings);
  for (const auto& [key, object] : config.objects()) CheckObject(*object, context);
  Tidy(findings);
  return findings;
}

Findings ValidateChange(const Config& next, const Config& previous,
                        const std::vector<ObjectKey>& changed) {
  const std::set<ObjectKey> keys(changed.begin(), changed.end());
  std::set<ObjectKey> affected = keys;
  for (const ObjectKey& key : keys) {
    if (!ConcernsReferrers(previous.Find(key), next.Find(key))) continue;
    for (const ObjectPtr& source : next.ReferrersOf(key)) affected.insert(KeyOf(*source));
  }
  Findings findings;
  CheckContext context(next, findings);
  for (const ObjectKey& key : affected) {
    if (const ObjectPtr object = next.Find(key)) CheckObject(*object, context);
  }
  Tidy(findings);
  std::erase_if(findings.warnings, [&](const auto& warning) { return !Names(warning, keys); });
  return findings;
}

}  // namespace sluice::model
