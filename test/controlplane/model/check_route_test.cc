#include <gtest/gtest.h>

#include "controlplane/model/validate.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

ObjectPtr Route(const std::string& name, const std::string& rest) {
  return Obj("Route", name, "route { api: 'shop/api' respond { status: 200 } " + rest + " }");
}

TEST(CheckRouteTest, TheApiMustBeThereAndOfTheTeam) {
  EXPECT_EQ(ProblemsWith("Route", "shop/r", "route { api: 'shop/no' respond { status: 200 } }"),
            Strings{"Route shop/r spec.api unknown_reference"});
  EXPECT_EQ(ProblemsWith("Route", "pay/r", "route { api: 'shop/api' respond { status: 200 } }"),
            Strings{"Route pay/r spec.api not_admitted"});
  EXPECT_EQ(ProblemsWith("Route", "shop/r", "route { respond { status: 200 } }"),
            Strings{"Route shop/r spec.api invalid"});
}

TEST(CheckRouteTest, VersionsAreThoseOfTheApi) {
  EXPECT_EQ(ProblemsOf(ShopConfigWith({Route("shop/r", "versions: 'v1' versions: 'v1' versions: 'v3'")})),
            (Strings{"Route shop/r spec.versions[1] conflict", "Route shop/r spec.versions[2] unknown_reference"}));
}

TEST(CheckRouteTest, TwoEqualRoutesAreRefusedNamingBoth) {
  const Findings findings = Validate(ShopConfigWith(
      {Route("shop/a", "match { template: '/x/{id}' methods: 'GET' }"),
       Route("shop/b", "match { template: '/x/{other}' methods: 'GET' methods: 'HEAD' }")}));
  ASSERT_EQ(Lines(findings.problems), Strings{"Route shop/b spec.match conflict"});
  EXPECT_EQ(findings.problems[0].related(0).name(), "shop/a");
  EXPECT_NE(findings.problems[0].text().find("shop/a"), std::string::npos);
  EXPECT_TRUE(findings.warnings.empty());
}

TEST(CheckRouteTest, EqualRoutesOfOtherVersionsAreFine) {
  EXPECT_EQ(ProblemsOf(ShopConfigWith({Route("shop/a", "versions: 'v1'"), Route("shop/b", "versions: 'v2'")})),
            Strings{});
  EXPECT_EQ(ProblemsOf(ShopConfigWith({Route("shop/a", "versions: 'v1'"), Route("shop/b", "")})),
            Strings{"Route shop/b spec.match conflict"});
}

TEST(CheckRouteTest, ShadowedRoutesAreWarnedOf) {
  const Findings findings = Validate(ShopConfigWith(
      {Route("shop/a", "match { prefix: '/x' methods: 'GET' methods: 'POST' }"),
       Route("shop/b", "match { prefix: '/x' methods: 'GET' }"),
       Route("shop/c", "match { prefix: '/x' methods: 'PUT' }")}));
  EXPECT_EQ(Lines(findings.problems), Strings{});
  EXPECT_EQ(Lines(findings.warnings), Strings{"Route shop/b spec.match shadowed"});
}

TEST(CheckRouteTest, StrippingTheVersionNeedsOneInThePath) {
  EXPECT_EQ(ProblemsOf(ShopConfigWith(
                {Obj("Api", "shop/api", "api { gateways: 'web' base_path: '/shop' }"),
                 Obj("Route", "shop/list", "route { api: 'shop/api' forward { service: 'shop/backend' } "
                                           "rewrite { strip: BASE_PATH_AND_VERSION } }")})),
            Strings{"Route shop/list spec.rewrite.strip invalid"});
}

}  // namespace
}  // namespace sluice::model
