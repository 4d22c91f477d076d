#include "api/check/field_error.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sluice::api {
namespace {

TEST(FieldError, StatusHasOneLinePerErrorAndIsOkWithoutAny) {
  ErrorList errors;
  EXPECT_TRUE(errors.ToStatus().ok());
  errors.Add("a.b", "is required");
  errors.Add("", "the text is empty");
  const absl::Status status = errors.ToStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()), "a.b: is required\nthe text is empty");
}

TEST(FieldError, ControlCharactersCannotForgeALine) {
  ErrorList errors;
  errors.Add("a\nb", "x\r\ny\x7f");
  EXPECT_EQ(errors.errors()[0], (FieldError{"a?b", "x??y?"}));
}

TEST(FieldError, CutsLongTextBetweenCharacters) {
  ErrorList errors;
  errors.Add(std::string(ErrorList::kMaxBytesOfOne - 1, 'p') + "\xc3\xa9", "t");
  EXPECT_EQ(errors.errors()[0].field_path, std::string(ErrorList::kMaxBytesOfOne - 1, 'p') + "...");
}

TEST(FieldError, KeepsTheFirstThousandAndCountsTheRest) {
  ErrorList errors;
  for (int i = 0; i < 1003; ++i) errors.Add("p", std::to_string(i));
  EXPECT_EQ(errors.size(), 1000u);
  EXPECT_EQ(errors.dropped(), 3u);
  const std::string text(errors.ToStatus().message());
  EXPECT_EQ(text.substr(text.rfind('\n') + 1), "and 3 more errors");
}

TEST(FieldError, LeavesOutWhatFollowsFromAnEarlierError) {
  ErrorList first, later;
  first.Add("a.b[1].typo", "unknown field of X");
  for (const auto& [path, text] : std::vector<std::pair<std::string, std::string>>{
           {"a.b[1].typo", "must be at least 1, is 0"},    // the field itself
           {"a.b[1].typo.x", "must be at least 1, is 0"},  // in it
           {"a.b[1]", "the last one must be the router"},  // around it
           {"a.b[1].type", "is required"},                 // what was meant
           {"a.b[1].other", "must be at least 1, is 0"},   // from here on: kept
           {"a.b[12].typo", "is required"},
           {"a.b[0]", "must be at least 1, is 0"},
           {"a.c", "is required"}}) {
    later.Add(path, text);
  }
  first.AddUnrelated(later);
  ASSERT_EQ(first.size(), 5u);
  EXPECT_EQ(first.errors()[1].field_path, "a.b[1].other");
  EXPECT_EQ(first.errors()[4].field_path, "a.c");
}

TEST(FieldError, NothingIsAddedToATextThatCouldNotBeReadAtAll) {
  ErrorList first, later;
  first.Add("", "not valid YAML");
  later.Add("a", "is required");
  first.AddUnrelated(later);
  EXPECT_EQ(first.size(), 1u);
}

TEST(FieldError, PathsJoinAsInTheYaml) {
  EXPECT_EQ(JoinPath("", "a"), "a");
  EXPECT_EQ(JoinPath("a", "b"), "a.b");
  EXPECT_EQ(IndexPath("a.b", 3), "a.b[3]");
  EXPECT_EQ(KeyPath("a", "envoy.lb"), "a[\"envoy.lb\"]");
}

}  // namespace
}  // namespace sluice::api
