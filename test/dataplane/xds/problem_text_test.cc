#include "dataplane/xds/problem_text.h"

#include <gtest/gtest.h>

namespace sluice::xds {
namespace {

using ::sluice::xds::v1::CommitReport;
using ::sluice::xds::v1::Problem;

TEST(ProblemTextTest, R12NamesEachResourceAndField) {
  const Problems problems = {ContentProblem("t", "pay", "connect_timeout: must be > 0"),
                             ContentProblem("t", "search", "cannot be parsed: at all")};
  EXPECT_EQ(problems[0].field_path(), "connect_timeout");
  EXPECT_EQ(problems[1].field_path(), "");
  const google::rpc::Status status = Refusal(problems);
  EXPECT_EQ(status.code(), 3);
  EXPECT_EQ(status.message(),
            "'pay': connect_timeout: must be > 0; 'search': cannot be parsed: at all");
}

TEST(ProblemTextTest, R12IsCappedAndSaysHowManyItLeavesOut) {
  const Problems problems(1000, ContentProblem("t", "cluster", "name: must not be empty"));
  const std::string text = RefusalText(problems);
  EXPECT_LE(text.size(), kMaxRefusalBytes);
  EXPECT_GT(text.size(), kMaxRefusalBytes / 2);
  const size_t told = static_cast<size_t>(std::count(text.begin(), text.end(), ';'));
  EXPECT_TRUE(text.ends_with("; and " + std::to_string(1000 - told) + " more")) << text;
  EXPECT_LE(RefusalText({ContentProblem("t", std::string(9000, 'x'), "y")}).size(),
            kMaxRefusalBytes);
}

TEST(ProblemTextTest, R12IsAlwaysPrintable) {
  Problem problem = ContentProblem("t", "\xc3\xa4", std::string("a\nb\xff"));
  EXPECT_EQ(RefusalText({problem}), "'?\?': a?b?");
}

TEST(ProblemTextTest, AnAnswerToACommitCarriesTheReportAndIsANackOnlyIfSomethingIsRefused) {
  CommitReport report;
  report.set_revision(7);
  google::rpc::Status status = CommitAnswer(report);
  EXPECT_EQ(status.code(), 0);
  *report.add_refused() = ContentProblem("t", "pay", "name: bad");
  status = CommitAnswer(report);
  EXPECT_NE(status.code(), 0);
  EXPECT_EQ(status.message(), "'pay': name: bad");
  CommitReport unpacked;
  ASSERT_EQ(status.details_size(), 1);
  ASSERT_TRUE(status.details(0).UnpackTo(&unpacked));
  EXPECT_EQ(unpacked.revision(), 7u);
  EXPECT_EQ(unpacked.refused_size(), 1);
}

}  // namespace
}  // namespace sluice::xds
