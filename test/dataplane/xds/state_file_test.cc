#include "dataplane/xds/state_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

namespace sluice::xds {
namespace {

class StateFileTest : public testing::Test {
 protected:
  StateFileTest() {
    std::string pattern = testing::TempDir() + "/stateXXXXXX";
    folder = mkdtemp(pattern.data());
    path = folder + "/revision";
    file.mutable_revision()->set_number(41);
    file.mutable_revision()->set_group("g");
  }
  void WriteBytes(const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  std::string Bytes() const { return FrameState(file.SerializeAsString()); }

  std::string folder;
  std::string path;
  state::v1::File file;
};

TEST_F(StateFileTest, GivesBackWhatWasWritten) {
  ASSERT_TRUE(WriteStateFile(path, file).ok());
  const auto read = ReadStateFile(path);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->revision().number(), 41u);
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_NE(stat((path + ".tmp").c_str(), &info), 0) << "nothing is left beside it";
}

TEST_F(StateFileTest, TheFormatIsTheOneThatIsWrittenDown) {
  const std::string bytes = FrameState("ab");
  ASSERT_EQ(bytes.size(), 8u + 8 + 2 + 32);
  EXPECT_EQ(bytes.substr(0, 18), std::string("SLUICE1\n\2\0\0\0\0\0\0\0ab", 18));
}

TEST_F(StateFileTest, AMissingFileIsNoError) {
  EXPECT_TRUE(absl::IsNotFound(ReadStateFile(path).status()));
}

TEST_F(StateFileTest, ATruncatedFileIsNotUsedWhereverItEnds) {
  const std::string bytes = Bytes();
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_TRUE(absl::IsDataLoss(UnframeState(bytes.substr(0, length)).status())) << length;
  }
  EXPECT_TRUE(absl::IsDataLoss(UnframeState(bytes + "x").status()));
}

TEST_F(StateFileTest, AFileWithAnyByteAlteredIsNotUsed) {
  const std::string bytes = Bytes();
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string altered = bytes;
      altered[i] = static_cast<char>(altered[i] ^ flip);
      EXPECT_TRUE(absl::IsDataLoss(UnframeState(altered).status())) << i;
    }
  }
}

TEST_F(StateFileTest, ForeignFilesAreNamed) {
  WriteBytes("#!/bin/sh\n");
  EXPECT_EQ(std::string(ReadStateFile(path).status().message()),
            path + " is no state file of Sluice");
  WriteBytes(FrameState("\xff\xff not a message"));
  EXPECT_EQ(std::string(ReadStateFile(path).status().message()), path + " holds another message");
  EXPECT_FALSE(ReadStateFile(folder).ok());
}

TEST_F(StateFileTest, AWriteThatFailsLeavesTheOldFile) {
  ASSERT_TRUE(WriteStateFile(path, file).ok());
  ASSERT_EQ(mkdir((path + ".tmp").c_str(), 0700), 0);
  file.mutable_revision()->set_number(42);
  EXPECT_FALSE(WriteStateFile(path, file).ok());
  EXPECT_EQ(ReadStateFile(path)->revision().number(), 41u);
}

}  // namespace
}  // namespace sluice::xds
