#include "dataplane/health/http_probe.h"

#include <gtest/gtest.h>

#include "test/dataplane/health/world.h"
#include "test/support/fake_upstream.h"

namespace sluice::health {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::FakeUpstream;

constexpr std::string_view kGood = "HTTP/1.1 204 OK\r\n\r\n";

class HttpProbeTest : public testing::Test, private Probe::Events {
 protected:
  void Make(upstream::HttpCheckSpec http, bool reuse = true) {
    upstream::ClusterSpec spec = CheckedSpec(std::move(http));
    spec.check->reuse_connection = reuse;
    probe = std::make_unique<HttpProbe>(*clusters, spec, backend.address(), "the-host",
                                        static_cast<Probe::Events&>(*this));
  }
  void Run() { loop.RunUntilIdle(); }
  ~HttpProbeTest() override {
    probe = nullptr;
    clusters = nullptr;
  }
  static upstream::HttpCheckSpec Expecting204() {
    upstream::HttpCheckSpec http = HttpCheck("/h?deep=1");
    http.expected = {{204, 205}};
    http.fields = {{"user-agent", "checker"}, {"x-a", "b"}};
    return http;
  }

  test::ManualClock clock;
  event::Loop loop{clock};
  std::unique_ptr<ProbeClusters> clusters = std::make_unique<ProbeClusters>(loop, 1);
  FakeUpstream backend{loop};
  std::vector<ProbeResult> results;
  std::unique_ptr<HttpProbe> probe;

 private:
  void OnProbed(ProbeResult result) override { results.push_back(result); }
};

TEST_F(HttpProbeTest, SendsWhatTheCheckSaysAndKeepsItsConnection) {
  backend.AnswerWith(std::string(kGood));
  Make(Expecting204());
  for (int i = 0; i < 2; ++i) {
    probe->Start();
    Run();
  }
  EXPECT_EQ(results, (std::vector{ProbeResult::kPassed, ProbeResult::kPassed}));
  ASSERT_EQ(backend.size(), 1u);
  EXPECT_EQ(backend[0].requests(), 2u);
  const std::string head = backend[0].received().substr(0, backend[0].received().find("\r\n\r\n"));
  EXPECT_TRUE(head.starts_with("GET /h?deep=1 HTTP/1.1\r\n")) << head;
  EXPECT_NE(head.find("host: the-host"), std::string::npos) << head;
  EXPECT_NE(head.find("x-a: b"), std::string::npos) << head;
}

TEST_F(HttpProbeTest, WithoutReuseEachQuestionHasItsOwnConnection) {
  backend.AnswerWith(std::string(kGood));
  Make(Expecting204(), /*reuse=*/false);
  for (int i = 0; i < 2; ++i) {
    probe->Start();
    Run();
  }
  EXPECT_EQ(results.size(), 2u);
  EXPECT_EQ(backend.size(), 2u);
  EXPECT_EQ(backend.open(), 0u);
}

TEST_F(HttpProbeTest, JudgesByTheStatus) {
  upstream::HttpCheckSpec http = Expecting204();
  http.retriable = {{429, 430}};
  Make(http);
  for (const char* status : {"204", "200", "429"}) {
    backend.AnswerWith(std::string("HTTP/1.1 ") + status + " X\r\n" +
                       (status == std::string("204") ? "" : "content-length: 0\r\n") + "\r\n");
    probe->Start();
    Run();
  }
  EXPECT_EQ(results, (std::vector{ProbeResult::kPassed, ProbeResult::kRefused,
                                  ProbeResult::kRetriable}));
}

TEST_F(HttpProbeTest, AskedOnAConnectionThatTheServiceJustClosedItAsksOnceMore) {
  backend.AnswerWith(std::string(kGood));
  Make(Expecting204());
  probe->Start();
  Run();
  backend.AnswerWith("");
  probe->Start();
  Run();
  backend.AnswerWith(std::string(kGood));
  backend[0].Reset();
  Run();
  EXPECT_EQ(results, (std::vector{ProbeResult::kPassed, ProbeResult::kPassed}));
  EXPECT_EQ(backend.size(), 2u);
}

TEST_F(HttpProbeTest, AResetOnANewConnectionIsAFailure) {
  Make(Expecting204());
  probe->Start();
  Run();
  backend[0].Reset();
  Run();
  EXPECT_EQ(results, std::vector{ProbeResult::kNetwork});
  EXPECT_EQ(backend.size(), 1u);
}

TEST_F(HttpProbeTest, AnEndlessBodyIsNotWaitedFor) {
  Make(HttpCheck());
  backend.AnswerWith("HTTP/1.1 200 OK\r\n\r\n" + std::string(HttpProbe::kMostBody + 1, 'x'));
  probe->Start();
  Run();
  EXPECT_EQ(results, std::vector{ProbeResult::kPassed});
  EXPECT_EQ(backend.open(), 0u);
}

TEST_F(HttpProbeTest, NothingIsToldAfterCancel) {
  Make(Expecting204());
  probe->Start();
  Run();
  probe->Cancel();
  Run();
  backend.AnswerWith(std::string(kGood));
  EXPECT_TRUE(results.empty());
  EXPECT_EQ(backend.open(), 0u);
  probe->Start();
  Run();
  EXPECT_EQ(results.size(), 1u);
}

}  // namespace
}  // namespace sluice::health
