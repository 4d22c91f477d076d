#include "dataplane/admin/pages.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "test/dataplane/admin/admin_world.h"

namespace sluice::admin {
namespace {

// Fails unless `text` is one JSON object.
google::protobuf::Struct Json(const std::string& text) {
  google::protobuf::Struct out;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &out).ok()) << text;
  return out;
}

TEST(ListenersPageTest, ListenersAsTextAndJson) {
  World world;
  EXPECT_EQ(BodyOf(world.Get("/listeners")), "web::127.0.0.1:8080\n");
  Json(BodyOf(world.Get("/listeners?format=json")));
  EXPECT_EQ(BodyOf(world.Get("/certs")), "{\"certificates\":[]}\n");
}

}  // namespace
}  // namespace sluice::admin
