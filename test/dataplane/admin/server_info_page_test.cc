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

}  // namespace
}  // namespace sluice::admin
