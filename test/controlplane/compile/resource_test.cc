#include "controlplane/compile/resource.h"

#include <gtest/gtest.h>

namespace sluice::compile {
namespace {

TEST(ResourceTest, VersionIsTheStartOfTheDigestOfTheBytes) {
  const ResourcePtr resource = MakeResource(kRouteType, "a", std::string("abc"));
  EXPECT_EQ(resource->version, "ba7816bf8f01cfea414140de5dae2223");  // FIPS 180-4
  EXPECT_EQ(resource->version, MakeResource(kClusterType, "b", std::string("abc"))->version);
}

TEST(ResourceTest, GroupsDifferByGatewaysZoneAndClass) {
  const GroupKey key{{"web"}, "a", ClientClass::kCommitting};
  EXPECT_NE(key, (GroupKey{{"web"}, "b", ClientClass::kCommitting}));
  EXPECT_NE(key, (GroupKey{{"web"}, "a", ClientClass::kStandard}));
  EXPECT_LT((GroupKey{{"app"}, "z", ClientClass::kStandard}), key);
}

}  // namespace
}  // namespace sluice::compile
