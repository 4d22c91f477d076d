#include "controlplane/snapshot/wire_resource.h"

#include <gtest/gtest.h>

#include "google/protobuf/any.pb.h"

namespace sluice::snapshot {
namespace {

TEST(WireResourceTest, EveryTypeHasAUrlAndBack) {
  for (const Type type : kTypes) EXPECT_EQ(TypeOfUrl(TypeUrl(type)), type) << TypeUrl(type);
  EXPECT_EQ(TypeOfUrl("type.googleapis.com/envoy.config.cluster.v3"), std::nullopt);
  EXPECT_EQ(TypeOfUrl(""), std::nullopt);
}

TEST(WireResourceTest, TravelsAsAnAnyOfItsType) {
  const WireRef made = MakeWireResource(Type::kListener, "web", "v1", "bytes");
  google::protobuf::Any any;
  ASSERT_TRUE(any.ParseFromString(made->any));
  EXPECT_EQ(any.type_url(), TypeUrl(Type::kListener));
  EXPECT_EQ(any.value(), "bytes");
  EXPECT_EQ(made->name, "web");
  EXPECT_EQ(made->version, "v1");
}

}  // namespace
}  // namespace sluice::snapshot
