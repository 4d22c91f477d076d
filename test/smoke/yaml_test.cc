#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <string>

namespace {

TEST(YamlTest, ReadsNestedMapsAndSequences) {
  const YAML::Node root =
      YAML::Load("listeners:\n- name: web\n  port: 8080\n- {name: admin, port: 0}\n");
  ASSERT_EQ(root["listeners"].size(), 2u);
  EXPECT_EQ(root["listeners"][0]["name"].as<std::string>(), "web");
  EXPECT_EQ(root["listeners"][1]["port"].as<int>(), 0);
}

TEST(YamlTest, ASyntaxErrorSaysItsLine) {
  try {
    YAML::Load("a: 1\nb: [");
    FAIL() << "accepted";
  } catch (const YAML::ParserException& error) {
    EXPECT_GE(error.mark.line, 1);
  }
}

}  // namespace
