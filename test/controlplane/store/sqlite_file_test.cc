#include "controlplane/store/sqlite_file.h"

#include <fstream>
#include <random>

#include "test/controlplane/store/stores.h"

namespace sluice::store {
namespace {

constexpr std::chrono::milliseconds kNoWait{0};

std::string Slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Spill(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// A closed file with some history, its log folded in.
std::string FilledFile(const std::string& name) {
  const std::string path = FreshPath(name);
  const std::unique_ptr<SqliteStore> store = OpenSqlite(path);
  for (int i = 0; i < 20; ++i)
    Push(*store, {Put("a/x", "value-of-" + std::to_string(i)), Put("a/y", std::string(5000, 'y'))});
  EXPECT_TRUE(store->WriteLive({"endpoints", 0, {{"lease", "live-bytes"}}}).ok());
  return path;
}

absl::Status Reopen(const std::string& path) { return SqliteStore::Open(path).status(); }

TEST(SqliteFileTest, MakesAWholeFileAndNoOther) {
  const std::string path = FreshPath("made");
  ASSERT_TRUE(CreateStoreFile(path, kNoWait).ok());
  ASSERT_TRUE(CreateStoreFile(path, kNoWait).ok());
  EXPECT_TRUE(Reopen(path).ok());
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(path).parent_path())) {
    EXPECT_EQ(entry.path().string().find(".new"), std::string::npos) << entry.path();
  }
}

TEST(SqliteFileTest, AFolderThatIsMissingIsNamed) {
  const absl::Status status = Reopen(FreshPath("x") + "/no/such/store");
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

TEST(SqliteFileTest, RefusesAnEmptyFile) {
  const std::string path = FreshPath("empty");
  Spill(path, "");
  const absl::Status status = Reopen(path);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_EQ(status.message(), "store " + path +
                                  ": is empty; restore a backup, or move the file "
                                  "away to begin with an empty store");
}

TEST(SqliteFileTest, RefusesALogWithoutItsDatabase) {
  const std::string path = FreshPath("alone");
  Spill(path + "-wal", "x");
  EXPECT_TRUE(absl::IsDataLoss(Reopen(path)));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(SqliteFileTest, RefusesWhatIsNoDatabase) {
  const std::string path = FreshPath("text");
  Spill(path, std::string(10000, 't'));
  EXPECT_TRUE(absl::IsDataLoss(Reopen(path)));
}

TEST(SqliteFileTest, RefusesSomebodyElsesDatabase) {
  const std::string path = FreshPath("foreign");
  SqliteConnection other = *SqliteConnection::Create(path, kNoWait);
  ASSERT_TRUE(other.Execute("CREATE TABLE t (x)").ok());
  const absl::Status status = Reopen(path);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
}

TEST(SqliteFileTest, RefusesANewerSchema) {
  const std::string path = FilledFile("newer");
  ASSERT_TRUE(SqliteConnection::Open(path, kNoWait)->Execute("PRAGMA user_version = 2").ok());
  const absl::Status status = Reopen(path);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
}

TEST(SqliteFileTest, RefusesAFileThatWasCutAnywhere) {
  const std::string path = FilledFile("cut");
  const std::string whole = Slurp(path);
  for (const size_t size :
       {size_t{100}, size_t{4096}, whole.size() / 2, whole.size() - 4096, whole.size() - 1}) {
    Spill(path, std::string_view(whole).substr(0, size));
    const absl::Status status = Reopen(path);
    EXPECT_TRUE(absl::IsDataLoss(status)) << size << ": " << status;
  }
}

TEST(SqliteFileTest, FindsAChangedByteInsideAValue) {
  for (const std::string needle : {"value-of-7", "live-bytes"}) {
    const std::string path = FilledFile("changed");
    std::string bytes = Slurp(path);
    const size_t place = bytes.find(needle);
    ASSERT_NE(place, std::string::npos);
    bytes[place] ^= 1;
    Spill(path, bytes);
    const absl::Status status = Reopen(path);
    EXPECT_TRUE(absl::IsDataLoss(status)) << needle << ": " << status;
    EXPECT_NE(status.message().find("its bytes have changed"), absl::string_view::npos) << status;
  }
}

TEST(SqliteFileTest, FindsAMissingRevision) {
  const std::string path = FilledFile("missing");
  ASSERT_TRUE(SqliteConnection::Open(path, kNoWait)
                  ->Execute("DELETE FROM revisions WHERE number = 7")
                  .ok());
  const absl::Status status = Reopen(path);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_NE(status.message().find("revision 7 is missing"), absl::string_view::npos) << status;
}

// F10: what opens in spite of a flipped byte must read as before (the byte was in no use).
TEST(SqliteFileTest, NoFlippedByteChangesWhatIsServed) {
  const std::string path = FilledFile("flipped");
  const std::string whole = Slurp(path);
  const std::string content = Content(*OpenSqlite(path), 0);
  std::mt19937 random(20261124);
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    std::string bytes = whole;
    bytes[random() % bytes.size()] ^= static_cast<char>(1 + random() % 255);
    FreshPath("flipped");
    Spill(path, bytes);
    absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path);
    if (!store.ok()) {
      ++refused;
      continue;
    }
    EXPECT_EQ(*(*store)->Head(), 20u) << round;
    EXPECT_EQ(Content(**store, 0), content) << round;
  }
  EXPECT_GT(refused, 150);
}

}  // namespace
}  // namespace sluice::store
