#include "test/tools/sluicectl/cli.h"

namespace sluice::ctl {
namespace {

class FleetTest : public CliTest {
 protected:
  FleetTest() {
    control_.proxies = {{"p1", "zone-a"}, {"p2", "", FakeControl::Mood::kRefuses}};
    Run({"apply", "-f", ServiceFile()});
  }
  const std::string refusal_ =
      "p2 refuses revision 1: Gateway edge: spec.listeners[0].port: the port is taken\n";
};

TEST_F(FleetTest, ShowsEachProxyAndWhatItRefuses) {
  EXPECT_EQ(Run({"proxies"}).out,
            "PROXY  ZONE    GROUP  CLIENT  STATE    PREPARED  SERVED  WORKERS  VERSION\n"
            "p1     zone-a  -      sluice  current  1         1       2        -\n"
            "p2     -       -      sluice  refuses  1         0       2        -\n" +
                refusal_ + "head: revision 1\n");
}

TEST_F(FleetTest, WatchesRefusalsForAsLongAsItIsTold) {
  const Result result = Run({"refusals", "--timeout", "200ms"});
  EXPECT_EQ(result.code, ExitCode::kDone);
  EXPECT_EQ(result.out, "2023-11-14T22:13:20Z  " + refusal_);
}

}  // namespace
}  // namespace sluice::ctl
