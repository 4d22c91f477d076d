// Messages made by sluice_proto_library, and protobuf's JSON.
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>

#include "smoke/greeting.pb.h"

namespace sluice::smoke {
namespace {

namespace json = google::protobuf::util;

TEST(ProtobufTest, JsonGoesThereAndBack) {
  Greeting greeting;
  ASSERT_TRUE(json::JsonStringToMessage(
                  R"({"name":"a","wait":"1.5s","numbers":["9007199254740993"]})", &greeting)
                  .ok());
  EXPECT_EQ(greeting.wait().nanos(), 500000000);
  EXPECT_EQ(greeting.numbers(0), 9007199254740993);

  std::string text;
  ASSERT_TRUE(json::MessageToJsonString(greeting, &text).ok());
  EXPECT_EQ(text, R"({"name":"a","wait":"1.500s","numbers":["9007199254740993"]})");
}

TEST(ProtobufTest, AnUnknownJsonFieldIsRefusedByName) {
  Greeting greeting;
  const auto status = json::JsonStringToMessage(R"({"nam":"a"})", &greeting);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.ToString().find("nam"), std::string::npos) << status.ToString();
}

TEST(ProtobufTest, BytesGoThereAndBack) {
  Greeting greeting, copy;
  greeting.set_name("b");
  ASSERT_TRUE(copy.ParseFromString(greeting.SerializeAsString()));
  EXPECT_EQ(copy.name(), "b");
}

}  // namespace
}  // namespace sluice::smoke
