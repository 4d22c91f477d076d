#include "controlplane/model/validate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "test/controlplane/model/fixtures.h"
#include "test/controlplane/model/random_config.h"

namespace sluice::model {
namespace {

bool NamesAny(const sluice::v1::Problem& problem, const std::set<ObjectKey>& keys) {
  if (keys.count(KeyOf(problem.object())) != 0) return true;
  return std::any_of(problem.related().begin(), problem.related().end(),
                     [&](const auto& ref) { return keys.count(KeyOf(ref)) != 0; });
}

Strings Texts(const std::vector<sluice::v1::Problem>& problems) {
  Strings texts;
  for (const auto& problem : problems) texts.push_back(problem.ShortDebugString());
  return texts;
}

TEST(ValidateTest, TheShopHasNoProblem) {
  const Findings findings = Validate(ShopConfig());
  EXPECT_EQ(Lines(findings.problems), Strings{});
  EXPECT_EQ(Lines(findings.warnings), Strings{});
}

TEST(ValidateTest, TakingAwayWhatOthersNameIsRefused) {
  EXPECT_EQ(ProblemsOf(ShopConfig().With({}, {{"Service", "shop/backend"}})),
            Strings{"Route shop/list spec.forward.service unknown_reference"});
  EXPECT_EQ(ProblemsOf(ShopConfig().With({}, {{"Gateway", "web"}})),
            Strings{"Api shop/api spec.gateways[0] unknown_reference"});
}

TEST(ValidateTest, ServicesOfASplitMustHashAlikeWhicheverChanges) {
  const auto service = [](const std::string& name, const std::string& header) {
    return Obj("Service", name, "service { registered {} balancing { policy: MAGLEV hash { header: '" +
                                    header + "' } } }");
  };
  const Config valid = ShopConfigWith(
      {service("shop/a", "x-a"), service("shop/b", "x-a"),
       Obj("Route", "shop/split", "route { api: 'shop/api' match { exact: '/split' } split { services "
           "{ service: 'shop/backend' weight: 1 } services { service: 'shop/a' weight: 1 } services { "
           "service: 'shop/b' weight: 1 } } }")});
  EXPECT_EQ(ProblemsOf(valid), Strings{});
  const Config next = valid.With({service("shop/b", "x-b")}, {});
  const Strings expected{"Route shop/split spec.split.services[2].service conflict"};
  EXPECT_EQ(ProblemsOf(next), expected);
  EXPECT_EQ(Lines(ValidateChange(next, valid, {{"Service", "shop/b"}}).problems), expected);
}

// From a valid configuration, a random batch: looking at the batch says what looking at all says.
TEST(ValidateTest, AfterAChangeIsAsGoodAsFullValidation) {
  int refused = 0, accepted = 0, warned = 0;
  for (uint32_t seed = 0; seed < 80; ++seed) {
    RandomConfig random(seed, Quality::kAny);
    Config current;
    for (int step = 0; step < 60; ++step) {
      std::vector<ObjectPtr> upserts = {random.Object()};
      while (seed % 3 == 0 && upserts.size() < 4) upserts.push_back(random.Object());
      std::vector<ObjectKey> deletes;
      if (step % 3 == 0) deletes.push_back(random.Key());
      std::vector<ObjectKey> changed = deletes;
      for (const ObjectPtr& object : upserts) changed.push_back(KeyOf(*object));
      const Config next = current.With(upserts, deletes);
      const Findings full = Validate(next);
      const Findings partial = ValidateChange(next, current, changed);
      ASSERT_EQ(Texts(partial.problems), Texts(full.problems)) << "seed " << seed << " step " << step;
      Strings expected;
      for (const auto& warning : full.warnings) {
        if (NamesAny(warning, {changed.begin(), changed.end()})) expected.push_back(warning.ShortDebugString());
      }
      ASSERT_EQ(Texts(partial.warnings), expected) << "seed " << seed << " step " << step;
      warned += expected.empty() ? 0 : 1;
      (full.problems.empty() ? accepted : refused) += 1;
      if (full.problems.empty()) current = next;
    }
  }
  EXPECT_GT(accepted, 300);
  EXPECT_GT(refused, 300);
  EXPECT_GT(warned, 10);
}

TEST(ValidateTest, RandomConfigurationsMeantToBeValidAre) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(ProblemsOf(RandomConfig(seed, Quality::kValid).Make(50)), Strings{}) << seed;
  }
  EXPECT_EQ(ProblemsOf(LargeConfig(300, 10)), Strings{});
}

}  // namespace
}  // namespace sluice::model
