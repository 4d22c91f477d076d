#include "api/check/packed_type.h"

#include <gtest/gtest.h>

#include "envoy/extensions/filters/http/router/v3/router.pb.h"

namespace sluice::api {
namespace {

using envoy::extensions::filters::http::router::v3::Router;

TEST(PackedType, FindsATypeThatIsLinkedIn) {
  const PackedType found =
      FindPackedType("type.googleapis.com/envoy.extensions.filters.http.router.v3.Router");
  EXPECT_EQ(found.type, Router::descriptor());
}

TEST(PackedType, SaysWhyATypeIsNotTaken) {
  EXPECT_EQ(FindPackedType("").why, "names no type");
  EXPECT_EQ(FindPackedType("type.googleapis.com/a.B").why, "the type \"a.B\" is not supported");
  EXPECT_EQ(FindPackedType("example.com/a.B").why,
            "the type \"example.com/a.B\" does not start with type.googleapis.com/");
  EXPECT_EQ(FindPackedType("type.googleapis.com/xds.type.v3.TypedStruct").why,
            "TypedStruct is not supported; write the message itself");
  EXPECT_EQ(FindPackedType("type.googleapis.com/udpa.type.v1.TypedStruct").why,
            "TypedStruct is not supported; write the message itself");
}

TEST(PackedType, MapEntriesAreNoMessagesToPack) {
  EXPECT_EQ(FindPackedType("type.googleapis.com/google.protobuf.Struct.FieldsEntry").type, nullptr);
}

TEST(PackedType, UnpacksTheBytesOrNothing) {
  Router router;
  router.set_suppress_envoy_headers(true);
  google::protobuf::Any any;
  any.PackFrom(router);
  const auto message = Unpack(any, *Router::descriptor());
  ASSERT_NE(message, nullptr);
  EXPECT_TRUE(static_cast<const Router&>(*message).suppress_envoy_headers());
  any.set_value("\x0a\xff");
  EXPECT_EQ(Unpack(any, *Router::descriptor()), nullptr);
}

}  // namespace
}  // namespace sluice::api
