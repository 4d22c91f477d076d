#include "tools/sluicectl/text_diff.h"

#include <gtest/gtest.h>

namespace sluice::ctl {
namespace {

std::string Diff(std::string_view before, std::string_view after) {
  std::string text;
  for (const DiffLine& line : DiffLines(before, after)) text += line.mark + line.text + "\n";
  return text;
}

TEST(TextDiffTest, KeepsWhatIsEqual) {
  EXPECT_EQ(Diff("a\nb\nc\n", "a\nx\nc\n"), " a\n-b\n+x\n c\n");
  EXPECT_EQ(Diff("a\nb\n", "b\nc\n"), "-a\n b\n+c\n");
  EXPECT_EQ(Diff("a\n", "a\n"), " a\n");
}

TEST(TextDiffTest, OneSideMayBeEmpty) {
  EXPECT_EQ(Diff("", "a\n"), "+a\n");
  EXPECT_EQ(Diff("a\n", ""), "-a\n");
  EXPECT_EQ(Diff("", ""), "");
}

TEST(TextDiffTest, LargeTextsAreToldWhole) {
  std::string large;
  for (int i = 0; i < 3000; ++i) large += "line\n";
  EXPECT_EQ(DiffLines(large, large).size(), 6000u);
}

}  // namespace
}  // namespace sluice::ctl
