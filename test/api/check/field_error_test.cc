#include "api/check/field_error.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(FieldError, PathsJoinAsInTheYaml) {
  EXPECT_EQ(JoinPath("", "a"), "a");
  EXPECT_EQ(JoinPath("a", "b"), "a.b");
  EXPECT_EQ(IndexPath("a.b", 3), "a.b[3]");
  EXPECT_EQ(KeyPath("a", "envoy.lb"), "a[\"envoy.lb\"]");
}

}  // namespace
}  // namespace sluice::api
