#include "controlplane/judge/child.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <future>

namespace sluice::judge {
namespace {

// A shell that runs `script`, and its end.
struct Shell {
  explicit Shell(const std::string& script) {
    auto started = Child::Start({"/bin/sh", "-c", script}, [this](int status) { ended.set_value(status); });
    EXPECT_TRUE(started.ok()) << started.status();
    if (started.ok()) child = *std::move(started);
  }
  std::promise<int> ended;
  std::unique_ptr<Child> child;
};

TEST(ChildTest, ItsExitStatusIsTold) {
  Shell shell("exit 7");
  const int status = shell.ended.get_future().get();
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(ChildTest, AProgramThatIsNotThereIsNamed) {
  const auto child = Child::Start({"/nonexistent/proxy"}, [](int) { FAIL(); });
  EXPECT_TRUE(absl::IsNotFound(child.status()));
  EXPECT_NE(std::string(child.status().message()).find("/nonexistent/proxy"), std::string::npos);
}

TEST(ChildTest, AFileThatIsNoProgramEndsWith127) {
  const std::string path = testing::TempDir() + "no_program";
  FILE* file = fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  fputs(
      "\x7f"
      "ELF",
      file);
  fclose(file);
  ASSERT_EQ(chmod(path.c_str(), 0700), 0);
  std::promise<int> ended;
  const auto child = Child::Start({path}, [&](int status) { ended.set_value(status); });
  ASSERT_TRUE(child.ok());
  EXPECT_EQ(WEXITSTATUS(ended.get_future().get()), 127);
}

TEST(ChildTest, KillEndsItAtOnce) {
  Shell shell("exec sleep 1000");
  EXPECT_EQ(kill(shell.child->pid(), 0), 0);
  shell.child->Kill();
  const int status = shell.ended.get_future().get();
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  shell.child->Kill();  // it is gone: no harm to whoever has its number
}

TEST(ChildTest, EndsWithItsOwnerWhoIsToldBefore) {
  int told = 0;
  pid_t pid = 0;
  {
    auto child = Child::Start({"/bin/sh", "-c", "exec sleep 1000"}, [&](int) { ++told; });
    ASSERT_TRUE(child.ok());
    pid = (*child)->pid();
  }
  EXPECT_EQ(told, 1);
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(ChildTest, ReadsAndWritesNothingOfOurs) {
  Shell shell("read line && exit 1; echo hidden; exit 8");
  EXPECT_EQ(WEXITSTATUS(shell.ended.get_future().get()), 8);
}

TEST(ChildTest, SignalsThatWeBlockReachIt) {
  sigset_t term, before;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &term, &before);
  Shell shell("kill -TERM $$; exit 9");
  const int status = shell.ended.get_future().get();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

}  // namespace
}  // namespace sluice::judge
