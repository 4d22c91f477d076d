#include "dataplane/http2/response_head.h"

#include <gtest/gtest.h>

#include "test/support/stream_recorder.h"

namespace sluice::http2 {
namespace {

using http::BodyFraming;
using http::EndStream;
using http::StreamError;
using HeadKind = http::StreamEvents::HeadKind;
using Verdict = ResponseHead::Verdict;

class ResponseHeadTest : public ::testing::Test {
 protected:
  buffer::BlockPool pool_;
  test::StreamRecorder recorder_{pool_};
  Limits limits_;
  ResponseHead head_{limits_};
};

TEST_F(ResponseHeadTest, TellsFinalAndInformationalResponsesByTheirStatus) {
  head_.BeginResponse(recorder_);
  EXPECT_EQ(head_.AddField(":status", "100"), Verdict::kOk);
  EXPECT_TRUE(head_.Finish(EndStream::kNo));
  EXPECT_EQ(head_.kind(), HeadKind::kInformational);

  head_.BeginResponse(recorder_);
  EXPECT_EQ(head_.AddField(":status", "200"), Verdict::kOk);
  EXPECT_TRUE(head_.Finish(EndStream::kNo));
  EXPECT_EQ(head_.kind(), HeadKind::kMain);
  EXPECT_EQ(recorder_.head()->status, 200);
  EXPECT_EQ(recorder_.head()->framing, BodyFraming::kStream);
}

TEST_F(ResponseHeadTest, CopiesWhatTheSessionWillForget) {
  head_.BeginResponse(recorder_);
  ASSERT_EQ(head_.AddField(":status", "200"), Verdict::kOk);
  std::string name = "x-long-name-of-nobody";
  std::string value = "value";
  ASSERT_EQ(head_.AddField(name, value), Verdict::kOk);
  name.assign(name.size(), '!');
  value.assign(value.size(), '!');
  ASSERT_TRUE(head_.Finish(EndStream::kYes));
  EXPECT_EQ(recorder_.head()->Find("X-Long-Name-Of-Nobody"), "value");
}

TEST_F(ResponseHeadTest, LimitsHoldToTheByteAndTheField) {
  limits_ = {.head = 100, .fields = 3};
  head_.BeginResponse(recorder_);
  head_.AddField(":status", "200");                         // 10 bytes
  EXPECT_EQ(head_.AddField("a", std::string(89, 'x')), Verdict::kOk);
  EXPECT_EQ(head_.AddField("b", ""), Verdict::kRefuseStream);
  EXPECT_EQ(head_.error(), StreamError::kHeadTooLarge);

  head_.BeginResponse(recorder_);
  head_.AddField(":status", "200");
  head_.AddField("a", "");
  EXPECT_EQ(head_.AddField("b", ""), Verdict::kOk);
  EXPECT_EQ(head_.AddField("c", ""), Verdict::kRefuseStream);
  EXPECT_EQ(head_.error(), StreamError::kTooManyFields);
  EXPECT_FALSE(head_.Finish(EndStream::kNo));
}

TEST_F(ResponseHeadTest, ABlockThatGoesOnIsABombEvenIfNobodyListens) {
  limits_ = {.head = 100, .fields = 10};
  head_.BeginIgnored();
  int fields = 0;
  while (head_.AddField("a", "b") == Verdict::kOk) ++fields;
  EXPECT_EQ(fields, 80);
  EXPECT_EQ(head_.AddField("a", "b"), Verdict::kRefuseConnection);
}

TEST_F(ResponseHeadTest, IgnoringStoresNothing) {
  head_.BeginResponse(recorder_);
  head_.AddField(":status", "200");
  head_.Ignore();
  EXPECT_EQ(head_.AddField("a", "b"), Verdict::kOk);
  EXPECT_EQ(recorder_.head()->size(), 0u);
  EXPECT_FALSE(head_.Finish(EndStream::kNo));
}

TEST_F(ResponseHeadTest, NeedsAStatusFirst) {
  head_.BeginResponse(recorder_);
  EXPECT_EQ(head_.AddField("a", "b"), Verdict::kRefuseStream);
  EXPECT_EQ(head_.error(), StreamError::kBadStatus);
  for (std::string_view status : {"", "99", "099", "2000", "101", "600", "abc"}) {
    head_.BeginResponse(recorder_);
    EXPECT_EQ(head_.AddField(":status", status), Verdict::kRefuseStream) << status;
  }
}

TEST_F(ResponseHeadTest, TheLengthFramesTheBody) {
  head_.BeginResponse(recorder_);
  head_.AddField(":status", "200");
  head_.AddField("content-length", "7");
  ASSERT_TRUE(head_.Finish(EndStream::kNo));
  EXPECT_EQ(recorder_.head()->framing, BodyFraming::kLength);
  EXPECT_EQ(recorder_.head()->content_length, 7u);

  head_.BeginResponse(recorder_);
  head_.AddField(":status", "200");
  head_.AddField("content-length", "99999999999999999999");
  EXPECT_FALSE(head_.Finish(EndStream::kNo));
  EXPECT_EQ(head_.error(), StreamError::kBadContentLength);
}

}  // namespace
}  // namespace sluice::http2
