#include "controlplane/model/reporter.h"

#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

TEST(ReporterTest, FindingsAreSortedAndSaidOnce) {
  Findings findings;
  Reporter route(findings, {"Route", "a/r"}), api(findings, {"Api", "a/x"});
  route.Invalid("spec.timeout", "must not be negative");
  route.Invalid("spec.api", "must not be empty");
  api.Add(kConflict, "spec.base_path", "'/a' is taken", {{"Api", "a/y"}});
  route.Invalid("spec.api", "must not be empty");
  Tidy(findings);
  EXPECT_EQ(Lines(findings.problems),
            (Strings{"Api a/x spec.base_path conflict", "Route a/r spec.api invalid",
                     "Route a/r spec.timeout invalid"}));
  EXPECT_EQ(findings.problems[0].related(0).name(), "a/y");
}

TEST(ReporterTest, CheckSaysTheValueAndNothingWhenAllIsWell) {
  Findings findings;
  Reporter reporter(findings, {"Route", "a/r"});
  reporter.Check("name", "a/r", "");
  EXPECT_TRUE(findings.problems.empty());
  reporter.Check("name", "r", "must be \"team/name\"");
  EXPECT_EQ(findings.problems[0].text(), "'r' must be \"team/name\"");
}

}  // namespace
}  // namespace sluice::model
