#include "controlplane/main/runtime_dir.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sluice::main {
namespace {

class RuntimeDirTest : public testing::Test {
 protected:
  RuntimeDirTest() {
    std::filesystem::remove_all(parent_);
    std::filesystem::create_directories(parent_);
  }
  size_t Entries() const {
    return static_cast<size_t>(
        std::distance(std::filesystem::directory_iterator(parent_), std::filesystem::directory_iterator()));
  }

  const std::string parent_ =
      testing::TempDir() + testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(RuntimeDirTest, IsThereForItsOwnerAloneAndGoesWithIt) {
  auto dir = *RuntimeDir::Make(parent_);
  EXPECT_EQ(dir->path().rfind(parent_ + "/sluice-judge.", 0), 0u);
  EXPECT_EQ(std::filesystem::status(dir->path()).permissions(), std::filesystem::perms::owner_all);
  std::ofstream(dir->path() + "/socket") << "x";
  dir.reset();
  EXPECT_EQ(Entries(), 0u);
}

TEST_F(RuntimeDirTest, WhatAKilledProcessLeftIsRemovedByTheNext) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto dir = RuntimeDir::Make(parent_);
    std::ofstream((*dir)->path() + "/judge.sock") << "x";
    if (write(ready[1], "r", 1) != 1) _exit(1);
    pause();
  }
  char byte;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  {
    const auto other = *RuntimeDir::Make(parent_);
    EXPECT_EQ(Entries(), 2u);  // who lives keeps its own
  }
  ASSERT_EQ(kill(child, SIGKILL), 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(Entries(), 1u);
  const auto next = *RuntimeDir::Make(parent_);
  EXPECT_EQ(Entries(), 1u);
  EXPECT_TRUE(std::filesystem::is_empty(next->path()));
}

TEST_F(RuntimeDirTest, WhatIsNotOursStays) {
  std::filesystem::create_directories(parent_ + "/another.XXXX");
  std::filesystem::create_symlink(parent_ + "/another.XXXX", parent_ + "/sluice-judge.link");
  std::ofstream(parent_ + "/sluice-judge.file") << "x";
  const auto dir = *RuntimeDir::Make(parent_);
  EXPECT_EQ(Entries(), 4u);
}

TEST_F(RuntimeDirTest, TheFolderOfABinaryThatTakesNoLockStays) {
  std::filesystem::create_directories(parent_ + "/sluice-control.abcdef");
  const auto dir = *RuntimeDir::Make(parent_);
  EXPECT_EQ(Entries(), 2u);
}

TEST_F(RuntimeDirTest, SaysWhyThereIsNone) {
  EXPECT_EQ(RuntimeDir::Make(parent_ + "/none").status().message(),
            "no folder can be made in " + parent_ + "/none: No such file or directory");
}

}  // namespace
}  // namespace sluice::main
