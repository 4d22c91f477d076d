#include "dataplane/route/retry_policy.h"

#include <gtest/gtest.h>

#include "dataplane/buffer/block_pool.h"

namespace sluice::route {
namespace {

struct ResponseOf {
  explicit ResponseOf(uint16_t status) : head(arena) { head.status = status; }
  buffer::BlockPool pool;
  buffer::Arena arena{pool};
  http::Head head;
};

bool Wants(uint32_t on, uint16_t status) {
  RetryPolicy policy;
  policy.on = on;
  policy.status_codes = {418};
  return WantsAnother(policy, ResponseOf(status).head);
}

TEST(RetryPolicyTest, EachWordWantsItsOwnStatuses) {
  EXPECT_TRUE(Wants(kRetry5xx, 500));
  EXPECT_TRUE(Wants(kRetry5xx, 599));
  EXPECT_FALSE(Wants(kRetry5xx, 499));
  EXPECT_FALSE(Wants(kRetryGatewayError, 500));
  EXPECT_TRUE(Wants(kRetryGatewayError, 502));
  EXPECT_TRUE(Wants(kRetryGatewayError, 504));
  EXPECT_FALSE(Wants(kRetryGatewayError, 505));
  EXPECT_TRUE(Wants(kRetryRetriable4xx, 409));
  EXPECT_FALSE(Wants(kRetryRetriable4xx, 404));
  EXPECT_TRUE(Wants(kRetryStatusCodes, 418));
  EXPECT_FALSE(Wants(kRetryStatusCodes, 503));
  EXPECT_FALSE(Wants(kRetryReset | kRetryConnectFailure | kRetryRefusedStream, 503));
}

TEST(RetryPolicyTest, AServiceThatHasEnoughIsLeftAlone) {
  RetryPolicy policy;
  policy.on = kRetry5xx;
  ResponseOf overloaded(503);
  overloaded.head.Append("x-envoy-overloaded", "true");
  EXPECT_FALSE(WantsAnother(policy, overloaded.head));
  ResponseOf limited(503);
  limited.head.Append("x-envoy-ratelimited", "true");
  EXPECT_FALSE(WantsAnother(policy, limited.head));
  policy.on |= kRetryEnvoyRateLimited;
  EXPECT_TRUE(WantsAnother(policy, limited.head));
}

TEST(RetryPolicyTest, OneResponseHeaderIsEnough) {
  RetryPolicy policy;
  policy.on = kRetryHeaders;
  HeaderPredicate there;
  there.name = HeaderName::Of("X-Again");
  policy.response_headers = {there};
  ResponseOf response(200);
  EXPECT_FALSE(WantsAnother(policy, response.head));
  response.head.Append("x-again", "");
  EXPECT_TRUE(WantsAnother(policy, response.head));
}

TEST(RetryPolicyTest, TakesTheFirstResetFieldThatMakesSense) {
  RetryPolicy policy;
  policy.reset_max = std::chrono::seconds(10);
  ResetField at;
  at.field.name = "x-reset-at";
  at.format = ResetField::Format::kUnixTimestamp;
  ResetField in;
  in.field.name = "retry-after";
  policy.reset_fields = {at, in};
  const int64_t now = 1'000'000;
  ResponseOf response(503);
  EXPECT_EQ(AskedToWait(policy, response.head, now), std::nullopt);
  response.head.Append("Retry-After", "7");
  EXPECT_EQ(AskedToWait(policy, response.head, now), std::chrono::seconds(7));
  response.head.Append("X-Reset-At", "1000003");
  EXPECT_EQ(AskedToWait(policy, response.head, now), std::chrono::seconds(3));
  for (const char* bad : {"999999", "1000011", "soon", "", "3 ", "99999999999999999999"}) {
    response.head.Set("X-Reset-At", bad);
    EXPECT_EQ(AskedToWait(policy, response.head, now), std::chrono::seconds(7)) << bad;
  }
  response.head.Set("retry-after", "11");
  EXPECT_EQ(AskedToWait(policy, response.head, now), std::nullopt);
}

}  // namespace
}  // namespace sluice::route
