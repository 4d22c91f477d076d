#include "controlplane/model/diff.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

Strings Text(const std::vector<sluice::v1::Change>& changes) {
  Strings lines;
  for (const auto& change : changes) {
    lines.push_back(fmt::format("{} {} {}", sluice::v1::Change::Kind_Name(change.kind()),
                                change.object().name(), fmt::join(change.field_paths(), " ")));
  }
  return lines;
}

Strings UpdateOf(const std::string& before, const std::string& after) {
  const Config a = Config().With({Obj("Route", "a/r", before)}, {});
  const Config b = Config().With({Obj("Route", "a/r", after)}, {});
  return Text(Diff(a, b));
}

TEST(DiffTest, SaysWhatWasAddedReplacedAndRemoved) {
  const Config before = ShopConfig();
  const Config after = before.With(
      {Obj("Route", "shop/new", "route {}"),
       Obj("Route", "shop/list", "route { api: 'shop/api' match { prefix: '/other' } "
                                 "forward { service: 'shop/backend' } }")},
      {{"Service", "shop/backend"}});
  const Strings expected = {"UPDATED shop/list spec.match.prefix", "CREATED shop/new ",
                            "DELETED shop/backend "};
  EXPECT_EQ(Text(Diff(before, after)), expected);
  EXPECT_EQ(Text(DiffOf(before, after,
                        {{"Service", "shop/backend"}, {"Route", "shop/new"}, {"Route", "shop/list"},
                         {"Api", "shop/api"}, {"Route", "shop/list"}})),
            expected);
}

TEST(DiffTest, EqualContentIsNoChange) {
  const Config config = ShopConfig();
  EXPECT_TRUE(Diff(config, config).empty());
  EXPECT_TRUE(Diff(config, ShopConfig()).empty());
  EXPECT_EQ(UpdateOf("etag: 'a' route {}", "etag: 'b' status { revision: 3 } route {}"), Strings{});
}

TEST(DiffTest, NamesFieldsInListsAndMaps) {
  EXPECT_EQ(UpdateOf("labels { key: 'k' value: '1' } route {}", "labels { key: 'k' value: '2' } route {}"),
            Strings{"UPDATED a/r labels[\"k\"]"});
  EXPECT_EQ(UpdateOf("route { versions: 'a' }", "route { versions: 'a' versions: 'b' }"),
            Strings{"UPDATED a/r spec.versions[1]"});
  EXPECT_EQ(UpdateOf("route { match { headers { name: 'a' exact: 'x' } } }",
                     "route { match { headers { name: 'a' prefix: 'x' } } }"),
            Strings{"UPDATED a/r spec.match.headers[0].exact spec.match.headers[0].prefix"});
  EXPECT_EQ(UpdateOf("route { request_headers { set { key: 'a' value: '1' } } }",
                     "route { request_headers { set { key: 'b' value: '1' } } }"),
            Strings{"UPDATED a/r spec.request_headers.set[\"a\"] spec.request_headers.set[\"b\"]"});
}

TEST(DiffTest, AnotherSpecIsOnePath) {
  EXPECT_EQ(UpdateOf("route { api: 'x' }", "api { open: true }"), Strings{"UPDATED a/r spec"});
}

}  // namespace
}  // namespace sluice::model
