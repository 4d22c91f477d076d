#include "dataplane/base/status_macros.h"

#include <gtest/gtest.h>

#include <memory>

namespace sluice::base {
namespace {

absl::StatusOr<std::unique_ptr<int>> Make(int value) {
  if (value < 0) return absl::InvalidArgumentError("negative");
  return std::make_unique<int>(value);
}

absl::StatusOr<int> Sum(int a, int b, int& evaluations) {
  SLUICE_ASSIGN_OR_RETURN(const std::unique_ptr<int> x, Make((++evaluations, a)));
  std::unique_ptr<int> y;
  SLUICE_ASSIGN_OR_RETURN(y, Make((++evaluations, b)));
  return *x + *y;
}

absl::Status Both(const absl::Status& a, const absl::Status& b) {
  SLUICE_RETURN_IF_ERROR(a);
  SLUICE_RETURN_IF_ERROR(b);
  return absl::OkStatus();
}

TEST(StatusMacrosTest, AssignTakesMoveOnlyValuesAndEvaluatesOnce) {
  int evaluations = 0;
  EXPECT_EQ(*Sum(2, 3, evaluations), 5);
  EXPECT_EQ(evaluations, 2);
}

TEST(StatusMacrosTest, AssignReturnsTheFirstError) {
  int evaluations = 0;
  EXPECT_EQ(Sum(-1, 3, evaluations).status().message(), "negative");
  EXPECT_EQ(evaluations, 1);
}

TEST(StatusMacrosTest, ReturnIfErrorReturnsTheFirstError) {
  EXPECT_TRUE(Both(absl::OkStatus(), absl::OkStatus()).ok());
  EXPECT_EQ(Both(absl::NotFoundError("a"), absl::InternalError("b")).message(), "a");
  EXPECT_EQ(Both(absl::OkStatus(), absl::InternalError("b")).message(), "b");
}

}  // namespace
}  // namespace sluice::base
