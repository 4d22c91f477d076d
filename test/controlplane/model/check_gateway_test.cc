#include <gtest/gtest.h>

#include "controlplane/model/checks.h"
#include "controlplane/model/validate.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

TEST(CheckGatewayTest, NeedsListenersAndHosts) {
  EXPECT_EQ(ProblemsWith("Gateway", "other", "gateway {}"),
            (Strings{"Gateway other spec.hosts invalid", "Gateway other spec.listeners invalid"}));
}

TEST(CheckGatewayTest, EveryFieldIsChecked) {
  EXPECT_EQ(ProblemsWith("Gateway", "other", R"(gateway {
              listeners { address: "localhost" port: 70000 } listeners { port: 81 protocol: 9 }
              listeners { address: "0.0.0.0" port: 81 } hosts: "A.test" hosts: "b.test" hosts: "b.test"
              admits { team: "Shop" base_path: "shop" hosts: "c.test" } trusted_hops: 99 })"),
            (Strings{"Gateway other spec.admits[0].base_path invalid",
                     "Gateway other spec.admits[0].hosts[0] invalid",
                     "Gateway other spec.admits[0].team invalid", "Gateway other spec.hosts[0] invalid",
                     "Gateway other spec.hosts[2] conflict",
                     "Gateway other spec.listeners[0].address invalid",
                     "Gateway other spec.listeners[0].port invalid",
                     "Gateway other spec.listeners[1].protocol not_implemented",
                     "Gateway other spec.listeners[2] conflict",
                     "Gateway other spec.trusted_hops invalid"}));
}

TEST(CheckGatewayTest, TwoOnOneListenerMustNotClaimOneHost) {
  const Config config = ShopConfigWith({Obj("Gateway", "other", R"(gateway {
      listeners { address: "0.0.0.0" port: 8080 } hosts: "*.example.org" })")});
  const Findings findings = Validate(config);
  // On the later of the names, whichever was written last.
  EXPECT_EQ(Lines(findings.problems), Strings{"Gateway web spec.hosts[1] conflict"});
  EXPECT_EQ(findings.problems[0].related(0).name(), "other");
}

TEST(CheckGatewayTest, MergedListenersMustBeEqual) {
  EXPECT_EQ(ProblemsWith("Gateway", "z", R"(gateway {
              listeners { port: 8080 } hosts: "z.test" trusted_hops: 1 })"),
            Strings{"Gateway z spec.trusted_hops conflict"});
  EXPECT_EQ(ProblemsWith("Gateway", "z", R"(gateway {
              listeners { address: "127.0.0.1" port: 8080 } hosts: "z.test" })"),
            Strings{"Gateway z spec.listeners[0] conflict"});
}

TEST(CheckGatewayTest, OnOtherProxiesOrPortsTheyMayClaimTheSame) {
  EXPECT_EQ(ProblemsWith("Gateway", "z", "gateway { listeners { port: 81 } hosts: 'shop.example.com' }"),
            Strings{});
  const auto pinned = [](const char* name, const char* label) {
    return Obj("Gateway", name, std::string("gateway { listeners { port: 9 } hosts: '*' proxy_selector { "
                                            "key: 'tier' value: '") + label + "' } }");
  };
  EXPECT_EQ(ProblemsOf(ShopConfigWith({pinned("a", "x"), pinned("b", "y")})), Strings{});
  EXPECT_EQ(ProblemsOf(ShopConfigWith({pinned("a", "x"), pinned("b", "x")})),
            Strings{"Gateway b spec.hosts[0] conflict"});
}

TEST(CheckGatewayTest, ListenersAreNamedByAddressAndPort) {
  sluice::v1::GatewayListener listener;
  listener.set_port(80);
  EXPECT_EQ(ListenerName(listener), "0.0.0.0:80");
  listener.set_address("::1");
  EXPECT_EQ(ListenerName(listener), "[::1]:80");
}

}  // namespace
}  // namespace sluice::model
