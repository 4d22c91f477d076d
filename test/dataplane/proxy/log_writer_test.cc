#include "dataplane/proxy/log_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "dataplane/base/log.h"
#include "dataplane/proxy/access_log.h"
#include "test/dataplane/proxy/logged_exchange.h"

namespace sluice::proxy {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

size_t CountLines(const std::string& path) {
  const std::string text = ReadAll(path);
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

// 0 for a file that is not there yet.
size_t SizeOf(const std::string& path) {
  std::error_code absent;
  const auto size = std::filesystem::file_size(path, absent);
  return absent ? 0 : static_cast<size_t>(size);
}

class LogWriterTest : public testing::Test {
 protected:
  LogWriterTest() {
    const char* name = testing::UnitTest::GetInstance()->current_test_info()->name();
    dir_ = testing::TempDir() + "/log_writer_" + name + std::to_string(getpid());
    std::filesystem::create_directories(dir_);
    base::SetLogSink([](base::LogLevel, std::string_view) {});
  }
  ~LogWriterTest() override {
    base::SetLogSink(nullptr);
    std::filesystem::remove_all(dir_);
  }
  static config::HttpConfig ConfigOf(
      std::vector<std::shared_ptr<const config::AccessLogSpec>> logs) {
    config::HttpConfig config;
    config.access_logs = std::move(logs);
    return config;
  }
  std::string dir_;
  buffer::BlockPool pool_;
  stats::HttpStats stats_;
};

TEST_F(LogWriterTest, LinesArriveWithoutAnybodyAsking) {
  LogWriter writer;
  AccessLogs logs(0, writer);
  LoggedExchange exchange(pool_);
  logs.Record(exchange, ConfigOf({TextLog(dir_ + "/log", "%RESPONSE_CODE% %REQ(:PATH)%\\n")}),
              stats_);
  while (writer.stats().lines_written.value() == 0) std::this_thread::yield();
  EXPECT_EQ(ReadAll(dir_ + "/log"), "200 /new/path?q=1\n");
}

TEST_F(LogWriterTest, StopWritesWhatTheRingsHoldAlsoOfWorkersThatEnded) {
  LogWriter writer;
  const auto config = ConfigOf({TextLog(dir_ + "/log", "x\\n")});
  LoggedExchange exchange(pool_);
  for (uint32_t i = 0; i < 3; ++i) {
    AccessLogs logs(i, writer);
    for (int n = 0; n < 100; ++n) logs.Record(exchange, config, stats_);
  }
  writer.Stop();
  EXPECT_EQ(CountLines(dir_ + "/log"), 300u);
  writer.Stop();
}

TEST_F(LogWriterTest, SeveralLogsOfOneListenerEachGetTheirLine) {
  LogWriter writer;
  AccessLogs logs(0, writer);
  LoggedExchange exchange(pool_);
  const std::string filter =
      "filter { status_code_filter { comparison { op: GE value { default_value: 500 } } } }";
  const auto config =
      ConfigOf({TextLog(dir_ + "/a", "a\\n"), TextLog(dir_ + "/b", "b\\n"),
                LogTo(dir_ + "/errors", "text_format_source { inline_string: 'e\\n' }", filter)});
  logs.Record(exchange, config, stats_);
  exchange.response.status = 503;
  logs.Record(exchange, config, stats_);
  writer.Stop();
  EXPECT_EQ(ReadAll(dir_ + "/a"), "a\na\n");
  EXPECT_EQ(ReadAll(dir_ + "/b"), "b\nb\n");
  EXPECT_EQ(ReadAll(dir_ + "/errors"), "e\n");
}

TEST_F(LogWriterTest, ReopenFollowsARotation) {
  LogWriter writer;
  AccessLogs logs(0, writer);
  LoggedExchange exchange(pool_);
  const std::string path = dir_ + "/log";
  const auto config = ConfigOf({TextLog(path, "x\\n")});
  logs.Record(exchange, config, stats_);
  while (writer.stats().lines_written.value() == 0) std::this_thread::yield();
  std::filesystem::rename(path, path + ".1");
  writer.Reopen();
  logs.Record(exchange, config, stats_);
  writer.Stop();
  EXPECT_EQ(ReadAll(path + ".1") + ReadAll(path), "x\nx\n");
  EXPECT_TRUE(std::filesystem::exists(path));
}

// Reliability F27: nobody reads the pipe, and neither the worker nor another log notices.
TEST_F(LogWriterTest, AStoppedReaderHoldsUpNeitherWorkersNorOtherLogs) {
  const std::string pipe = dir_ + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  LogWriter writer;
  AccessLogs logs(0, writer);
  LoggedExchange exchange(pool_);
  const std::string other = dir_ + "/log";
  const auto config = ConfigOf(
      {TextLog(pipe, "%REQ(:PATH)% and more of it %DURATION%\\n"), TextLog(other, "x\\n")});
  constexpr int kRequests = 30'000;
  for (int i = 0; i < kRequests; ++i) {
    logs.Record(exchange, config, stats_);
    // A real request takes longer than recording it: let the writer keep up.
    while (i % 500 == 499 && i > 1500 && SizeOf(other) < 2u * (i - 1500u)) {
      std::this_thread::yield();
    }
  }
  writer.Stop();
  EXPECT_EQ(stats_.access_log_dropped.value(), 0u);
  EXPECT_EQ(CountLines(other), static_cast<size_t>(kRequests));
  EXPECT_GT(writer.stats().lines_dropped.value(), 1000u);
  close(reader);
}

// Two workers, revisions that come and go, one writer: for the thread sanitizer as well.
TEST_F(LogWriterTest, WorkersAndRevisionsTogetherLoseOnlyWhatTheyCount) {
  LogWriter writer;
  constexpr int kRequests = 8'000;
  stats::HttpStats stats[2];
  const auto work = [&](uint32_t index) {
    buffer::BlockPool pool;
    LoggedExchange exchange(pool);
    AccessLogs logs(index, writer);
    for (int i = 0; i < kRequests;) {
      const auto config = ConfigOf(
          {TextLog(dir_ + "/log" + std::to_string(i % 3), "%REQ(:PATH)% %UPSTREAM_HOST%\\n")});
      for (int n = 0; n < 100; ++n, ++i) logs.Record(exchange, config, stats[index]);
    }
  };
  std::thread other([&] { work(1); });
  work(0);
  other.join();
  writer.Stop();
  size_t lines = 0;
  for (int i = 0; i < 3; ++i) {
    std::istringstream in(ReadAll(dir_ + "/log" + std::to_string(i)));
    for (std::string line; std::getline(in, line); ++lines)
      EXPECT_EQ(line, "/new/path?q=1 10.0.0.1:80");
  }
  const uint64_t dropped = stats[0].access_log_dropped.value() +
                           stats[1].access_log_dropped.value() +
                           writer.stats().lines_dropped.value();
  EXPECT_EQ(lines + dropped, 2u * kRequests);
  EXPECT_EQ(lines, writer.stats().lines_written.value());
}

}  // namespace
}  // namespace sluice::proxy
