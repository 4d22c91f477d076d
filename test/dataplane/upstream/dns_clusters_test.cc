#include "dataplane/upstream/dns_clusters.h"

#include <gtest/gtest.h>

#include <set>

#include "dataplane/base/log.h"
#include "test/dataplane/net/dns_responder.h"
#include "test/dataplane/upstream/world.h"

namespace sluice::upstream {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Manner = net::DnsResponder::Manner;
using Texts = std::set<std::string>;

class DnsClustersTest : public testing::Test {
 protected:
  DnsClustersTest() {
    base::SetLogSink([](base::LogLevel, std::string_view) {});
    responder.records["a.test"] = {{"10.0.0.1", 60}, {"10.0.0.2", 60}};
    responder.records["b.test"] = {{"10.0.0.3", 60}};
    spec.name = "service";
    spec.discovery = Discovery::kStrictDns;
    spec.dns_family = net::DnsFamily::kV4Only;
  }
  ~DnsClustersTest() override { base::SetLogSink(nullptr); }

  DnsClusters::Options FromResponder() {
    DnsClusters::Options options;
    options.resolver.servers = {responder.address()};
    options.resolver.timeout = seconds(1);
    options.resolver.attempt_timeout = milliseconds(20);
    options.resolver.attempts = 1;
    options.resolver.use_hosts_file = false;
    return options;
  }
  DnsTarget Target(std::string name) {
    DnsTarget target;
    target.like.hostname = name;
    target.name = std::move(name);
    target.port = 80;
    return target;
  }
  void Follow(std::vector<DnsTarget> targets) {
    spec.dns_targets = std::move(targets);
    auto shared = std::make_shared<const ClusterSpec>(spec);
    cluster = registry.Prepare(shared);
    registry.Publish(*cluster, shared);
    warmed = false;
    dns.Follow({&cluster, 1}, [this] { warmed = true; });
    EXPECT_FALSE(warmed) << "called from inside Follow";
  }
  // c-ares waits for its server in real time, everything else in virtual time.
  template <typename Done>
  void TurnUntil(Done done) {
    const base::SystemClock real;
    const base::MonoTime give_up = real.Now() + seconds(8);
    while (!done()) {
      ASSERT_LT(real.Now(), give_up);
      loop.RunOnce(milliseconds(2));
    }
  }
  void TurnUntilWarm() {
    TurnUntil([&] { return warmed; });
  }
  // Moves the clock and waits for the question that this brings.
  void AdvanceToQuestion(base::Duration by) {
    const int before = responder.questions();
    clock.Advance(by);
    TurnUntil([&] { return responder.questions() > before; });
    loop.RunUntilIdle();
  }
  Texts Addresses() const {
    Texts texts;
    if (cluster->endpoints() == nullptr) return texts;
    for (const auto& endpoint : cluster->endpoints()->endpoints()) {
      texts.insert(endpoint->address_text());
    }
    return texts;
  }

  test::ManualClock clock;
  event::Loop loop{clock};
  net::DnsResponder responder{loop};
  Registry registry{{}};
  ClusterSpec spec;
  std::shared_ptr<Cluster> cluster;
  DnsClusters dns{loop, registry, FromResponder()};
  bool warmed = false;
};

TEST_F(DnsClustersTest, PublishesWhatTheNamesResolveTo) {
  Follow({Target("a.test"), Target("b.test")});
  TurnUntilWarm();
  EXPECT_EQ(Addresses(), (Texts{"10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"}));
  EXPECT_EQ(cluster->endpoints()->endpoints()[0]->hostname(), "a.test");
}

TEST_F(DnsClustersTest, IsWarmAtOnceWithoutNames) {
  spec.discovery = Discovery::kStatic;
  Follow({Target("a.test")});
  TurnUntilWarm();
  EXPECT_EQ(dns.size(), 0u);
}

TEST_F(DnsClustersTest, FollowsChangesAtTheRefreshRate) {
  Follow({Target("a.test")});
  TurnUntilWarm();
  responder.records["a.test"] = {{"10.0.0.9", 60}};
  AdvanceToQuestion(seconds(5) + milliseconds(20));
  EXPECT_EQ(Addresses(), (Texts{"10.0.0.9:80"}));
}

TEST_F(DnsClustersTest, RespectsTheTtlIfToldTo) {
  spec.respect_dns_ttl = true;
  Follow({Target("a.test")});
  TurnUntilWarm();
  const int asked = responder.questions();
  clock.Advance(seconds(30));
  loop.RunUntilIdle();
  EXPECT_EQ(responder.questions(), asked);
  AdvanceToQuestion(seconds(31));
}

TEST_F(DnsClustersTest, AsksAtLeastOncePerHourWhateverTheTtl) {
  responder.records["a.test"] = {{"10.0.0.1", 1000000}};
  spec.respect_dns_ttl = true;
  Follow({Target("a.test")});
  TurnUntilWarm();
  AdvanceToQuestion(seconds(3601));
}

TEST_F(DnsClustersTest, ATtlOfZeroMeansTheRefreshRate) {
  responder.records["a.test"] = {{"10.0.0.1", 0}};
  spec.respect_dns_ttl = true;
  Follow({Target("a.test")});
  TurnUntilWarm();
  const int asked = responder.questions();
  clock.Advance(milliseconds(4900));
  loop.RunUntilIdle();
  EXPECT_EQ(responder.questions(), asked);
  AdvanceToQuestion(milliseconds(200));
}

TEST_F(DnsClustersTest, KeepsTheLastGoodAnswerWhenDnsFails) {
  Follow({Target("a.test")});
  TurnUntilWarm();
  const Texts good = Addresses();
  responder.manner = Manner::kRefuse;
  AdvanceToQuestion(seconds(6));
  EXPECT_EQ(Addresses(), good);
  responder.manner = Manner::kAnswer;
  responder.records.clear();  // the name has vanished: nothing found is a failure too
  AdvanceToQuestion(seconds(6));
  EXPECT_EQ(Addresses(), good);
  responder.records["a.test"] = {{"10.0.0.7", 60}};
  AdvanceToQuestion(seconds(6));
  EXPECT_EQ(Addresses(), (Texts{"10.0.0.7:80"}));
}

TEST_F(DnsClustersTest, AFailingNameDoesNotHoldTheOthersBack) {
  responder.records.erase("b.test");
  Follow({Target("a.test"), Target("b.test")});
  TurnUntilWarm();
  EXPECT_EQ(Addresses(), (Texts{"10.0.0.1:80", "10.0.0.2:80"}));
}

TEST_F(DnsClustersTest, WaitsForASilentServerNoLongerThanTheWarmTimeout) {
  responder.manner = Manner::kSilent;
  Follow({Target("a.test")});
  loop.RunUntilIdle();
  EXPECT_FALSE(warmed);
  clock.Advance(seconds(3));
  loop.RunUntilIdle();
  EXPECT_TRUE(warmed);
  EXPECT_EQ(cluster->endpoints(), nullptr);
}

TEST_F(DnsClustersTest, ARotatedAnswerIsNoChange) {
  Follow({Target("a.test")});
  TurnUntilWarm();
  const uint64_t epoch = registry.epoch();
  responder.records["a.test"] = {{"10.0.0.2", 60}, {"10.0.0.1", 60}};
  AdvanceToQuestion(seconds(6));
  EXPECT_EQ(registry.epoch(), epoch);
}

TEST_F(DnsClustersTest, ClustersThatStayAreNotDisturbed) {
  Follow({Target("a.test")});
  TurnUntilWarm();
  const int asked = responder.questions();
  Follow({Target("a.test")});
  TurnUntilWarm();
  EXPECT_EQ(responder.questions(), asked);
  dns.Follow({}, nullptr);
  EXPECT_EQ(dns.size(), 0u);
  clock.Advance(seconds(60));
  loop.RunUntilIdle();
  EXPECT_EQ(responder.questions(), asked) << "nobody follows it any more";
}

TEST_F(DnsClustersTest, NewNamesReplaceOldEndpointsOnceTheyAreKnown) {
  Follow({Target("a.test")});
  TurnUntilWarm();
  Follow({Target("b.test")});
  EXPECT_EQ(Addresses().size(), 2u) << "nothing better is known yet";
  TurnUntilWarm();
  EXPECT_EQ(Addresses(), (Texts{"10.0.0.3:80"}));
}

}  // namespace
}  // namespace sluice::upstream
