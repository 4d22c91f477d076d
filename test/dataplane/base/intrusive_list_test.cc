#include "dataplane/base/intrusive_list.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace sluice::base {
namespace {

struct OtherTag {};
struct Item : ListNode<>, ListNode<OtherTag> {
  explicit Item(int value) : value(value) {}
  int value;
};
using List = IntrusiveList<Item>;

template <typename L>
std::vector<int> ValuesOf(L& list) {
  std::vector<int> values;
  list.ForEach([&](Item& item) { values.push_back(item.value); });
  return values;
}

TEST(IntrusiveListTest, KeepsTheOrderOfBothEnds) {
  Item one(1), two(2), three(3);
  List list;
  list.PushBack(two);
  list.PushBack(three);
  list.PushFront(one);
  EXPECT_EQ(ValuesOf(list), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(list.front().value, 1);
  EXPECT_EQ(list.back().value, 3);
  EXPECT_EQ(&list.PopFront(), &one);
  EXPECT_FALSE(one.ListNode<>::linked());
}

TEST(IntrusiveListTest, AnElementLeavesItsListWhenItDies) {
  Item one(1);
  auto two = std::make_unique<Item>(2);
  Item three(3);
  List list;
  list.PushBack(one);
  list.PushBack(*two);
  list.PushBack(three);
  two.reset();
  EXPECT_EQ(ValuesOf(list), (std::vector<int>{1, 3}));
}

TEST(IntrusiveListTest, ElementsOutliveTheirList) {
  Item one(1);
  {
    List list;
    list.PushBack(one);
  }
  EXPECT_FALSE(one.ListNode<>::linked());
}

TEST(IntrusiveListTest, SpliceAppendsInOrderAndEmptiesTheSource) {
  Item one(1), two(2), three(3), four(4);
  List list, more, none;
  list.PushBack(one);
  more.PushBack(two);
  more.PushBack(three);
  list.Splice(none);
  list.Splice(more);
  EXPECT_TRUE(more.empty());
  list.PushBack(four);
  EXPECT_EQ(ValuesOf(list), (std::vector<int>{1, 2, 3, 4}));
  more.Splice(list);
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(ValuesOf(more), (std::vector<int>{1, 2, 3, 4}));
}

TEST(IntrusiveListTest, ForEachAllowsUnlinkingTheElementItIsAt) {
  Item one(1), two(2), three(3);
  List list;
  for (Item* item : {&one, &two, &three}) list.PushBack(*item);
  list.ForEach([](Item& item) {
    if (item.value == 2) item.ListNode<>::Unlink();
  });
  EXPECT_EQ(ValuesOf(list), (std::vector<int>{1, 3}));
}

TEST(IntrusiveListTest, TagsLetOneElementBeOnTwoLists) {
  Item one(1);
  List list;
  IntrusiveList<Item, OtherTag> other;
  list.PushBack(one);
  other.PushBack(one);
  one.ListNode<>::Unlink();
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(ValuesOf(other), (std::vector<int>{1}));
}

}  // namespace
}  // namespace sluice::base
