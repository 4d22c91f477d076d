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

TEST(ConfigDumpPageTest, ShowsServedResourcesWithTheirVersions) {
  World world;
  envoy::config::listener::v3::Listener listener;
  listener.set_name("web");
  auto draft = std::make_shared<config::Draft>();
  draft->resources.listeners["web"] = *config::DecodeResource(
      config::ResourceType::kListener, "web", "v7", listener.SerializeAsString());
  world.configuration.served = draft;
  const auto dump = Json(BodyOf(world.Get("/config_dump")));
  const auto& configs = dump.fields().at("configs").list_value();
  ASSERT_EQ(configs.values_size(), 2) << "kinds without resources are left out";
  const auto& kind = configs.values(1).struct_value().fields();
  EXPECT_EQ(kind.at("@type").string_value(),
            "type.googleapis.com/envoy.admin.v3.ListenersConfigDump");
  const auto& entry = kind.at("dynamic_listeners").list_value().values(0).struct_value().fields();
  EXPECT_EQ(entry.at("name").string_value(), "web");
  const auto& state = entry.at("active_state").struct_value().fields();
  EXPECT_EQ(state.at("version_info").string_value(), "v7");
  EXPECT_EQ(state.at("listener").struct_value().fields().at("name").string_value(), "web");
}

}  // namespace
}  // namespace sluice::admin
