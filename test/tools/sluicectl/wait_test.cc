#include "test/tools/sluicectl/cli.h"

namespace sluice::ctl {
namespace {

class WaitTest : public CliTest {
 protected:
  WaitTest() { Run({"apply", "-f", ServiceFile()}); }
};

TEST_F(WaitTest, EndsWhenAllServe) {
  control_.proxies = {{"p1", "zone-a"}, {"p2", ""}};
  const Result result = Run({"wait", "1"});
  EXPECT_EQ(result.code, ExitCode::kDone);
  EXPECT_EQ(result.out, "revision 1 is served by all 2 proxies\n");
  EXPECT_NE(result.err.find("prepared 2/2 · no zone 1/1, zone-a 1/1\n"), std::string::npos);
}

TEST_F(WaitTest, ProgressIsOneLineOnATerminal) {
  control_.proxies = {{"p1", "zone-a"}, {"p2", "zone-b"}};
  terminal_ = true;
  EXPECT_EQ(Run({"wait", "1"}).err,
            "\r\033[Kprepared 2/2 · zone-a 0/1, zone-b 0/1"
            "\r\033[Kprepared 2/2 · zone-a 1/1, zone-b 0/1"
            "\r\033[Kprepared 2/2 · zone-a 1/1, zone-b 1/1\n");
}

TEST_F(WaitTest, NobodyToServeIsDoneToo) {
  const Result result = Run({"wait", "1"});
  EXPECT_EQ(result.code, ExitCode::kDone);
  EXPECT_EQ(result.out, "revision 1 is served; it changes nothing for any connected proxy\n");
}

TEST_F(WaitTest, AProxyThatRefusesIsOneAndNamed) {
  control_.proxies = {{"p1", "zone-a"}, {"p2", "zone-b", FakeControl::Mood::kRefuses}};
  const Result result = Run({"wait", "1"});
  EXPECT_EQ(result.code, ExitCode::kRefused);
  EXPECT_NE(result.err.find("p2 (zone-b) refuses revision 1: Gateway edge: "
                            "spec.listeners[0].port: the port is taken\n"
                            "sluicectl: revision 1 is served by 1 of 2 proxies\n"),
            std::string::npos)
      << result.err;
}

TEST_F(WaitTest, ARevisionThatNobodyTakesIsWithdrawn) {
  control_.proxies = {{"p1", "zone-a", FakeControl::Mood::kRefuses}};
  const Result result = Run({"wait", "1"});
  EXPECT_EQ(result.code, ExitCode::kRefused);
  EXPECT_NE(result.err.find("nobody serves revision 1: revision 2 restored what was before\n"),
            std::string::npos);
}

TEST_F(WaitTest, TimeThatIsOverIsFourAndNamesWhoIsSilent) {
  control_.proxies = {{"p1", "zone-a"}, {"p2", "zone-b", FakeControl::Mood::kSilent}};
  const Result result = Run({"wait", "1", "--timeout", "300ms"});
  EXPECT_EQ(result.code, ExitCode::kTimedOut);
  EXPECT_NE(result.err.find("not there yet: p2\nno answer yet from: p2\nsluicectl: timed out after 300ms\n"),
            std::string::npos)
      << result.err;
}

TEST_F(WaitTest, TakesPlacesInLiveLogs) {
  EXPECT_EQ(Run({"wait", "endpoints/3:7"}).out,
            "endpoints/3:7 is served; it changes nothing for any connected proxy\n");
  EXPECT_EQ(Run({"wait", "endpoints/7"}).code, ExitCode::kDone);
}

TEST_F(WaitTest, ARevisionThatIsNotThereIsOne) {
  EXPECT_EQ(Run({"wait", "9"}).code, ExitCode::kRefused);
}

}  // namespace
}  // namespace sluice::ctl
