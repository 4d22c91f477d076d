#include "dataplane/config/problems.h"

#include <gtest/gtest.h>

#include "test/dataplane/config/resource_text.h"

namespace sluice::config {
namespace {

TEST(ProblemsTest, EachErrorBecomesAProblemOfItsResourceAndItsAuthor) {
  const ResourceRef routes = RoutesOf("name: 'r' " + OriginText("table"));
  ErrorList errors;
  errors.Add("virtual_hosts[0]", "is odd");
  errors.Add("", "is wrong");
  Problems problems;
  AddProblems(ResourceType::kRoute, *routes, errors, problems);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].kind(), Problem::CONTENT);
  EXPECT_EQ(problems[0].type_url(), TypeUrl(ResourceType::kRoute));
  EXPECT_EQ(problems[0].resource(), "r");
  EXPECT_EQ(problems[0].field_path(), "virtual_hosts[0]");
  EXPECT_EQ(problems[0].origin().name(), "team/table");
  EXPECT_EQ(ProblemLines(problems),
            (std::vector<std::string>{"RouteConfiguration 'r': virtual_hosts[0]: is odd",
                                      "RouteConfiguration 'r': is wrong"}));
}

TEST(ProblemsTest, ALocalOneStartsWithItsCode) {
  const Problem problem =
      LocalProblem(ResourceType::kListener, "web", "bind_failed", "the port is taken");
  EXPECT_EQ(problem.kind(), Problem::LOCAL);
  EXPECT_EQ(ProblemText(problem), "Listener 'web': bind_failed: the port is taken");
  EXPECT_EQ(ProblemText(GeneralProblem(Problem::MISMATCH, "not prepared")), "not prepared");
}

}  // namespace
}  // namespace sluice::config
