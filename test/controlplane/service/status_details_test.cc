#include "controlplane/service/status_details.h"

#include <gtest/gtest.h>

#include "test/controlplane/service/service_fixture.h"

namespace sluice::service {
namespace {

TEST(StatusDetailsTest, CodesAndTextsStay) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  const grpc::Status status = ToGrpc(absl::AbortedError("stale"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(status.error_message(), "stale");
  EXPECT_TRUE(status.error_details().empty());
}

TEST(StatusDetailsTest, ProblemsTravelInTheDetails) {
  sluice::v1::Problem problem;
  problem.set_code("invalid");
  const grpc::Status status =
      ToGrpc(revision::Refusal{absl::InvalidArgumentError("2 problems"), {problem, problem}});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status details;
  sluice::v1::ProblemList list;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.message(), "2 problems");
  ASSERT_TRUE(details.details(0).UnpackTo(&list));
  EXPECT_EQ(list.problems_size(), 2);
  EXPECT_TRUE(ToGrpc(revision::Refusal{absl::UnavailableError("x"), {}}).error_details().empty());
}

}  // namespace
}  // namespace sluice::service
