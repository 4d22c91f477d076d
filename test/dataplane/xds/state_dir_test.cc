#include "dataplane/xds/state_dir.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>

#include "test/dataplane/config/resource_text.h"

namespace sluice::xds {
namespace {

using config::ResourceType;
using Slot = StateDir::Slot;

class StateDirTest : public testing::Test {
 protected:
  StateDirTest() {
    std::string pattern = testing::TempDir() + "/stateXXXXXX";
    path = std::string(mkdtemp(pattern.data())) + "/dir";
    directory = *StateDir::Open(path);
  }
  static Revision RevisionOf(uint64_t number) {
    Revision revision;
    revision.number = number;
    revision.group = "g";
    revision.digest = {static_cast<uint8_t>(number)};
    config::Put(revision.resources, ResourceType::kCluster,
                config::ClusterOf(config::StaticClusterText("c")));
    config::Put(revision.resources, ResourceType::kRoute,
                config::RoutesOf(config::AnsweringRoutes("r", "x")));
    config::Put(revision.resources, ResourceType::kListener,
                config::ListenerOf(config::RdsListenerText("l", "r")));
    return revision;
  }
  void Store(uint64_t number, StateDir::Before before = StateDir::Before::kKeep) {
    ASSERT_TRUE(directory->StoreRevision(RevisionOf(number), time, before).ok());
  }
  // 0 without a usable one.
  uint64_t NumberIn(Slot slot) const {
    const auto stored = directory->LoadRevision(slot);
    return stored.ok() ? stored->revision.number : 0;
  }

  const StateDir::WallTime time{std::chrono::seconds(1'800'000'000)};
  std::string path;
  std::unique_ptr<StateDir> directory;
};

TEST_F(StateDirTest, ARevisionComesBackWhole) {
  Store(41);
  const auto stored = directory->LoadRevision(Slot::kCurrent);
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(stored->served, time);
  EXPECT_EQ(stored->revision.number, 41u);
  EXPECT_EQ(stored->revision.group, "g");
  EXPECT_EQ(stored->revision.digest, RevisionOf(41).digest);
  ASSERT_EQ(stored->revision.resources.listeners.size(), 1u);
  EXPECT_EQ(stored->revision.resources.listeners.at("l")->version, "1");
  EXPECT_EQ(stored->revision.resources.listeners.at("l")->references,
            std::vector<std::string>{"r"});
  EXPECT_EQ(stored->revision.resources.clusters.at("c")->content,
            RevisionOf(1).resources.clusters.at("c")->content);
}

TEST_F(StateDirTest, TheRevisionBeforeIsKept) {
  Store(1);
  EXPECT_EQ(NumberIn(Slot::kPrevious), 0u);
  Store(2);
  EXPECT_EQ(NumberIn(Slot::kCurrent), 2u);
  EXPECT_EQ(NumberIn(Slot::kPrevious), 1u);
  Store(2);
  EXPECT_EQ(NumberIn(Slot::kPrevious), 1u) << "the same again is no new one";
  Store(3, StateDir::Before::kDrop);
  EXPECT_EQ(NumberIn(Slot::kCurrent), 3u);
  EXPECT_EQ(NumberIn(Slot::kPrevious), 1u);
}

TEST_F(StateDirTest, EndpointsAndStartsComeBack) {
  const config::ResourceRef one = config::AssignmentOf(config::AssignmentText("c", 7001));
  ASSERT_TRUE(directory->StoreEndpoints(std::vector{one}, time).ok());
  const auto endpoints = directory->LoadEndpoints();
  ASSERT_TRUE(endpoints.ok());
  EXPECT_EQ(endpoints->written, time);
  ASSERT_EQ(endpoints->assignments.size(), 1u);
  EXPECT_EQ(endpoints->assignments[0]->content, one->content);
  state::v1::Starts starts;
  starts.add_starts()->set_digest("d");
  ASSERT_TRUE(directory->StoreStarts(starts).ok());
  EXPECT_EQ(directory->LoadStarts()->starts(0).digest(), "d");
}

TEST_F(StateDirTest, AFileOfAnotherKindIsNotUsed) {
  Store(1);
  ASSERT_EQ(std::rename((path + "/revision").c_str(), (path + "/endpoints").c_str()), 0);
  EXPECT_TRUE(absl::IsDataLoss(directory->LoadEndpoints().status()));
  EXPECT_TRUE(absl::IsNotFound(directory->LoadRevision(Slot::kCurrent).status()));
}

TEST_F(StateDirTest, OnlyOneProcessHasIt) {
  EXPECT_TRUE(absl::IsUnavailable(StateDir::Open(path).status()));
  directory = nullptr;
  EXPECT_TRUE(StateDir::Open(path).ok());
}

TEST_F(StateDirTest, TheFolderIsOursAlone) {
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  directory = nullptr;
  ASSERT_EQ(chmod(path.c_str(), 0777), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(StateDir::Open(path).status()));
}

}  // namespace
}  // namespace sluice::xds
