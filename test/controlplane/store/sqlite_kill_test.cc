// F10: a writing process is killed 200 times at random points; no acknowledged revision may be lost
// and none may be half there.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "test/controlplane/store/stores.h"

namespace sluice::store {
namespace {

constexpr int kKills = 200;

// Every revision N is this: the objects r/0 to r/2 in a chunk each, all with the value "N".
std::vector<Write> WritesOf(uint64_t revision) {
  std::vector<Write> writes;
  for (int i = 0; i < 3; ++i)
    writes.push_back(Put("r/" + std::to_string(i), std::to_string(revision)));
  return writes;
}

std::string ContentOf(uint64_t revision) {
  const std::string n = std::to_string(revision);
  return revision == 0 ? "" : "r/0=" + n + " r/1=" + n + " r/2=" + n;
}

// Publishes for ever, each write in a transaction of its own, and tells what was acknowledged.
[[noreturn]] void WriteForEver(const std::string& path, int acknowledge_fd) {
  absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path);
  for (uint64_t head = store.ok() ? *(*store)->Head() : 0; store.ok(); ++head) {
    const absl::StatusOr<Draft> draft = (*store)->Begin(head);
    if (!draft.ok()) break;
    for (const Write& write : WritesOf(head + 1)) {
      if (!(*store)->Stage(*draft, {&write, 1}).ok()) _exit(3);
    }
    const absl::StatusOr<Published> published = (*store)->Publish(*draft, {}, {});
    if (!published.ok()) _exit(4);
    if (write(acknowledge_fd, &published->revision, sizeof(uint64_t)) != sizeof(uint64_t)) break;
  }
  _exit(2);
}

// Kills a fresh writer after `patience`; returns the last revision that it acknowledged, else
// `last`.
uint64_t RunAndKill(const std::string& path, std::chrono::microseconds patience, uint64_t last) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    WriteForEver(path, ends[1]);
  }
  close(ends[1]);
  const timespec time{0, patience.count() * 1000};
  ppoll(nullptr, 0, &time, nullptr);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
  uint64_t acknowledged = 0;
  while (read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
    last = acknowledged;
  }
  close(ends[0]);
  return last;
}

TEST(SqliteKillTest, NoAcknowledgedRevisionIsLostAndNoneIsHalfThere) {
  const std::string path = FreshPath("killed");
  std::mt19937 random(20261124);
  uint64_t acknowledged = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    const std::chrono::microseconds patience(1000 + random() % 60'000);
    acknowledged = RunAndKill(path, patience, acknowledged);
    const absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path);
    ASSERT_TRUE(store.ok()) << kill << ": " << store.status();
    const uint64_t head = *(*store)->Head();
    ASSERT_GE(head, acknowledged) << kill;
    ASSERT_LE(head, acknowledged + 1) << "only one can be under way";
    for (uint64_t revision = head > 3 ? head - 3 : 1; revision <= head && head > 0; ++revision) {
      ASSERT_EQ(Content(**store, revision), ContentOf(revision)) << kill;
    }
    acknowledged = head;  // What somebody has read counts as acknowledged.
  }
  EXPECT_GT(acknowledged, 100u) << "the writers hardly got to write";
}

}  // namespace
}  // namespace sluice::store
