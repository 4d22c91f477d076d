#include "dataplane/filter/chain.h"

#include <gtest/gtest.h>

#include <cstring>

namespace sluice::filter {
namespace {

class Probe final : public Filter {
 public:
  Probe(Traits traits, int* alive) : traits_(traits), alive_(alive) {}
  Traits traits() const override { return traits_; }
  std::string_view name() const override { return "probe"; }
  void MakeState(void* state) const override {
    ++*alive_;
    std::memset(state, 1, traits_.state_bytes);
  }
  void DestroyState(void*) const override { --*alive_; }

 private:
  Traits traits_;
  int* alive_;
};

TEST(ChainTest, HasAStepOnlyWhereAFilterActs) {
  int alive = 0;
  Traits head;
  head.request_head = true;
  Traits body;
  body.response_body = BodyInterest::kStream;
  const Chain chain({std::make_shared<Probe>(head, &alive), std::make_shared<Probe>(body, &alive)});
  EXPECT_EQ(chain.steps(Hook::kRequestHead).size(), 1u);
  EXPECT_EQ(chain.steps(Hook::kResponseBody).size(), 1u);
  for (Hook hook : {Hook::kRequestBody, Hook::kRequestTrailers, Hook::kResponseHead,
                    Hook::kResponseTrailers, Hook::kDone}) {
    EXPECT_TRUE(chain.steps(hook).empty());
  }
}

TEST(ChainTest, RunsRequestsInOrderAndResponsesInReverse) {
  int alive = 0;
  Traits t;
  t.request_head = t.response_head = true;
  const auto first = std::make_shared<Probe>(t, &alive);
  const auto second = std::make_shared<Probe>(t, &alive);
  const Chain chain({first, second});
  EXPECT_EQ(chain.steps(Hook::kRequestHead)[0].filter, first.get());
  EXPECT_EQ(chain.steps(Hook::kResponseHead)[0].filter, second.get());
}

TEST(ChainTest, GivesEachFilterAlignedStateOfItsOwn) {
  int alive = 0;
  Traits small;
  small.state_bytes = 3;
  small.request_head = true;
  Traits large = small;
  large.state_bytes = 40;
  const Chain chain({std::make_shared<Probe>(small, &alive), std::make_shared<Probe>(large, &alive)});
  const auto& steps = chain.steps(Hook::kRequestHead);
  EXPECT_EQ(steps[0].state_offset, 0u);
  EXPECT_EQ(steps[1].state_offset, 16u);
  EXPECT_EQ(chain.state_bytes(), 64u);
  alignas(16) char states[64];
  chain.MakeStates(states);
  EXPECT_EQ(alive, 2);
  chain.DestroyStates(states);
  EXPECT_EQ(alive, 0);
}

TEST(ChainTest, AnEmptyChainCostsNothing) {
  const Chain chain;
  EXPECT_TRUE(chain.empty());
  EXPECT_EQ(chain.state_bytes(), 0u);
}

}  // namespace
}  // namespace sluice::filter
