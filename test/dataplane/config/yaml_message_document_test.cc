#include "dataplane/config/yaml_message_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <string>

namespace sluice::config {
namespace {

std::string ErrorOf(std::string_view text) {
  ErrorList errors;
  EXPECT_FALSE(ParseYaml(text, errors).has_value()) << text;
  EXPECT_EQ(errors.size(), 1u);
  return std::string(errors.ToStatus().message());
}

std::string ValueOf(std::string_view text, const std::string& key) {
  ErrorList errors;
  const auto document = ParseYaml(text, errors);
  EXPECT_TRUE(document.has_value()) << errors.ToStatus().message();
  return document.has_value() ? (*document)[key].Scalar() : "";
}

TEST(YamlDocument, TellsLineAndColumnOfWhatIsNoYaml) {
  EXPECT_EQ(ErrorOf("node:\n  id: [a, b\n"),
            "not valid YAML: end of sequence flow not found (line 3, column 1)");
  EXPECT_THAT(ErrorOf("node: *nowhere"), testing::HasSubstr("(line 1, column 7)"));
  EXPECT_EQ(ErrorOf(std::string(100'000, '[')),
            "not valid YAML: nested too deep (line 1, column 1)");
}

TEST(YamlDocument, RefusesAQuoteThatSwallowsTheRestOfTheText) {
  for (const char* end : {"", "\n", "\n\n", "\n  ", "\r\n", "\n# words\n"}) {
    for (const char* quote : {"\"", "'"}) {
      const std::string text = std::string("a: ") + quote + "never closed\nb: c" + end;
      EXPECT_THAT(ErrorOf(text), testing::StartsWith("not valid YAML: ")) << text;
    }
  }
}

TEST(YamlDocument, RefusesBytesThatAreNotUtf8) {
  EXPECT_EQ(ErrorOf("a: \xff"), "the text is not valid UTF-8");
  EXPECT_EQ(ErrorOf(std::string_view("\xff\xfen\0o\0", 6)), "the text is not valid UTF-8");
  EXPECT_EQ(ErrorOf(std::string_view("\0n\0o\0d\0e", 8)), "the text is not valid UTF-8");
}

TEST(YamlDocument, RefusesNothingAndMoreThanOneDocument) {
  const std::string two = "there is more than one YAML document, or text behind its end";
  EXPECT_EQ(ErrorOf(""), "the text is empty");
  EXPECT_EQ(ErrorOf("# only words\n"), "the text is empty");
  EXPECT_EQ(ErrorOf("~\n"), "the text is empty");
  EXPECT_EQ(ErrorOf("---\n...\n"), "the text is empty");
  EXPECT_EQ(ErrorOf("a: b\n---\nc: d\n"), two);
  EXPECT_EQ(ErrorOf("{a: b}, *k"), two);  // yaml-cpp's LoadAll never comes back from this
  EXPECT_EQ(ErrorOf("{a: b} ,"), two);
}

TEST(YamlDocument, RefusesMoreValuesThanATreeMayHave) {
  ErrorList errors;
  EXPECT_TRUE(ParseYaml("[1, {a: b}]", errors, 5).has_value());  // list, 1, map, a, b
  EXPECT_FALSE(ParseYaml("[1, {a: b}]", errors, 4).has_value());
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors.errors()[0].text, "5 values are more than the 4 allowed");
}

TEST(YamlDocument, KeepsTheLinesOfABlockThatEndsTheText) {
  EXPECT_EQ(ValueOf("a: |\n  b\n", "a"), "b\n");
  EXPECT_EQ(ValueOf("a: |\n  b", "a"), "b");
  EXPECT_EQ(ValueOf("a: |-\n  b\n\n", "a"), "b");
  EXPECT_EQ(ValueOf("a: b\n...\n", "a"), "b");
  EXPECT_EQ(ValueOf("{\"a\": \"b\"}\n", "a"), "b");
}

}  // namespace
}  // namespace sluice::config
