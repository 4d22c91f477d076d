#include "dataplane/grpc/status.h"

#include <gtest/gtest.h>

namespace sluice::grpc {
namespace {

using http::StreamError;

class StatusTest : public ::testing::Test {
 protected:
  StatusTest() {
    head_.status = 200;
    head_.Append("content-type", "application/grpc");
  }

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
  http::Head head_{arena_};
  http::Head trailers_{arena_};
};

TEST_F(StatusTest, ComesFromTheTrailers) {
  trailers_.Append("grpc-status", "5");
  trailers_.Append("grpc-message", "no%20such%20thing");
  const Status status = StatusOf(head_, &trailers_);
  EXPECT_EQ(status.code, StatusCode::kNotFound);
  EXPECT_EQ(status.message, "no such thing");
  EXPECT_FALSE(status.ok());
}

TEST_F(StatusTest, ComesFromAHeadThatIsTheWholeResponse) {
  head_.Append("grpc-status", "12");
  EXPECT_EQ(StatusOf(head_, nullptr).code, StatusCode::kUnimplemented);
  // With trailers, theirs counts: the head came before anything was known.
  trailers_.Append("grpc-status", "0");
  EXPECT_TRUE(StatusOf(head_, &trailers_).ok());
}

TEST_F(StatusTest, IsUnknownWhereItIsMissingOrNoNumber) {
  EXPECT_EQ(StatusOf(head_, nullptr).code, StatusCode::kUnknown);
  EXPECT_EQ(StatusOf(head_, &trailers_).message, "the response has no grpc-status");
  head_.Remove("content-type");
  EXPECT_EQ(StatusOf(head_, nullptr).message, "the response is not gRPC");
  for (const char* text : {"", "x", "-1", "17", "99999999999", "0 "}) {
    http::Head trailers(arena_);
    trailers.Append("grpc-status", text);
    EXPECT_EQ(StatusOf(head_, &trailers).code, StatusCode::kUnknown) << text;
  }
}

TEST_F(StatusTest, FollowsHttpWhereTheAnswerIsNotGrpc) {
  http::Head plain(arena_);
  plain.status = 503;
  EXPECT_EQ(StatusOf(plain, nullptr).code, StatusCode::kUnavailable);
  EXPECT_EQ(StatusOf(plain, nullptr).message, "HTTP status 503");
  EXPECT_EQ(FromHttpStatus(400), StatusCode::kInternal);
  EXPECT_EQ(FromHttpStatus(401), StatusCode::kUnauthenticated);
  EXPECT_EQ(FromHttpStatus(403), StatusCode::kPermissionDenied);
  EXPECT_EQ(FromHttpStatus(404), StatusCode::kUnimplemented);
  EXPECT_EQ(FromHttpStatus(429), StatusCode::kUnavailable);
  EXPECT_EQ(FromHttpStatus(500), StatusCode::kUnknown);
  EXPECT_EQ(FromHttpStatus(302), StatusCode::kUnknown);
}

TEST_F(StatusTest, SaysWhetherAFailedStreamMayBeTriedAgain) {
  EXPECT_EQ(FromStreamError(StreamError::kRefused), StatusCode::kUnavailable);
  EXPECT_EQ(FromStreamError(StreamError::kConnectionLost), StatusCode::kUnavailable);
  EXPECT_EQ(FromStreamError(StreamError::kCancelled), StatusCode::kCancelled);
  EXPECT_EQ(FromStreamError(StreamError::kHeadTooLarge), StatusCode::kResourceExhausted);
  EXPECT_EQ(FromStreamError(StreamError::kProtocol), StatusCode::kInternal);
  EXPECT_EQ(FromStreamError(StreamError::kNone), StatusCode::kOk);
}

TEST_F(StatusTest, KnowsGrpcByItsContentType) {
  const auto is_grpc = [&](uint16_t status, std::string_view type) {
    http::Head head(arena_);
    head.status = status;
    head.Append("content-type", type);
    return IsGrpcResponse(head);
  };
  EXPECT_TRUE(is_grpc(200, "application/grpc"));
  EXPECT_TRUE(is_grpc(200, "application/grpc+proto"));
  EXPECT_TRUE(is_grpc(200, "application/grpc;charset=utf-8"));
  EXPECT_FALSE(is_grpc(200, "application/grpc-web"));
  EXPECT_FALSE(is_grpc(200, "text/html"));
  EXPECT_FALSE(is_grpc(503, "application/grpc"));
}

TEST_F(StatusTest, EscapesMessages) {
  EXPECT_EQ(EncodeMessage("plain ~!"), "plain ~!");
  EXPECT_EQ(EncodeMessage("50%\r\n\xc3\xa4"), "50%25%0D%0A%C3%A4");
  EXPECT_EQ(DecodeMessage("50%25%0d%0A%C3%A4"), "50%\r\n\xc3\xa4");
  EXPECT_EQ(DecodeMessage("%"), "%");
  EXPECT_EQ(DecodeMessage("%4"), "%4");
  EXPECT_EQ(DecodeMessage("a%zz%41"), "a%zzA");
  EXPECT_EQ(DecodeMessage("%41"), "A");
  EXPECT_EQ(DecodeMessage(""), "");
}

TEST_F(StatusTest, NamesEveryCode) {
  EXPECT_EQ(StatusCodeName(StatusCode::kOk), "OK");
  EXPECT_EQ(StatusCodeName(StatusCode::kFailedPrecondition), "FAILED_PRECONDITION");
  EXPECT_EQ(StatusCodeName(StatusCode::kUnauthenticated), "UNAUTHENTICATED");
}

}  // namespace
}  // namespace sluice::grpc
