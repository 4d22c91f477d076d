#include "dataplane/health/tcp_probe.h"

#include <gtest/gtest.h>

#include "test/dataplane/health/world.h"
#include "test/support/fake_upstream.h"

namespace sluice::health {
namespace {

using test::FakeUpstream;

class TcpProbeTest : public testing::Test, private Probe::Events {
 protected:
  void Make(upstream::TcpCheckSpec tcp, net::Address to) {
    probe = std::make_unique<TcpProbe>(loop, blocks, *CheckedSpec(std::move(tcp)).check, to,
                                       static_cast<Probe::Events&>(*this));
  }
  void Ask() {
    probe->Start();
    loop.RunUntilIdle();
  }
  ~TcpProbeTest() override {
    probe = nullptr;
    loop.RunUntilIdle();
  }

  test::ManualClock clock;
  buffer::BlockPool blocks;
  event::Loop loop{clock};
  FakeUpstream backend{loop};
  std::vector<ProbeResult> results;
  std::unique_ptr<TcpProbe> probe;

 private:
  void OnProbed(ProbeResult result) override { results.push_back(result); }
};

TEST_F(TcpProbeTest, AConnectionAloneIsEnoughWithoutBytes) {
  Make({}, backend.address());
  Ask();
  Ask();
  EXPECT_EQ(results, (std::vector{ProbeResult::kPassed, ProbeResult::kPassed}));
  EXPECT_EQ(backend.size(), 2u);
  EXPECT_EQ(backend.open(), 0u);
}

TEST_F(TcpProbeTest, ARefusedConnectionIsAFailure) {
  Make({}, test::RefusingAddress());
  Ask();
  EXPECT_EQ(results, std::vector{ProbeResult::kNetwork});
}

TEST_F(TcpProbeTest, AllExpectedBytesMustComeInOrder) {
  Make({"PING\r\n\r\n", {"+", "PONG"}}, backend.address());
  Ask();
  EXPECT_EQ(backend[0].received(), "PING\r\n\r\n");
  backend[0].Send("PONG noise + noise PO");
  loop.RunUntilIdle();
  EXPECT_TRUE(results.empty()) << "PONG came before the plus";
  backend[0].Send("NG");
  loop.RunUntilIdle();
  EXPECT_EQ(results, std::vector{ProbeResult::kPassed});
  backend.AnswerWith("+PONG");
  Ask();
  EXPECT_EQ(results.size(), 2u);
  EXPECT_EQ(backend.size(), 1u) << "the connection is kept";
}

TEST_F(TcpProbeTest, AnEndBeforeTheExpectedBytesIsAFailure) {
  Make({"PING", {"PONG"}}, backend.address());
  Ask();
  backend[0].Send("PO");
  backend[0].Close();
  loop.RunUntilIdle();
  EXPECT_EQ(results, std::vector{ProbeResult::kNetwork});
}

TEST_F(TcpProbeTest, ANoisyPeerIsGivenUp) {
  Make({"PING\r\n\r\n", {"PONG"}}, backend.address());
  backend.AnswerWith(std::string(TcpProbe::kMostAnswer + 1, 'x'));
  Ask();
  EXPECT_EQ(results, std::vector{ProbeResult::kNetwork});
}

TEST_F(TcpProbeTest, AConnectionThatWasClosedMeanwhileIsMadeAnew) {
  Make({"PING\r\n\r\n", {"PONG"}}, backend.address());
  backend.AnswerWith("PONG");
  Ask();
  backend[0].Close();
  loop.RunUntilIdle();
  Ask();
  EXPECT_EQ(results, (std::vector{ProbeResult::kPassed, ProbeResult::kPassed}));
  EXPECT_EQ(backend.size(), 2u);
}

TEST_F(TcpProbeTest, NothingIsToldAfterCancel) {
  Make({"PING\r\n\r\n", {"PONG"}}, backend.address());
  Ask();
  probe->Cancel();
  loop.RunUntilIdle();
  EXPECT_TRUE(results.empty());
  EXPECT_EQ(backend.open(), 0u);
}

}  // namespace
}  // namespace sluice::health
