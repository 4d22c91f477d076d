#include "dataplane/proxy/local_reply.h"

#include <gtest/gtest.h>

namespace sluice::proxy {
namespace {

using http::FieldId;
using http::StreamError;
using upstream::CallError;

class LocalReplyTest : public testing::Test {
 protected:
  class One final : public filter::Exchange {
   public:
    explicit One(buffer::BlockPool& pool) : Exchange(pool) {}
    void Resume() override {}
  };
  buffer::BlockPool pool;
  One exchange{pool};
};

TEST_F(LocalReplyTest, MapsEveryRequestErrorToAClientStatusAndACode) {
  for (int i = 1; i <= static_cast<int>(StreamError::kConnectionLost); ++i) {
    const filter::LocalReply reply = ReplyFor(static_cast<StreamError>(i));
    EXPECT_TRUE((reply.status >= 400 && reply.status < 500) || reply.status == 501 || reply.status == 505) << i;
    EXPECT_FALSE(reply.details.empty()) << i;
  }
  EXPECT_EQ(ReplyFor(StreamError::kHeadTooLarge).status, 431);
  EXPECT_EQ(ReplyFor(StreamError::kTargetTooLong).status, 414);
  EXPECT_EQ(ReplyFor(StreamError::kUnknownTransferCoding).status, 501);
  EXPECT_EQ(ReplyFor(StreamError::kBadExpectation).status, 417);
}

TEST_F(LocalReplyTest, SaysWhichSideOfTheCallFailed) {
  const std::pair<CallError, std::pair<int, uint32_t>> cases[] = {
      {CallError::kNoHealthyEndpoint, {503, filter::kNoHealthyUpstream}},
      {CallError::kPendingOverflow, {503, filter::kUpstreamOverflow}},
      {CallError::kConnectFailed, {503, filter::kUpstreamConnectionFailure}},
      {CallError::kConnectTimeout, {503, filter::kUpstreamConnectionFailure}},
      {CallError::kConnectionLost, {502, filter::kUpstreamConnectionTermination}},
      {CallError::kBadResponse, {502, filter::kUpstreamProtocolError}},
      {CallError::kReset, {502, filter::kUpstreamReset}},
  };
  for (const auto& [error, expected] : cases) {
    uint32_t flags = 0;
    const filter::LocalReply reply = ReplyFor(upstream::CallFailure{.error = error}, flags);
    EXPECT_EQ(reply.status, expected.first);
    EXPECT_EQ(flags, expected.second);
  }
}

TEST_F(LocalReplyTest, SpeaksPlainTextByDefault) {
  EXPECT_EQ(WriteLocalReply(exchange, {404, "route_not_found", "no route"}), "no route\n");
  EXPECT_EQ(exchange.response.status, 404);
  EXPECT_EQ(exchange.response.content_length, 9u);
  EXPECT_EQ(exchange.response.Get(FieldId::kContentType), "text/plain; charset=utf-8");
}

TEST_F(LocalReplyTest, SpeaksProblemJsonToThoseWhoAskForJson) {
  exchange.request.Append("Accept", "application/json");
  const std::string_view body = WriteLocalReply(exchange, {404, "route_not_found", "no route"});
  EXPECT_EQ(body,
            "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"detail\":\"no route\","
            "\"code\":\"route_not_found\"}\n");
  EXPECT_EQ(exchange.response.Get(FieldId::kContentType), "application/problem+json");
}

TEST_F(LocalReplyTest, SpeaksTrailersOnlyToGrpcClients) {
  exchange.request.Append("Content-Type", "application/grpc+proto");
  EXPECT_EQ(WriteLocalReply(exchange, {503, "upstream_overflow", "busy"}), "");
  EXPECT_EQ(exchange.response.status, 200);
  EXPECT_EQ(exchange.response.Get(FieldId::kGrpcStatus), "14");
  EXPECT_EQ(exchange.response.Get(FieldId::kGrpcMessage), "busy");
}

TEST_F(LocalReplyTest, DoesNotTakeGrpcWebForGrpc) {
  exchange.request.Append("Content-Type", "application/grpc-web");
  EXPECT_NE(WriteLocalReply(exchange, {503, "upstream_overflow", "busy"}), "");
}

TEST_F(LocalReplyTest, HeadGetsTheLengthWithoutTheBody) {
  exchange.request.method = http::Method::kHead;
  EXPECT_EQ(WriteLocalReply(exchange, {404, "route_not_found", "no route"}), "");
  EXPECT_EQ(exchange.response.content_length, 9u);
}

TEST_F(LocalReplyTest, NoContentHasNoBodyAndNoLength) {
  EXPECT_EQ(WriteLocalReply(exchange, {204, "options_answered", {}}), "");
  EXPECT_EQ(exchange.response.framing, http::BodyFraming::kNone);
}

}  // namespace
}  // namespace sluice::proxy
