#include "tools/sluicectl/arguments.h"

#include <gtest/gtest.h>

namespace sluice::ctl {
namespace {

const std::vector<FlagSpec> kFlags = {
    {"file", true, "f"}, {"wait", false, ""}, {"timeout", true, ""}, {"limit", true, ""}};

Arguments Parsed(const std::vector<std::string>& words) {
  std::string error;
  const std::optional<Arguments> arguments = Arguments::Parse(words, kFlags, error);
  EXPECT_TRUE(arguments) << error;
  return arguments.value_or(Arguments());
}

std::string ErrorOf(const std::vector<std::string>& words) {
  std::string error;
  EXPECT_FALSE(Arguments::Parse(words, kFlags, error));
  return error;
}

TEST(ArgumentsTest, FlagsMayStandAnywhere) {
  const Arguments arguments = Parsed({"a", "-f", "x", "b", "--file=y", "--wait", "-"});
  EXPECT_EQ(arguments.words(), (std::vector<std::string>{"a", "b", "-"}));
  EXPECT_EQ(arguments.All("file"), (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(arguments.Has("wait"));
  EXPECT_FALSE(arguments.Has("timeout"));
}

TEST(ArgumentsTest, TwoDashesEndTheFlags) {
  EXPECT_EQ(Parsed({"--", "--wait"}).words(), std::vector<std::string>{"--wait"});
}

TEST(ArgumentsTest, SaysWhatIsWrong) {
  EXPECT_EQ(ErrorOf({"--nope=1"}), "there is no flag --nope");
  EXPECT_EQ(ErrorOf({"-x"}), "there is no flag -x");
  EXPECT_EQ(ErrorOf({"--file"}), "--file needs a value");
  EXPECT_EQ(ErrorOf({"--wait=yes"}), "--wait takes no value");
}

TEST(ArgumentsTest, NumbersAndDurations) {
  const Arguments arguments = Parsed({"--limit", "7", "--timeout", "250ms"});
  std::string error;
  EXPECT_EQ(arguments.Number("limit", 1, error), 7u);
  EXPECT_EQ(Parsed({}).Number("limit", 1, error), 1u);
  EXPECT_EQ(arguments.Duration("timeout", absl::Seconds(1), error), absl::Milliseconds(250));
  EXPECT_EQ(Parsed({"--limit=x"}).Number("limit", 1, error), std::nullopt);
  EXPECT_EQ(error, "--limit must be a whole number, not 'x'");
  EXPECT_EQ(Parsed({"--timeout=5"}).Duration("timeout", absl::Seconds(1), error), std::nullopt);
  EXPECT_EQ(error, "--timeout must be a duration such as 30s, not '5'");
}

}  // namespace
}  // namespace sluice::ctl
