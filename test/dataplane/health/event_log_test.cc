#include "dataplane/health/event_log.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "test/dataplane/health/world.h"
#include "test/support/fake_upstream.h"

namespace sluice::health {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string PathOf(const std::string& name) {
  const std::string path = testing::TempDir() + name;
  std::remove(path.c_str());
  return path;
}

std::vector<std::string> LinesOf(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(EventLogTest, EjectionsAreLinesOfJson) {
  const std::string path = PathOf("outliers");
  HealthWorld w({.outlier_log = path, .post_io = {}, .seed = 1});
  upstream::ClusterSpec spec = upstream::Spec();
  spec.outlier.emplace().max_ejection_percent = 100;
  w.Serve(spec, 2);
  w.Answer(0, 503, 5);
  for (int i = 0; i < 4; ++i) w.world.Advance(seconds(10));
  const std::vector<std::string> lines = LinesOf(path);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0],
            R"({"type":"CONSECUTIVE_GATEWAY_FAILURE","timestamp":"2026-01-01T00:16:40.000Z",)"
            R"("cluster_name":"service","upstream_url":"127.0.0.1:1","action":"EJECT",)"
            R"("num_ejections":0,"enforced":false})");
  EXPECT_NE(lines[1].find(R"("type":"CONSECUTIVE_5XX")"), std::string::npos) << lines[1];
  EXPECT_NE(lines[1].find(R"("num_ejections":1,"enforced":true})"), std::string::npos);
  EXPECT_NE(lines[2].find(R"("action":"UNEJECT")"), std::string::npos) << lines[2];
}

TEST(EventLogTest, ChecksTellWhatTheyChanged) {
  const std::string path = PathOf("checks");
  HealthWorld w;
  test::FakeUpstream backend(w.world.worker.loop);
  backend.AnswerWith(std::string(upstream::kOk));
  upstream::ClusterSpec spec = CheckedSpec(HttpCheck());
  spec.check->event_log_path = path;
  w.Serve(spec, {backend.address()});
  w.world.Advance(milliseconds(16));
  backend.AnswerWith("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n");
  w.world.Advance(seconds(1) + milliseconds(16));
  w.world.Advance(seconds(1) + milliseconds(16));
  const std::vector<std::string> lines = LinesOf(path);
  ASSERT_EQ(lines.size(), 2u) << "a failure that changes nothing is not told";
  EXPECT_TRUE(lines[0].starts_with(
      R"({"health_checker_type":"HTTP","host":{"socket_address":{"address":"127.0.0.1",)"))
      << lines[0];
  EXPECT_NE(lines[0].find(R"("add_healthy_event":{"first_check":true}})"), std::string::npos);
  EXPECT_NE(lines[1].find(R"("eject_unhealthy_event":{"failure_type":"ACTIVE"}})"),
            std::string::npos)
      << lines[1];
}

TEST(EventLogTest, ADiskThatDoesNotTakeThemCostsLinesOnly) {
  test::ManualClock clock;
  event::Loop loop(clock);
  EventLog log(loop, [](const std::function<void()>& task) { task(); }, "/no/such/directory/x");
  HealthWorld w;
  w.Serve(upstream::Spec(), 1);
  log.Uneject(*w.world.cluster, w.At(0), 1);
  EXPECT_EQ(log.dropped(), 1u);
}

TEST(EventLogTest, LinesThatWaitAreBounded) {
  test::ManualClock clock;
  event::Loop loop(clock);
  std::vector<std::function<void()>> waiting;
  EventLog log(
      loop, [&](std::function<void()> task) { waiting.push_back(std::move(task)); }, "/dev/null");
  HealthWorld w;
  w.Serve(upstream::Spec(), 1);
  for (int i = 0; i < EventLog::kMostWaiting + 3; ++i) log.Uneject(*w.world.cluster, w.At(0), 1);
  EXPECT_EQ(waiting.size(), static_cast<size_t>(EventLog::kMostWaiting));
  EXPECT_EQ(log.dropped(), 3u);
}

}  // namespace
}  // namespace sluice::health
