#include "controlplane/model/reporter.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace sluice::model {
namespace {

using sluice::v1::Problem;

std::string RelatedText(const Problem& problem) {
  std::string text;
  for (const auto& ref : problem.related()) text += fmt::format("{} {},", ref.kind(), ref.name());
  return text;
}

auto SortKey(const Problem& problem) {
  return std::tuple(problem.object().kind(), problem.object().name(), problem.field_path(),
                    problem.code(), problem.text(), RelatedText(problem));
}

void Tidy(std::vector<Problem>& list) {
  std::sort(list.begin(), list.end(),
            [](const Problem& a, const Problem& b) { return SortKey(a) < SortKey(b); });
  list.erase(std::unique(list.begin(), list.end(),
                         [](const Problem& a, const Problem& b) { return SortKey(a) == SortKey(b); }),
             list.end());
}

}  // namespace

Problem Reporter::Make(std::string_view code, std::string_view path, std::string_view text,
                       const std::vector<ObjectKey>& related) const {
  Problem problem;
  *problem.mutable_object() = RefTo(object_);
  problem.set_field_path(std::string(path));
  problem.set_code(std::string(code));
  problem.set_text(std::string(text));
  for (const ObjectKey& key : related) *problem.add_related() = RefTo(key);
  return problem;
}

void Reporter::Add(std::string_view code, std::string_view path, std::string_view text,
                   const std::vector<ObjectKey>& related) {
  findings_.problems.push_back(Make(code, path, text, related));
}

void Reporter::Warn(std::string_view code, std::string_view path, std::string_view text,
                    const std::vector<ObjectKey>& related) {
  findings_.warnings.push_back(Make(code, path, text, related));
}

void Reporter::Check(std::string_view path, std::string_view value, std::string_view text) {
  if (!text.empty()) Invalid(path, fmt::format("'{}' {}", value, text));
}

void Tidy(Findings& findings) {
  Tidy(findings.problems);
  Tidy(findings.warnings);
}

}  // namespace sluice::model
