#include "controlplane/compile/hash_policy.h"

#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::compile {
namespace {

using model::Obj;

model::ObjectPtr Hashing(const std::string& name, const std::string& hash) {
  return Obj("Service", name, "service { registered {} balancing { policy: MAGLEV " + hash + " } }");
}

TEST(HashPolicyTest, EachPartOfAHashHasItsKindOfPolicy) {
  envoy::config::route::v3::RouteAction action;
  const auto service = Hashing(
      "shop/a",
      "hash { header: 'x-a' last: true } hash { cookie { name: 'c' ttl { seconds: 9 } path: '/p' } } "
      "hash { source_address: true } hash { query: 'q' } hash { cookie { name: 'd' } }");
  SetHashPolicy(service->service(), action);
  ASSERT_EQ(action.hash_policy_size(), 5);
  EXPECT_EQ(action.hash_policy(0).header().header_name(), "x-a");
  EXPECT_TRUE(action.hash_policy(0).terminal());
  EXPECT_EQ(action.hash_policy(1).cookie().name(), "c");
  EXPECT_EQ(action.hash_policy(1).cookie().ttl().seconds(), 9);
  EXPECT_EQ(action.hash_policy(1).cookie().path(), "/p");
  EXPECT_FALSE(action.hash_policy(1).terminal());
  EXPECT_TRUE(action.hash_policy(2).connection_properties().source_ip());
  EXPECT_EQ(action.hash_policy(3).query_parameter().name(), "q");
  EXPECT_FALSE(action.hash_policy(4).cookie().has_ttl());
}

TEST(HashPolicyTest, OfASplitTheFirstServiceThatHashesCounts) {
  const auto config = model::ShopConfigWith({Hashing("shop/b", "hash { header: 'b' }")});
  const HashServices services = HashServicesOf(config, {"shop/b", "shop/backend", "shop/gone"});
  EXPECT_EQ(services.size(), 1u);
  const auto of = [&](const std::string& action) {
    const auto service = HashServiceOf(Obj("Route", "shop/r", "route { " + action + " }")->route(), services);
    return service == nullptr ? "" : service->name();
  };
  EXPECT_EQ(of("split { services { service: 'shop/backend' } services { service: 'shop/b' } }"), "shop/b");
  EXPECT_EQ(of("forward { service: 'shop/b' }"), "shop/b");
  EXPECT_EQ(of("forward { service: 'shop/backend' }"), "");
  EXPECT_EQ(of("respond { status: 200 }"), "");
}

TEST(HashPolicyTest, IsTheSameAsLongAsTheHashIs) {
  const auto a = Hashing("shop/a", "hash { header: 'a' }");
  EXPECT_TRUE(SameHash(a, Hashing("shop/a", "hash { header: 'a' } panic_percent: 1")));
  EXPECT_FALSE(SameHash(a, Hashing("shop/a", "hash { header: 'b' }")));
  EXPECT_FALSE(SameHash(a, nullptr));
  EXPECT_TRUE(SameHash(nullptr, nullptr));
}

}  // namespace
}  // namespace sluice::compile
