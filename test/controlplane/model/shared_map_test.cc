#include "controlplane/model/shared_map.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace sluice::model {
namespace {

using Map = SharedMap<int, int>;
using Model = std::map<int, int>;

void ExpectEqual(const Map& map, const Model& model) {
  ASSERT_EQ(map.size(), model.size());
  auto expected = model.begin();
  for (const auto& [key, value] : map) {
    ASSERT_EQ(key, expected->first);
    ASSERT_EQ(value, expected->second);
    ++expected;
  }
}

TEST(SharedMapTest, AfterRandomEditsIsWhatAnOrdinaryMapIs) {
  std::mt19937 random(7);
  Map map;
  Model model;
  for (int round = 0; round < 300; ++round) {
    std::vector<Map::Edit> edits;
    const bool shrink = round % 50 > 35;
    for (int i = static_cast<int>(random() % (round % 10 == 0 ? 900 : 5)); i >= 0; --i) {
      const int key = static_cast<int>(random() % 3000);
      if (random() % 4 < (shrink ? 3u : 1u)) {
        edits.push_back({key, std::nullopt});
        model.erase(key);
      } else {
        edits.push_back({key, i});
        model[key] = i;
      }
    }
    map = map.With(std::move(edits));
    ExpectEqual(map, model);
    for (int key = -1; key < 3002; key += 13) {
      const int* found = map.Find(key);
      ASSERT_EQ(found != nullptr, model.count(key) != 0);
      const auto bound = map.LowerBound(key);
      const auto expected = model.lower_bound(key);
      ASSERT_EQ(bound == map.end(), expected == model.end());
      if (expected != model.end()) {
        ASSERT_EQ(bound->first, expected->first);
      }
    }
  }
}

TEST(SharedMapTest, ACopyDoesNotChangeWithItsOriginal) {
  const Map first = Map().With({{1, 10}, {2, 20}});
  const Map second = first.With({{1, 11}, {2, std::nullopt}});
  EXPECT_EQ(*first.Find(1), 10);
  EXPECT_EQ(first.size(), 2u);
  EXPECT_EQ(*second.Find(1), 11);
  EXPECT_EQ(second.Find(2), nullptr);
}

TEST(SharedMapTest, SharesTheEntriesThatNoEditIsNear) {
  std::vector<Map::Edit> edits;
  for (int i = 0; i < 10'000; ++i) edits.push_back({i, i});
  const Map first = Map().With(edits);
  const Map second = first.With({{0, 1}});
  EXPECT_EQ(first.Find(9000), second.Find(9000));
  EXPECT_NE(first.Find(0), second.Find(0));
}

}  // namespace
}  // namespace sluice::model
