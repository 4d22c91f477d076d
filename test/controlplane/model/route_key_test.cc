#include "controlplane/model/route_key.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace sluice::model {
namespace {

sluice::v1::RouteMatch Match(const std::string& text) {
  sluice::v1::RouteMatch match;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &match)) << text;
  return match;
}

std::string Path(const std::string& text) { return PathKey(Match(text)); }
std::string Predicates(const std::string& text) { return PredicatesKey(Match(text)); }

TEST(RouteKeyTest, PathsThatTakeTheSameAreEqual) {
  EXPECT_EQ(Path(""), Path("prefix: '/'"));
  EXPECT_EQ(Path("template: '/a/{x}/{y=**}'"), Path("template: '/a/{b}/{c=**}'"));
  EXPECT_NE(Path("template: '/a/{x}'"), Path("template: '/a/{x=**}'"));
  EXPECT_NE(Path("template: '/a/{x}'"), Path("template: '/a/x'"));
  EXPECT_NE(Path("prefix: '/a'"), Path("exact: '/a'"));
}

TEST(RouteKeyTest, OrderAndLetterCaseOfPredicatesDoNotMatter) {
  EXPECT_EQ(Predicates("methods: 'GET' methods: 'POST'"), Predicates("methods: 'POST' methods: 'HEAD' methods: 'GET'"));
  EXPECT_EQ(Predicates("headers { name: 'A' exact: 'x' } headers { name: 'b' present: true }"),
            Predicates("headers { name: 'B' present: true } headers { name: 'a' exact: 'x' }"));
  EXPECT_NE(Predicates("queries { name: 'A' exact: 'x' }"), Predicates("queries { name: 'a' exact: 'x' }"));
  EXPECT_NE(Predicates("headers { name: 'a' exact: 'x' }"), Predicates("headers { name: 'a' prefix: 'x' }"));
  EXPECT_NE(Predicates("headers { name: 'a' present: true }"), Predicates("headers { name: 'a' present: false }"));
}

TEST(RouteKeyTest, GetTakesHead) {
  EXPECT_EQ(MethodsOf(Match("methods: 'GET'")), (std::vector<std::string>{"GET", "HEAD"}));
  EXPECT_EQ(MethodsOf(Match("methods: 'POST'")), std::vector<std::string>{"POST"});
  EXPECT_TRUE(MethodsOf(Match("")).empty());
}

}  // namespace
}  // namespace sluice::model
