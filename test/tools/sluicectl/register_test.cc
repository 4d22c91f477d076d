#include "test/tools/sluicectl/cli.h"

namespace sluice::ctl {
namespace {

using RegisterTest = CliTest;

TEST_F(RegisterTest, RegistersOnceAndSaysWhere) {
  const Result result =
      Run({"register", "shop/cart", "10.0.0.7:8080", "--zone", "zone-a", "--weight", "3"});
  EXPECT_EQ(result.code, ExitCode::kDone);
  EXPECT_EQ(result.out, "lease lease-1, valid for 15s without a heartbeat\nendpoints/3:1\n");
  EXPECT_EQ(control_.leases(), 1u);
}

TEST_F(RegisterTest, TakesIpv6InBrackets) {
  EXPECT_EQ(Run({"register", "shop/cart", "[::1]:80"}).code, ExitCode::kDone);
}

TEST_F(RegisterTest, AServiceOfAnotherSourceIsOne) {
  const Result result = Run({"register", "auth/login", "10.0.0.7:8080"});
  EXPECT_EQ(result.code, ExitCode::kRefused);
  EXPECT_EQ(result.err, "sluicectl: service: its endpoints do not register\n");
}

TEST_F(RegisterTest, KeepsTheLeaseUntilItIsEndedAndTakesItBack) {
  sleeps_ = 3;
  const Result result = Run({"register", "shop/cart", "10.0.0.7:8080", "--keep"});
  EXPECT_EQ(result.code, ExitCode::kDone);
  EXPECT_EQ(sleeps_, -1);
  EXPECT_EQ(control_.leases(), 0u);
  EXPECT_EQ(result.err, "");
}

TEST_F(RegisterTest, RegistersAgainWhenTheLeaseWasLost) {
  control_.forgets_leases = true;
  sleeps_ = 2;
  const Result result = Run({"register", "shop/cart", "10.0.0.7:8080", "--keep"});
  EXPECT_EQ(result.code, ExitCode::kDone);
  EXPECT_EQ(result.err, "the lease was lost, registering again\n");
}

}  // namespace
}  // namespace sluice::ctl
