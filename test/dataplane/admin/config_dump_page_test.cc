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

TEST(ConfigDumpPageTest, ConfigDumpIsTheBootstrapWithItsFieldNames) {
  World world;
  world.bootstrap.mutable_node()->set_id("n1");
  world.bootstrap.mutable_static_resources()->add_clusters()->set_name("c1");
  const auto dump = Json(BodyOf(world.Get("/config_dump")));
  const auto& bootstrap = dump.fields()
                              .at("configs")
                              .list_value()
                              .values(0)
                              .struct_value()
                              .fields()
                              .at("bootstrap")
                              .struct_value();
  EXPECT_EQ(bootstrap.fields().at("node").struct_value().fields().at("id").string_value(), "n1");
  EXPECT_EQ(bootstrap.fields().count("static_resources"), 1u);
}

}  // namespace
}  // namespace sluice::admin
