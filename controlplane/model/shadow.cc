#include "controlplane/model/shadow.h"

#include <algorithm>

#include "controlplane/model/route_key.h"
#include "controlplane/model/syntax.h"

namespace sluice::model {
namespace {

using sluice::v1::FieldMatch;
using Fields = google::protobuf::RepeatedPtrField<FieldMatch>;

// Whether a value that meets `narrow` meets `wide`. Names are equal.
bool Implies(const FieldMatch& narrow, const FieldMatch& wide) {
  using Case = FieldMatch::ValueCase;
  const Case kind = narrow.value_case();
  if (wide.value_case() == Case::kPresent) {
    if (kind == Case::kPresent) return narrow.present() == wide.present();
    return wide.present() && kind != Case::VALUE_NOT_SET;
  }
  if (wide.value_case() == Case::kPrefix) {
    return (kind == Case::kExact && narrow.exact().starts_with(wide.prefix())) ||
           (kind == Case::kPrefix && narrow.prefix().starts_with(wide.prefix()));
  }
  if (kind != wide.value_case()) return false;
  return kind == Case::kExact ? narrow.exact() == wide.exact() : narrow.regex() == wide.regex();
}

enum class Names { kFields, kExact };

bool AllImplied(const Fields& wide, const Fields& narrow, Names names) {
  const auto same = [&](const std::string& a, const std::string& b) {
    return names == Names::kFields ? LowerCase(a) == LowerCase(b) : a == b;
  };
  return std::all_of(wide.begin(), wide.end(), [&](const FieldMatch& condition) {
    return std::any_of(narrow.begin(), narrow.end(), [&](const FieldMatch& other) {
      return same(condition.name(), other.name()) && Implies(other, condition);
    });
  });
}

bool Holds(const google::protobuf::RepeatedPtrField<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

bool PredicatesCover(const sluice::v1::RouteMatch& earlier, const sluice::v1::RouteMatch& later) {
  if (!earlier.methods().empty()) {
    const std::vector<std::string> wide = MethodsOf(earlier), narrow = MethodsOf(later);
    if (narrow.empty() || !std::includes(wide.begin(), wide.end(), narrow.begin(), narrow.end())) {
      return false;
    }
  }
  return AllImplied(earlier.headers(), later.headers(), Names::kFields) &&
         AllImplied(earlier.queries(), later.queries(), Names::kExact);
}

bool VersionsCover(const sluice::v1::Route& earlier, const sluice::v1::Route& later) {
  if (earlier.versions().empty()) return true;
  if (later.versions().empty()) return false;
  return std::all_of(later.versions().begin(), later.versions().end(),
                     [&](const std::string& name) { return Holds(earlier.versions(), name); });
}

bool VersionsOverlap(const sluice::v1::Route& a, const sluice::v1::Route& b) {
  if (a.versions().empty() || b.versions().empty()) return true;
  return std::any_of(a.versions().begin(), a.versions().end(),
                     [&](const std::string& name) { return Holds(b.versions(), name); });
}

}  // namespace sluice::model
