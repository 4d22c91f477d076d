#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

Strings Problems(const std::string& match) {
  return ProblemsWith("Route", "shop/r", "route { api: 'shop/api' respond { status: 200 } match { " + match + " } }");
}

TEST(CheckMatchTest, PathsAreWrittenInOneForm) {
  EXPECT_EQ(Problems("exact: 'a'"), Strings{"Route shop/r spec.match.exact invalid"});
  EXPECT_EQ(Problems("prefix: '/a/'"), Strings{"Route shop/r spec.match.prefix invalid"});
  EXPECT_EQ(Problems("prefix: ''"), Strings{"Route shop/r spec.match.prefix invalid"});
  EXPECT_EQ(Problems("template: '/{a}/{a}'"), Strings{"Route shop/r spec.match.template invalid"});
  for (const char* good : {"exact: '/a/'", "prefix: '/'", "template: '/{a}/{b=**}'", ""}) {
    EXPECT_EQ(Problems(good), Strings{}) << good;
  }
}

TEST(CheckMatchTest, MethodsAreTokensAndListedOnce) {
  EXPECT_EQ(Problems("methods: 'GET' methods: 'A B' methods: 'GET'"),
            (Strings{"Route shop/r spec.match.methods[1] invalid", "Route shop/r spec.match.methods[2] conflict"}));
}

TEST(CheckMatchTest, ConditionsNeedANameAndAValue) {
  EXPECT_EQ(Problems("headers { name: 'a b' exact: 'x' } headers { name: 'a' } headers { name: 'b' prefix: '' } "
                     "headers { name: 'c' regex: '' } headers { name: 'd' exact: '\\n' } queries { present: true }"),
            (Strings{"Route shop/r spec.match.headers[0].name invalid", "Route shop/r spec.match.headers[1] invalid",
                     "Route shop/r spec.match.headers[2].prefix invalid",
                     "Route shop/r spec.match.headers[3].regex invalid",
                     "Route shop/r spec.match.headers[4].exact invalid",
                     "Route shop/r spec.match.queries[0].name invalid"}));
}

}  // namespace
}  // namespace sluice::model
