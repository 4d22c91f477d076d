#include "controlplane/compile/api_block.h"

#include <gtest/gtest.h>

#include "envoy/config/route/v3/route_components.pb.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::compile {
namespace {

using model::Obj;

envoy::config::route::v3::VirtualHost Parse(const ApiBlock& block) {
  envoy::config::route::v3::VirtualHost host;
  EXPECT_TRUE(host.ParseFromString(block.bytes()));
  return host;
}

std::vector<std::string> Names(const ApiBlock& block) {
  std::vector<std::string> names;
  const auto host = Parse(block);
  for (const auto& route : host.routes()) names.push_back(route.name());
  return names;
}

const model::ObjectKey kKey{"Api", "shop/api"};

TEST(ApiBlockTest, StandsInTheFixedOrderAndEndsWithItsOwn404) {
  const auto config = model::ShopConfigWith(
      {Obj("Api", "shop/api", "api { gateways: 'web' base_path: '/shop' }"),
       Obj("Route", "shop/a", "route { api: 'shop/api' match { prefix: '/l' } respond { status: 200 } }"),
       Obj("Route", "shop/z", "route { api: 'shop/api' match { exact: '/list/long' } respond { status: 200 } }")});
  const auto block = ApiBlock::Make(config, config.Find(kKey), nullptr);
  EXPECT_EQ(Names(*block), (std::vector<std::string>{"shop/z", "shop/list", "shop/a", "shop/api"}));
  const auto host = Parse(*block);
  EXPECT_EQ(host.routes(3).direct_response().status(), 404u);
  EXPECT_EQ(host.routes(3).match().path_separated_prefix(), "/shop");
  EXPECT_EQ(block->services(), std::vector<std::string>{"shop/backend"});
}

TEST(ApiBlockTest, WithoutAChangeIsTheOneBefore) {
  const auto config = model::ShopConfig();
  const auto first = ApiBlock::Make(config, config.Find(kKey), nullptr);
  const auto other = config.With({Obj("Service", "shop/new", "service { registered {} }")}, {});
  EXPECT_EQ(ApiBlock::Make(other, other.Find(kKey), first), first);
  const auto changed = config.With({}, {{"Route", "shop/list"}});
  const auto second = ApiBlock::Make(changed, changed.Find(kKey), first);
  EXPECT_EQ(Names(*second), std::vector<std::string>{"shop/api"});
  EXPECT_TRUE(second->services().empty());
}

TEST(ApiBlockTest, TheHashOfAServiceReachesTheRoutesThatForwardToIt) {
  const auto plain = model::ShopConfigWith(
      {Obj("Service", "shop/other", "service { registered {} }"),
       Obj("Route", "shop/split", "route { api: 'shop/api' match { exact: '/split' } split { services "
           "{ service: 'shop/other' weight: 1 } services { service: 'shop/backend' weight: 1 } } }"),
       Obj("Route", "shop/z", "route { api: 'shop/api' match { exact: '/z' } forward { service: 'shop/other' } }")});
  const auto first = ApiBlock::Make(plain, plain.Find(kKey), nullptr);
  const auto headers = [](const ApiBlock& block) {
    std::vector<std::string> all;
    const auto host = Parse(block);
    for (const auto& route : host.routes()) {
      for (const auto& hash : route.route().hash_policy()) {
        all.push_back(route.name() + " " + hash.header().header_name());
      }
    }
    return all;
  };
  EXPECT_EQ(headers(*first), std::vector<std::string>{});
  const std::string spec = "service { registered {} balancing { policy: MAGLEV hash { header: 'x-a' } ";
  const auto hashed = plain.With({Obj("Service", "shop/backend", spec + "} }")}, {});
  const auto second = ApiBlock::Make(hashed, hashed.Find(kKey), first);
  // Once for each version of the Api.
  EXPECT_EQ(headers(*second), (std::vector<std::string>{"shop/split x-a", "shop/list x-a", "shop/split x-a",
                                                        "shop/list x-a"}));
  const auto same = hashed.With({Obj("Service", "shop/backend", spec + "panic_percent: 1 } }")}, {});
  EXPECT_EQ(ApiBlock::Make(same, same.Find(kKey), second), second);
  const auto third = ApiBlock::Make(plain, plain.Find(kKey), second);
  EXPECT_EQ(third->bytes(), first->bytes());
}

TEST(ApiBlockTest, FieldsOfAnyLengthReadBack) {
  for (size_t size : {0u, 1u, 127u, 128u, 20'000u}) {
    std::string bytes;
    AppendField(bytes, envoy::config::route::v3::VirtualHost::kNameFieldNumber, std::string(size, 'a'));
    envoy::config::route::v3::VirtualHost host;
    ASSERT_TRUE(host.ParseFromString(bytes));
    EXPECT_EQ(host.name().size(), size);
  }
}

}  // namespace
}  // namespace sluice::compile
