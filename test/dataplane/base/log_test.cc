#include "dataplane/base/log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::base {
namespace {

std::vector<std::string> lines;

void Keep(LogLevel level, std::string_view text) {
  lines.push_back(std::string(LogLevelName(level)) + " " + std::string(text));
}

class LogTest : public testing::Test {
 protected:
  LogTest() {
    lines.clear();
    SetLogSink(&Keep);
  }
  ~LogTest() override {
    SetLogSink(nullptr);
    SetLogLevel(LogLevel::kInfo);
  }
};

TEST_F(LogTest, FormatsItsArguments) {
  LogWarn("listener '{}': {} sockets", "web", 4);
  EXPECT_EQ(lines, (std::vector<std::string>{"warn listener 'web': 4 sockets"}));
}

TEST_F(LogTest, DropsWhatIsBelowTheLevelAndFollowsAChange) {
  LogDebug("a");
  LogInfo("b");
  SetLogLevel(LogLevel::kError);
  LogWarn("c");
  LogError("d");
  SetLogLevel(LogLevel::kOff);
  LogError("e");
  SetLogLevel(LogLevel::kDebug);
  LogDebug("f");
  EXPECT_EQ(lines, (std::vector<std::string>{"info b", "error d", "debug f"}));
}

TEST_F(LogTest, ParsesTheNamesOfTheCommandLineAndNothingElse) {
  for (const LogLevel level : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn,
                               LogLevel::kError, LogLevel::kOff}) {
    EXPECT_EQ(ParseLogLevel(LogLevelName(level)), level);
  }
  EXPECT_EQ(ParseLogLevel("INFO"), std::nullopt);
  EXPECT_EQ(ParseLogLevel(""), std::nullopt);
}

TEST_F(LogTest, WritesLinesToStderrWithTimeLevelAndText) {
  SetLogSink(nullptr);
  testing::internal::CaptureStderr();
  LogError("at once {}", 1);
  const std::string direct = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(direct.ends_with("] at once 1\n")) << direct;
  EXPECT_NE(direct.find("Z error ["), std::string::npos) << direct;
}

TEST_F(LogTest, FlushWritesWhatTheBackgroundThreadStillHas) {
  SetLogSink(nullptr);
  testing::internal::CaptureStderr();
  LogInBackground();
  for (int i = 0; i < 100; ++i) LogInfo("line {}", i);
  FlushLog();
  LogInfo("after");
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("line 0\n"), std::string::npos);
  EXPECT_NE(text.find("line 99\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("] after\n")) << text;
}

}  // namespace
}  // namespace sluice::base
