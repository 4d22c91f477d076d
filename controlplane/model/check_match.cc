#include <fmt/format.h>

#include <set>

#include "api/check/field_error.h"
#include "controlplane/model/checks.h"
#include "controlplane/model/paths.h"
#include "controlplane/model/syntax.h"

namespace sluice::model {
namespace {

using api::IndexPath;
using api::JoinPath;
using sluice::v1::FieldMatch;
using sluice::v1::RouteMatch;

constexpr size_t kMaxValueBytes = 4096;

void CheckPath(const RouteMatch& match, Reporter& reporter) {
  switch (match.path_case()) {
    case RouteMatch::kExact:
      return reporter.Check("spec.match.exact", match.exact(), PathError(match.exact()));
    case RouteMatch::kPrefix:
      if (match.prefix().empty()) return reporter.Invalid("spec.match.prefix", "must not be empty");
      return reporter.Check("spec.match.prefix", match.prefix(), BasePathError(match.prefix()));
    case RouteMatch::kTemplate:
      return reporter.Check("spec.match.template", match.template_(),
                            ParseTemplate(match.template_()).error);
    case RouteMatch::PATH_NOT_SET:
      return;
  }
}

void CheckValue(const FieldMatch& match, const std::string& at, Reporter& reporter) {
  const auto text = [&](const std::string& value, const char* field) {
    if (value.size() > kMaxValueBytes) {
      reporter.Invalid(JoinPath(at, field), fmt::format("must be at most {} bytes", kMaxValueBytes));
    } else if (!IsFieldValue(value)) {
      reporter.Invalid(JoinPath(at, field), "must not hold control characters");
    }
  };
  switch (match.value_case()) {
    case FieldMatch::kExact:
      return text(match.exact(), "exact");
    case FieldMatch::kPrefix:
      if (match.prefix().empty()) {
        reporter.Invalid(JoinPath(at, "prefix"), "must not be empty; write present: true");
      }
      return text(match.prefix(), "prefix");
    case FieldMatch::kRegex:
      if (match.regex().empty()) reporter.Invalid(JoinPath(at, "regex"), "must not be empty");
      return text(match.regex(), "regex");
    case FieldMatch::kPresent:
      return;
    case FieldMatch::VALUE_NOT_SET:
      reporter.Invalid(at, "one of exact, prefix, regex, present is required");
  }
}

}  // namespace

void CheckMatch(const RouteMatch& match, Reporter& reporter) {
  std::set<std::string> methods;
  for (int i = 0; i < match.methods_size(); ++i) {
    const std::string at = IndexPath("spec.match.methods", i);
    if (!IsToken(match.methods(i))) {
      reporter.Check(at, match.methods(i), "is not a method (RFC 9110 9.1)");
    }
    if (!methods.insert(match.methods(i)).second) {
      reporter.Add(kConflict, at, fmt::format("'{}' is listed twice", match.methods(i)));
    }
  }
  CheckPath(match, reporter);
  for (int i = 0; i < match.headers_size(); ++i) {
    const std::string at = IndexPath("spec.match.headers", i);
    if (!IsToken(match.headers(i).name())) {
      reporter.Check(JoinPath(at, "name"), match.headers(i).name(),
                     "is not a field name (RFC 9110 5.1)");
    }
    CheckValue(match.headers(i), at, reporter);
  }
  for (int i = 0; i < match.queries_size(); ++i) {
    const std::string at = IndexPath("spec.match.queries", i);
    if (match.queries(i).name().empty()) reporter.Invalid(JoinPath(at, "name"), "must not be empty");
    CheckValue(match.queries(i), at, reporter);
  }
}

}  // namespace sluice::model
