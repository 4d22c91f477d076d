#include "controlplane/discovery/file_source.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "test/controlplane/discovery/endpoints.h"
#include "test/support/manual_clock.h"

namespace sluice::discovery {
namespace {

class FileSourceTest : public testing::Test {
 protected:
  FileSourceTest() {
    path_ = testing::TempDir() + "/endpoints_" +
            testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove(path_);
  }

  // Replaces the file as a careful writer does: by rename.
  void Write(const std::string& text) {
    std::ofstream(path_ + ".new") << text;
    std::filesystem::rename(path_ + ".new", path_);
  }
  void WritePorts(uint32_t first, uint32_t count) {
    std::string text = "endpoints:\n";
    for (uint32_t i = 0; i < count; ++i) {
      text += "- {address: 10.0.0.1, port: " + std::to_string(first + i) + "}\n";
    }
    Write(count == 0 ? "endpoints: []" : text);
    source_.Poll();
  }

  std::string path_;
  test::ManualClock clock_;
  Catalog catalog_{1};
  std::vector<SourceProblem> problems_;
  std::vector<LossAlarm> alarms_;
  FileSource source_{catalog_, clock_, [this](const SourceProblem& p) { problems_.push_back(p); },
                     [this](const LossAlarm& a) { alarms_.push_back(a); }};
};

TEST_F(FileSourceTest, ReadsAtOnceAndAgainWhenReplaced) {
  Write("endpoints: [{address: 10.0.0.1, port: 80, zone: a}]");
  source_.SetServices({{"a/x", path_}});
  EXPECT_EQ(Text(catalog_, "a/x"), "10.0.0.1:80@a");
  source_.Poll();
  EXPECT_EQ(catalog_.position().seq, 1u);
  Write("endpoints: [{address: 10.0.0.2, port: 80}]");
  source_.Poll();
  EXPECT_EQ(Text(catalog_, "a/x"), "10.0.0.2:80");
  EXPECT_TRUE(problems_.empty());
}

TEST_F(FileSourceTest, ABadFileKeepsTheOldAndIsAProblemUntilItIsGood) {
  Write("endpoints: [{address: 10.0.0.1, port: 80}]");
  source_.SetServices({{"a/x", path_}});
  Write("endpoints: [{address: 10.0.0.1, prot: 80}]");
  source_.Poll();
  source_.Poll();
  EXPECT_EQ(Text(catalog_, "a/x"), "10.0.0.1:80");
  ASSERT_EQ(problems_.size(), 1u) << "said once";
  EXPECT_EQ(problems_[0].text, "line 1: endpoints[0].prot: no such field");
  EXPECT_EQ(problems_[0].source, "file:" + path_);
  EXPECT_TRUE(problems_[0].stands);
  Write("endpoints: [{address: 10.0.0.3, port: 80}]");
  source_.Poll();
  EXPECT_EQ(Text(catalog_, "a/x"), "10.0.0.3:80");
  ASSERT_EQ(problems_.size(), 2u);
  EXPECT_FALSE(problems_[1].stands);
}

TEST_F(FileSourceTest, AMissingFileIsAProblemAndMayComeLater) {
  source_.SetServices({{"a/x", path_}});
  ASSERT_EQ(problems_.size(), 1u);
  EXPECT_EQ(problems_[0].text, "cannot be read: No such file or directory");
  WritePorts(80, 1);
  EXPECT_EQ(Text(catalog_, "a/x"), "10.0.0.1:80");
  std::filesystem::remove(path_);
  source_.Poll();
  EXPECT_EQ(Text(catalog_, "a/x"), "10.0.0.1:80") << "a removed file is a bad file";
}

TEST_F(FileSourceTest, ForgetsServicesThatHaveNoFileAnyMore) {
  Write("endpoints: [{address: 10.0.0.1, port: 80}]");
  source_.SetServices({{"a/x", path_}, {"a/y", path_}});
  source_.SetServices({{"a/y", path_}});
  EXPECT_EQ(Text(catalog_, "a/x"), "none");
  EXPECT_EQ(Text(catalog_, "a/y"), "10.0.0.1:80");
  source_.SetServices({{"a/y", path_ + ".missing"}});
  EXPECT_EQ(Text(catalog_, "a/y"), "10.0.0.1:80") << "until the other file was read";
}

TEST_F(FileSourceTest, HoldsALossOfOverHalfUntilMostAreBack) {
  source_.SetServices({{"a/x", path_}});
  WritePorts(100, 20);
  clock_.Advance(std::chrono::hours(1));
  WritePorts(100, 9);
  EXPECT_EQ(Count(catalog_, "a/x"), 20u);
  ASSERT_EQ(alarms_.size(), 1u);
  EXPECT_EQ(alarms_[0].source, "file:" + path_);
  EXPECT_EQ(alarms_[0].lost, 11u);
  EXPECT_EQ(alarms_[0].of, 20u);
  clock_.Advance(std::chrono::hours(1));
  WritePorts(100, 0);
  EXPECT_EQ(Count(catalog_, "a/x"), 20u);
  EXPECT_EQ(alarms_.size(), 1u);
  WritePorts(100, 10);
  EXPECT_EQ(Count(catalog_, "a/x"), 10u) << "exactly half is believed";
  ASSERT_EQ(alarms_.size(), 2u);
  EXPECT_FALSE(alarms_[1].stands);
}

TEST_F(FileSourceTest, SmallAndSlowLossesAreBelieved) {
  source_.SetServices({{"a/x", path_}});
  WritePorts(100, 9);
  clock_.Advance(std::chrono::hours(1));
  WritePorts(100, 0);
  EXPECT_EQ(Count(catalog_, "a/x"), 0u) << "nine are less than ten";
  WritePorts(100, 20);
  for (const uint32_t left : {11, 6, 3}) {
    clock_.Advance(FileSource::kLossWindow);
    WritePorts(100, left);
    EXPECT_EQ(Count(catalog_, "a/x"), left);
  }
  EXPECT_TRUE(alarms_.empty());
}

TEST_F(FileSourceTest, StepsWithinOneWindowCountTogether) {
  source_.SetServices({{"a/x", path_}});
  WritePorts(100, 20);
  clock_.Advance(FileSource::kLossWindow);
  WritePorts(100, 12);
  EXPECT_EQ(Count(catalog_, "a/x"), 12u);
  clock_.Advance(FileSource::kLossWindow / 2);
  WritePorts(100, 6);
  EXPECT_EQ(Count(catalog_, "a/x"), 12u);
  EXPECT_EQ(alarms_.size(), 1u);
}

TEST_F(FileSourceTest, SomebodyMayBelieveTheLoss) {
  source_.SetServices({{"a/x", path_}});
  WritePorts(100, 20);
  clock_.Advance(FileSource::kLossWindow);
  WritePorts(100, 2);
  source_.Release("a/x");
  source_.Release("a/x");
  EXPECT_EQ(Count(catalog_, "a/x"), 2u);
  ASSERT_EQ(alarms_.size(), 2u);
  EXPECT_FALSE(alarms_[1].stands);
}

}  // namespace
}  // namespace sluice::discovery
