#include "dataplane/config/problems.h"

#include <fmt/format.h>

#include "dataplane/config/origin.h"

namespace sluice::config {

void AddProblems(ResourceType type, const Resource& resource, const ErrorList& errors,
                 Problems& out) {
  for (const ConfigError& error : errors.errors()) {
    Problem& problem = out.emplace_back();
    problem.set_kind(Problem::CONTENT);
    problem.set_type_url(std::string(TypeUrl(type)));
    problem.set_resource(resource.name);
    problem.set_field_path(error.field_path);
    problem.set_text(error.text);
    if (auto origin = FindOrigin(*resource.message, error.field_path))
      *problem.mutable_origin() = *origin;
  }
}

Problem LocalProblem(ResourceType type, std::string_view resource, std::string_view code,
                     std::string_view text) {
  Problem problem = GeneralProblem(Problem::LOCAL, fmt::format("{}: {}", code, text));
  problem.set_type_url(std::string(TypeUrl(type)));
  problem.set_resource(std::string(resource));
  return problem;
}

Problem GeneralProblem(Problem::Kind kind, std::string_view text) {
  Problem problem;
  problem.set_kind(kind);
  problem.set_text(std::string(text));
  return problem;
}

std::string ProblemText(const Problem& problem) {
  const std::string_view url = problem.type_url();
  std::string text(url.substr(std::min(url.size(), url.rfind('.') + 1)));
  if (!problem.resource().empty()) text += fmt::format(" '{}'", problem.resource());
  if (!text.empty()) text += ": ";
  if (!problem.field_path().empty()) text += problem.field_path() + ": ";
  return text + problem.text();
}

}  // namespace sluice::config
