#include "controlplane/compile/group.h"

#include <gtest/gtest.h>

#include "controlplane/model/validate.h"
#include "envoy/config/route/v3/route.pb.h"
#include "test/controlplane/model/fixtures.h"
#include "test/controlplane/model/random_config.h"

namespace sluice::compile {
namespace {

using model::Config;
using model::Obj;

GroupKey Group(std::vector<std::string> gateways) { return {std::move(gateways), "", {}}; }

std::string Text(const ResourceMap& map) {
  std::string text;
  for (const auto& [name, resource] : map) {
    text += name + " " + resource->name + " " + resource->version + "\n";
  }
  return text;
}

std::string Text(const CompiledGroup& group) {
  const GroupResources& all = group.resources();
  return Text(all.listeners) + Text(all.routes) + Text(all.clusters);
}

TEST(GroupTest, WithAPreviousOneIsWhatItIsWithout) {
  int reused = 0, steps = 0;
  for (uint32_t seed = 0; seed < 25; ++seed) {
    model::RandomConfig random(seed, model::Quality::kValid);
    Config config = random.Make(60);
    std::shared_ptr<const CompiledGroup> previous;
    for (int step = 0; step < 25; ++step) {
      ASSERT_TRUE(model::Validate(config).problems.empty());
      const GroupKey key = Group({"g0", "g1", "g2"});
      const auto full = CompiledGroup::Compile(config, key, nullptr);
      const auto next = CompiledGroup::Compile(config, key, previous.get());
      ASSERT_EQ(Text(*next), Text(*full)) << "seed " << seed << " step " << step;
      for (const auto& [name, resource] : next->resources().routes) {
        ++steps;
        if (previous == nullptr) continue;
        const auto before = previous->resources().routes.find(name);
        if (before != previous->resources().routes.end() && before->second == resource) ++reused;
      }
      previous = next;
      config = config.With({random.Object()}, {});
    }
  }
  EXPECT_GT(reused, steps / 4);
  EXPECT_LT(reused, steps);
}

TEST(GroupTest, DoesNotDependOnTheOrderInWhichObjectsCame) {
  const Config config = model::RandomConfig(3, model::Quality::kValid).Make(60);
  Config rebuilt;
  std::vector<model::ObjectPtr> objects;
  for (const auto& [key, object] : config.objects()) {
    objects.insert(objects.begin(), std::make_shared<sluice::v1::Object>(*object));
  }
  for (const auto& object : objects) rebuilt = rebuilt.With({object}, {});
  const GroupKey key = Group({"g0", "g1", "g2"});
  EXPECT_EQ(Text(*CompiledGroup::Compile(config, key, nullptr)),
            Text(*CompiledGroup::Compile(rebuilt, key, nullptr)));
}

TEST(GroupTest, AChangeReplacesOnlyWhatWasMadeFromIt) {
  const Config before = model::ShopConfigWith(
      {Obj("Gateway", "second", "gateway { listeners { port: 81 } hosts: 'b.test' admits { team: '*' } }")});
  const GroupKey key = Group({"second", "web"});
  const auto a = CompiledGroup::Compile(before, key, nullptr);
  const Config after = before.With(
      {Obj("Route", "shop/list",
           "route { api: 'shop/api' match { prefix: '/l' } forward { service: 'shop/backend' } }")},
      {});
  const auto b = CompiledGroup::Compile(after, key, a.get());
  EXPECT_NE(a->resources().routes.at("0.0.0.0:8080")->version, b->resources().routes.at("0.0.0.0:8080")->version);
  EXPECT_EQ(a->resources().routes.at("0.0.0.0:81"), b->resources().routes.at("0.0.0.0:81"));
  EXPECT_EQ(a->resources().listeners, b->resources().listeners);
  EXPECT_EQ(a->resources().clusters, b->resources().clusters);
}

TEST(GroupTest, HoldsOnlyWhatItsGatewaysNeed) {
  const Config config = model::ShopConfigWith(
      {Obj("Gateway", "second", "gateway { listeners { port: 81 } hosts: 'b.test' admits { team: '*' } }"),
       Obj("Service", "shop/unused", "service { registered {} }")});
  const auto group = CompiledGroup::Compile(config, Group({"second", "gone"}), nullptr);
  EXPECT_TRUE(group->resources().clusters.empty());
  EXPECT_EQ(group->resources().listeners.size(), 1u);
  const auto web = CompiledGroup::Compile(config, Group({"web"}), nullptr);
  EXPECT_EQ(web->resources().clusters.size(), 1u);
  EXPECT_EQ(web->resources().clusters.count("shop/backend"), 1u);
}

TEST(GroupTest, OnlyCommittingProxiesGetOurOwnTypes) {
  const Config config = model::ShopConfigWith({Obj(
      "Service", "shop/backend", "service { registered {} limits { retries { rate_percent: 5 } } }")});
  const auto budget = [&](ClientClass client) {
    const auto group = CompiledGroup::Compile(config, {{"web"}, "", client}, nullptr);
    const std::string& bytes = group->resources().clusters.at("shop/backend")->bytes;
    return bytes.find("sluice.xds.v1.RetryBudget") != std::string::npos;
  };
  EXPECT_TRUE(budget(ClientClass::kCommitting));
  EXPECT_FALSE(budget(ClientClass::kStandard));
}

}  // namespace
}  // namespace sluice::compile
