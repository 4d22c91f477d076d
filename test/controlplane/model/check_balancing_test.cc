#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

// Of a Service with `spec` beside its source, without its name.
Strings Problems(const std::string& spec) {
  Strings problems = ProblemsWith("Service", "shop/s", "service { registered {} " + spec + " }");
  for (std::string& problem : problems) problem.erase(0, std::string("Service shop/s spec.").size());
  return problems;
}

Strings Balancing(const std::string& spec) { return Problems("balancing { " + spec + " }"); }

TEST(CheckBalancingTest, EveryPolicyHasItsOptions) {
  EXPECT_EQ(Balancing(""), Strings{});
  EXPECT_EQ(Balancing("slow_start { window { seconds: 1 } start_percent: 100 } panic_percent: 100"), Strings{});
  EXPECT_EQ(Balancing("policy: LEAST_REQUEST choices: 2 bias_percent: 0 slow_start { window { seconds: 3600 } }"),
            Strings{});
  EXPECT_EQ(Balancing("policy: RANDOM panic_percent: 0"), Strings{});
  EXPECT_EQ(Balancing("policy: MAGLEV hash { header: 'x-a' last: true } hash { query: 'q q' }"), Strings{});
  EXPECT_EQ(Balancing("policy: RING_HASH hash { cookie { name: 'c' ttl {} path: '/' } } hash { source_address: true }"),
            Strings{});
}

TEST(CheckBalancingTest, OptionsOfAnotherPolicyAreRefusedTogether) {
  EXPECT_EQ(Balancing("policy: RANDOM hash { header: 'a' } choices: 2 bias_percent: 1 "
                      "slow_start { window { seconds: 1 } }"),
            (Strings{"balancing.bias_percent invalid", "balancing.choices invalid", "balancing.hash invalid",
                     "balancing.slow_start invalid"}));
  EXPECT_EQ(Balancing("policy: RING_HASH"), Strings{"balancing.hash invalid"});
  EXPECT_EQ(Balancing("policy: MAGLEV"), Strings{"balancing.hash invalid"});
  EXPECT_EQ(Balancing("policy: LEAST_REQUEST hash { header: 'a' }"), Strings{"balancing.hash invalid"});
}

TEST(CheckBalancingTest, RangesAreKept) {
  EXPECT_EQ(Balancing("policy: LEAST_REQUEST choices: 1 bias_percent: 1001 panic_percent: 101 "
                      "slow_start { start_percent: 101 }"),
            (Strings{"balancing.bias_percent invalid", "balancing.choices invalid", "balancing.panic_percent invalid",
                     "balancing.slow_start.start_percent invalid", "balancing.slow_start.window invalid"}));
  EXPECT_EQ(Balancing("policy: LEAST_REQUEST choices: 101 slow_start { window {} }"),
            (Strings{"balancing.choices invalid", "balancing.slow_start.window invalid"}));
}

TEST(CheckBalancingTest, APolicyOfANewerClientIsNotImplemented) {
  EXPECT_EQ(Balancing("policy: 99"), Strings{"balancing.policy not_implemented"});
}

TEST(CheckBalancingTest, EachPartOfAHashIsChecked) {
  EXPECT_EQ(Balancing("policy: MAGLEV hash { header: ':path' } hash { query: '' } hash { source_address: false } "
                      "hash {} hash { cookie { name: 'a b' ttl { nanos: 5 } path: 'x' } } "
                      "hash { cookie { name: 'a' path: '/;a' } }"),
            (Strings{"balancing.hash[0].header invalid", "balancing.hash[1].query invalid",
                     "balancing.hash[2].source_address invalid", "balancing.hash[3] invalid",
                     "balancing.hash[4].cookie.name invalid", "balancing.hash[4].cookie.path invalid",
                     "balancing.hash[4].cookie.ttl invalid", "balancing.hash[5].cookie.path invalid",
                     "balancing.hash[5].cookie.path invalid"}));
  std::string many = "policy: MAGLEV";
  for (int i = 0; i < 9; ++i) many += " hash { header: 'a' }";
  EXPECT_EQ(Balancing(many), Strings{"balancing.hash invalid"});
}

}  // namespace
}  // namespace sluice::model
