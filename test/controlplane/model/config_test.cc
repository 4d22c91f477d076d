#include "controlplane/model/config.h"

#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

std::vector<std::string> Names(const std::vector<ObjectPtr>& objects) {
  std::vector<std::string> names;
  for (const ObjectPtr& object : objects) names.push_back(object->name());
  return names;
}

TEST(ConfigTest, KnowsWhoNamesAnObject) {
  const Config config = ShopConfig();
  EXPECT_EQ(Names(config.ReferrersOf({"Service", "shop/backend"})), Strings{"shop/list"});
  EXPECT_EQ(Names(config.ReferrersOf({"Api", "shop/api"})), Strings{"shop/list"});
  EXPECT_EQ(Names(config.ReferrersOf({"Gateway", "web"})), Strings{"shop/api"});
}

TEST(ConfigTest, AReplacedObjectNamesNobodyItNamedBefore) {
  const Config config = ShopConfigWith(
      {Obj("Route", "shop/list", "route { api: 'shop/other' respond { status: 200 } }")});
  EXPECT_EQ(Names(config.ReferrersOf({"Service", "shop/backend"})), Strings{});
  EXPECT_EQ(Names(config.ReferrersOf({"Api", "shop/api"})), Strings{});
  EXPECT_EQ(Names(config.ReferrersOf({"Api", "shop/other"})), Strings{"shop/list"});
  EXPECT_EQ(config.matches().size(), 1u);
}

TEST(ConfigTest, ADeletedObjectIsGoneEverywhere) {
  const Config config = ShopConfig().With({}, {{"Route", "shop/list"}, {"Route", "no/such"}});
  EXPECT_EQ(config.Find({"Route", "shop/list"}), nullptr);
  EXPECT_EQ(config.objects().size(), 3u);
  EXPECT_TRUE(config.ReferrersOf({"Api", "shop/api"}).empty());
  EXPECT_TRUE(config.matches().empty());
}

TEST(ConfigTest, UnchangedObjectsStayTheSamePointers) {
  const Config before = ShopConfig();
  const Config after = before.With({Obj("Route", "shop/new", "route {}")}, {});
  EXPECT_EQ(before.Find({"Api", "shop/api"}), after.Find({"Api", "shop/api"}));
}

TEST(ConfigTest, ASpecOfAnotherKindIsNotFound) {
  const Config config = Config().With({Obj("Api", "shop/api", "route {}")}, {});
  EXPECT_EQ(config.FindApi("shop/api"), nullptr);
  EXPECT_EQ(config.FindGateway("shop/api"), nullptr);
  EXPECT_EQ(config.FindService("shop/api"), nullptr);
  EXPECT_EQ(Names(config.OfKind("Api")), Strings{"shop/api"});
}

TEST(ConfigTest, TargetsAreNamedOnce) {
  const auto targets = TargetsOf(*Obj("Route", "a/r", R"(route {
    api: "a/x" split { services { service: "a/s" } services { service: "a/s" } services { service: "a/t" } } })"));
  EXPECT_EQ(targets, (std::vector<ObjectKey>{{"Api", "a/x"}, {"Service", "a/s"}, {"Service", "a/t"}}));
}

}  // namespace
}  // namespace sluice::model
