#include "dataplane/proxy/log_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dataplane/base/log.h"

namespace sluice::proxy {
namespace {

using config::LogSinkKind;

std::string ReadAll(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string Numbered(int i) {
  return "line " + std::to_string(i) + " " + std::string(90, '.') + "\n";
}

// Fails unless `text` consists of whole lines of Numbered with rising numbers; returns how many.
int CheckLines(const std::string& text) {
  std::istringstream in(text);
  int last = -1;
  int count = 0;
  for (std::string line; std::getline(in, line); ++count) {
    int number = 0;
    EXPECT_EQ(std::sscanf(line.c_str(), "line %d", &number), 1) << line;
    EXPECT_EQ(line + "\n", Numbered(number));
    EXPECT_GT(number, last);
    last = number;
  }
  return count;
}

class LogSinkTest : public testing::Test {
 protected:
  LogSinkTest() {
    const char* name = testing::UnitTest::GetInstance()->current_test_info()->name();
    dir_ = testing::TempDir() + "/log_sink_" + name + std::to_string(getpid());
    std::filesystem::create_directories(dir_);
    base::SetLogSink([](base::LogLevel, std::string_view) {});
  }
  ~LogSinkTest() override {
    base::SetLogSink(nullptr);
    std::filesystem::remove_all(dir_);
  }
  std::string dir_;
  stats::LogStats stats_;
  base::MonoTime now_{std::chrono::seconds(1)};
};

TEST_F(LogSinkTest, AppendsToWhatTheFileHolds) {
  const std::string path = dir_ + "/log";
  std::ofstream(path) << "before\n";
  LogSink sink(LogSinkKind::kFile, path, stats_);
  sink.Append("one\n", now_);
  sink.Append("two\n", now_);
  EXPECT_EQ(ReadAll(path), "before\n");
  sink.Flush(now_);
  EXPECT_EQ(ReadAll(path), "before\none\ntwo\n");
  EXPECT_EQ(stats_.lines_written.value(), 2u);
  EXPECT_TRUE(sink.empty());
}

TEST_F(LogSinkTest, AFullBatchIsWrittenAtOnce) {
  const std::string path = dir_ + "/log";
  LogSink sink(LogSinkKind::kFile, path, stats_);
  for (int i = 0; i < 1000; ++i) sink.Append(Numbered(i), now_);
  EXPECT_GE(ReadAll(path).size(), LogSink::kBatch);
}

TEST_F(LogSinkTest, ReopenFollowsARename) {
  const std::string path = dir_ + "/log";
  LogSink sink(LogSinkKind::kFile, path, stats_);
  sink.Append("old\n", now_);
  sink.Flush(now_);
  std::filesystem::rename(path, path + ".1");
  sink.Append("still old\n", now_);
  sink.Flush(now_);
  sink.Append("last old\n", now_);
  sink.Reopen(now_);
  sink.Append("new\n", now_);
  sink.Flush(now_);
  EXPECT_EQ(ReadAll(path + ".1"), "old\nstill old\nlast old\n");
  EXPECT_EQ(ReadAll(path), "new\n");
}

TEST_F(LogSinkTest, AMissingDirectoryIsTriedAgainEachSecond) {
  const std::string path = dir_ + "/sub/log";
  LogSink sink(LogSinkKind::kFile, path, stats_);
  sink.Append("kept\n", now_);
  sink.Flush(now_);
  sink.Flush(now_ + std::chrono::milliseconds(500));
  EXPECT_EQ(stats_.open_errors.value(), 1u);
  std::filesystem::create_directories(dir_ + "/sub");
  sink.Flush(now_ + std::chrono::seconds(1));
  EXPECT_EQ(ReadAll(path), "kept\n");
}

// Reliability F27: the reader of a pipe is stopped.
TEST_F(LogSinkTest, APipeNobodyReadsDropsWholeLinesAndGoesOnLater) {
  const std::string path = dir_ + "/pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  LogSink sink(LogSinkKind::kFile, path, stats_);
  int next = 0;
  for (; next < 10'000; ++next) sink.Append(Numbered(next), now_);
  EXPECT_GT(stats_.lines_dropped.value(), 5'000u);
  EXPECT_EQ(stats_.write_errors.value(), 0u);
  std::string read;
  const auto take = [&] {
    char chunk[5000];
    for (ssize_t n; (n = ::read(reader, chunk, sizeof chunk)) > 0;) {
      read.append(chunk, static_cast<size_t>(n));
      sink.Flush(now_);
    }
  };
  take();
  sink.Append(Numbered(next), now_);
  sink.Flush(now_);
  take();
  close(reader);
  const int lines = CheckLines(read);
  EXPECT_EQ(static_cast<uint64_t>(lines), stats_.lines_written.value());
  EXPECT_EQ(lines + static_cast<int>(stats_.lines_dropped.value()), next + 1);
  EXPECT_TRUE(read.ends_with(Numbered(next)));
}

// Reliability F27: the disk is full. A limit on the file's size stands in for it: the kernel takes
// what fits and then says no.
TEST_F(LogSinkTest, AFullDiskDropsWholeLinesAndGoesOnLater) {
  const std::string path = dir_ + "/log";
  sigset_t xfsz;
  sigemptyset(&xfsz);
  sigaddset(&xfsz, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &xfsz, nullptr);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 100'000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  LogSink sink(LogSinkKind::kFile, path, stats_);
  int next = 0;
  for (; next < 10'000; ++next) {
    sink.Append(Numbered(next), now_);
    if (next % 1000 == 0) sink.Flush(now_);
  }
  EXPECT_EQ(std::filesystem::file_size(path), 100'000u);
  EXPECT_GT(stats_.write_errors.value(), 0u);
  EXPECT_GT(stats_.lines_dropped.value(), 1'000u);
  setrlimit(RLIMIT_FSIZE, &before);  // somebody made room
  sink.Flush(now_);
  EXPECT_TRUE(sink.empty());
  const int lines = CheckLines(ReadAll(path));
  EXPECT_EQ(lines + static_cast<int>(stats_.lines_dropped.value()), next);
}

TEST_F(LogSinkTest, ALineCutByReopenDoesNotContinueInTheNewFile) {
  const std::string path = dir_ + "/pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  LogSink sink(LogSinkKind::kFile, path, stats_);
  for (int i = 0; i < 2'000; ++i) sink.Append(Numbered(i), now_);
  sink.Flush(now_);  // the pipe took part of them, the last one only half
  std::filesystem::remove(path);
  sink.Reopen(now_);
  sink.Flush(now_);
  close(reader);
  EXPECT_GT(CheckLines(ReadAll(path)), 100);
}

TEST_F(LogSinkTest, WhatIsAbandonedIsCounted) {
  LogSink sink(LogSinkKind::kFile, dir_ + "/no/log", stats_);
  sink.Append("a\n", now_);
  sink.Append("b\n", now_);
  sink.Flush(now_);
  sink.Abandon();
  EXPECT_EQ(stats_.lines_dropped.value(), 2u);
}

// The position of a file that stdout and others share must not be lost, and a pipe on it must not
// become non-blocking for them.
TEST_F(LogSinkTest, StdoutIsSharedWithTheProcess) {
  const std::string path = dir_ + "/out";
  const int saved = dup(STDOUT_FILENO);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  dup2(file, STDOUT_FILENO);
  {
    LogSink sink(LogSinkKind::kStdout, "", stats_);
    ASSERT_EQ(write(STDOUT_FILENO, "first\n", 6), 6);
    sink.Append("log\n", now_);
    sink.Flush(now_);
    ASSERT_EQ(write(STDOUT_FILENO, "last\n", 5), 5);
  }
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  dup2(ends[1], STDOUT_FILENO);
  LogSink sink(LogSinkKind::kStdout, "", stats_);
  for (int i = 0; i < 10'000; ++i) sink.Append(Numbered(i), now_);
  EXPECT_EQ(fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK, 0);
  dup2(saved, STDOUT_FILENO);
  for (int fd : {saved, file, ends[0], ends[1]}) close(fd);
  EXPECT_EQ(ReadAll(path), "first\nlog\nlast\n");
  EXPECT_GT(stats_.lines_dropped.value(), 0u);
}

}  // namespace
}  // namespace sluice::proxy
