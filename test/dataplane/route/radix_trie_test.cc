#include "dataplane/route/radix_trie.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::route {
namespace {

using Ranks = std::vector<uint32_t>;

// The ranks that a walk meets, in order; goes on whatever it meets.
Ranks Met(const RadixTrie& trie, std::string_view text,
          RadixTrie::Case kind = RadixTrie::Case::kExact) {
  Ranks ranks;
  auto visit = [&](size_t depth, std::span<const RadixTrie::Item> items) {
    for (const RadixTrie::Item& item : items) ranks.push_back(item.rank);
    EXPECT_LE(depth, text.size());
    return RadixTrie::kNoRank;
  };
  if (kind == RadixTrie::Case::kExact) {
    trie.Walk<RadixTrie::Case::kExact>(text, visit);
  } else {
    trie.Walk<RadixTrie::Case::kFold>(text, visit);
  }
  return ranks;
}

RadixTrie Make(std::vector<std::string> texts) {
  std::vector<RadixTrie::Key> keys;
  for (uint32_t i = 0; i < texts.size(); ++i) keys.push_back({texts[i], {i, i}});
  return RadixTrie(std::move(keys));
}

TEST(RadixTrie, MeetsEveryKeyThatIsAPrefix) {
  const RadixTrie trie = Make({"/api/v1", "/api", "", "/api/v2", "/apx", "/api"});
  EXPECT_EQ(Met(trie, "/api/v1/users"), (Ranks{2, 1, 5, 0}));
  EXPECT_EQ(Met(trie, "/api"), (Ranks{2, 1, 5}));
  EXPECT_EQ(Met(trie, "/ap"), (Ranks{2}));
  EXPECT_EQ(Met(trie, "/apxyz"), (Ranks{2, 4}));
  EXPECT_EQ(Met(trie, ""), (Ranks{2}));
}

TEST(RadixTrie, AnEmptyTrieMeetsNothing) {
  EXPECT_TRUE(RadixTrie().empty());
  EXPECT_EQ(Met(RadixTrie(), "/a"), Ranks());
  EXPECT_EQ(Met(RadixTrie(std::vector<RadixTrie::Key>()), "/a"), Ranks());
}

TEST(RadixTrie, FoldsTheTextNotTheKeys) {
  const RadixTrie trie = Make({"/api", "/api/long enough for words"});
  EXPECT_EQ(Met(trie, "/ApI/LONG Enough For WORDS!", RadixTrie::Case::kFold), (Ranks{0, 1}));
  EXPECT_EQ(Met(trie, "/ApI"), Ranks());
}

TEST(RadixTrie, SkipsWhatCannotBeBetter) {
  const RadixTrie trie = Make({"/a/b/c", "/a", "/a/b"});
  int visits = 0;
  trie.Walk("/a", [&](size_t, std::span<const RadixTrie::Item>) { return ++visits, 1u; });
  EXPECT_EQ(visits, 1);
  visits = 0;
  trie.Walk("/a/b/c", [&](size_t, std::span<const RadixTrie::Item> items) {
    return ++visits, items[0].rank;
  });
  EXPECT_EQ(visits, 3) << "rank 0 lies below, so the walk goes on";
  visits = 0;
  trie.Walk(
      "/a/b/c", [&](size_t, std::span<const RadixTrie::Item>) { return ++visits, 0u; }, 0);
  EXPECT_EQ(visits, 0);
}

TEST(RadixTrie, TakesKeysOfEveryByteAndAnyDepth) {
  std::vector<std::string> texts;
  for (int c = 0; c < 256; ++c) texts.push_back(std::string(1, static_cast<char>(c)));
  texts.push_back(std::string(3000, 'x'));
  for (size_t n = 2; n < 2000; ++n) texts.push_back(std::string(n, 'y'));
  texts.push_back(std::string(200'000, 'z'));
  const RadixTrie trie = Make(texts);
  EXPECT_EQ(Met(trie, std::string(5000, 'x')), (Ranks{'x', 256}));
  EXPECT_EQ(Met(trie, std::string(5000, 'y')).size(), 1999u);
  EXPECT_EQ(Met(trie, std::string(200'000, 'z')).size(), 2u)
      << "a label longer than one node holds";
  EXPECT_EQ(Met(trie, std::string(199'999, 'z')).size(), 1u);
  EXPECT_EQ(Met(trie, std::string("\xff")), (Ranks{255}));
}

}  // namespace
}  // namespace sluice::route
