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

TEST(ServerInfoPageTest, ServerInfoIsJson) {
  World world;
  world.clock.Advance(std::chrono::seconds(61));
  const auto info = Json(BodyOf(world.Get("/server_info")));
  EXPECT_EQ(info.fields().at("version").string_value(), "1.2.3");
  EXPECT_EQ(info.fields().at("state").string_value(), "LIVE");
  EXPECT_EQ(info.fields().at("uptime_all_epochs").string_value(), "61s");
  EXPECT_EQ(info.fields().at("command_line").list_value().values(1).string_value(), "a \"b\".yaml");
}

TEST(ServerInfoPageTest, SaysWhatIsInForceAndWhoSaidSo) {
  World world;
  auto info = Json(BodyOf(world.Get("/server_info")));
  auto configuration = info.fields().at("configuration").struct_value();
  EXPECT_EQ(configuration.fields().at("phase").string_value(), "NONE");
  EXPECT_EQ(info.fields().count("control_plane"), 0u);

  auto draft = std::make_shared<config::Draft>();
  draft->revision = 41;
  world.configuration = {.served = draft,
                         .prepared = 42,
                         .source = "state_directory",
                         .cached = "cached rev 41, 3 h old",
                         .control_plane = xds::Status()};
  world.configuration.control_plane->last_error = "UNAVAILABLE: \"away\"";
  info = Json(BodyOf(world.Get("/server_info")));
  configuration = info.fields().at("configuration").struct_value();
  EXPECT_EQ(configuration.fields().at("revision").number_value(), 41);
  EXPECT_EQ(configuration.fields().at("prepared_revision").number_value(), 42);
  EXPECT_EQ(configuration.fields().at("phase").string_value(), "PREPARED");
  EXPECT_EQ(configuration.fields().at("source").string_value(), "state_directory");
  EXPECT_EQ(configuration.fields().at("cached").string_value(), "cached rev 41, 3 h old");
  const auto& plane = info.fields().at("control_plane").struct_value();
  EXPECT_FALSE(plane.fields().at("connected").bool_value());
  EXPECT_EQ(plane.fields().at("last_error").string_value(), "UNAVAILABLE: \"away\"");
}

}  // namespace
}  // namespace sluice::admin
