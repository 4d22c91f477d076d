#include "dataplane/config/compile_retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"

namespace sluice::config {
namespace {

using V3Policy = envoy::config::route::v3::RetryPolicy;
using testing::ElementsAre;

std::shared_ptr<const route::RetryPolicy> Compiled(const std::string& text) {
  ErrorList errors;
  auto policy = CompileRetryPolicy(FromText<V3Policy>(text), "p", errors);
  EXPECT_THAT(Lines(errors), ElementsAre()) << text;
  return policy;
}

std::vector<std::string> Errors(const std::string& text) {
  ErrorList errors;
  EXPECT_EQ(CompileRetryPolicy(FromText<V3Policy>(text), "p", errors), nullptr) << text;
  return Lines(errors);
}

TEST(CompileRetryTest, DefaultsAreEnvoys) {
  const auto policy = Compiled("retry_on: '5xx'");
  EXPECT_EQ(policy->on, route::kRetry5xx);
  EXPECT_EQ(policy->num_retries, 1u);
  EXPECT_EQ(policy->back_off_base, std::chrono::milliseconds(25));
  EXPECT_EQ(policy->back_off_max, std::chrono::milliseconds(250));
  EXPECT_EQ(policy->per_try_timeout, base::Duration(0));
  EXPECT_FALSE(policy->avoid_previous_hosts);
  EXPECT_EQ(policy->host_attempts, 1u);
}

TEST(CompileRetryTest, APolicyThatDoesNothingIsNone) {
  EXPECT_EQ(Compiled(""), nullptr);
  EXPECT_EQ(Compiled("num_retries { value: 3 }"), nullptr);
  EXPECT_NE(Compiled("per_try_timeout { seconds: 1 }"), nullptr);
}

TEST(CompileRetryTest, TakesEveryHttpWord) {
  const auto policy = Compiled(
      "retry_on: '5xx, gateway-error,reset,reset-before-request,connect-failure,refused-stream,"
      "retriable-4xx,retriable-status-codes,retriable-headers,envoy-ratelimited'");
  EXPECT_EQ(policy->on, (1u << 10) - 1);
}

TEST(CompileRetryTest, TakesAllFields) {
  const auto policy = Compiled(R"(
    retry_on: 'reset' num_retries { value: 4 } per_try_timeout { nanos: 250000000 }
    per_try_idle_timeout { seconds: 1 } host_selection_retry_max_attempts: 5
    retry_host_predicate { name: 'x' typed_config {
      type_url: 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate' } }
    retriable_status_codes: [ 404, 425 ]
    retry_back_off { base_interval { seconds: 1 } }
    retriable_headers { name: 'X-Again' present_match: true }
    retriable_request_headers { name: ':method' string_match { exact: 'POST' } }
    rate_limited_retry_back_off {
      reset_headers { name: 'Retry-After' format: SECONDS }
      reset_headers { name: 'X-Reset' format: UNIX_TIMESTAMP }
      max_interval { seconds: 20 } })");
  EXPECT_EQ(policy->num_retries, 4u);
  EXPECT_EQ(policy->per_try_timeout, std::chrono::milliseconds(250));
  EXPECT_EQ(policy->per_try_idle_timeout, std::chrono::seconds(1));
  EXPECT_TRUE(policy->avoid_previous_hosts);
  EXPECT_EQ(policy->host_attempts, 5u);
  EXPECT_THAT(policy->status_codes, ElementsAre(404, 425));
  EXPECT_EQ(policy->back_off_max, std::chrono::seconds(10));
  EXPECT_EQ(policy->response_headers.size(), 1u);
  EXPECT_EQ(policy->request_headers.size(), 1u);
  ASSERT_EQ(policy->reset_fields.size(), 2u);
  EXPECT_EQ(policy->reset_fields[0].field.name, "retry-after");
  EXPECT_EQ(policy->reset_fields[1].format, route::ResetField::Format::kUnixTimestamp);
  EXPECT_EQ(policy->reset_max, std::chrono::seconds(20));
}

TEST(CompileRetryTest, RefusesByNameWhatItDoesNotDo) {
  EXPECT_THAT(Errors("retry_on: '5xx,unavailable'"),
              ElementsAre("p.retry_on: 'unavailable': not implemented yet"));
  EXPECT_THAT(Errors("retry_on: '5xx' retry_priority { name: 'x' }"),
              ElementsAre(testing::HasSubstr("p.retry_priority")));
  EXPECT_THAT(Errors("retry_host_predicate { name: 'x' typed_config { type_url: 'y' } }"),
              ElementsAre("p.retry_host_predicate[0].typed_config: 'y': not implemented yet"));
}

TEST(CompileRetryTest, NamesEveryBadValueAtOnce) {
  EXPECT_THAT(Errors(R"(
      num_retries { value: 101 } retriable_status_codes: [ 99 ]
      retry_back_off { base_interval { seconds: 2 } max_interval { seconds: 1 } }
      host_selection_retry_max_attempts: -1
      retriable_headers { name: ':status' present_match: true })"),
              ElementsAre("p.num_retries: must be at most 100",
                          "p.retry_back_off.max_interval: must not be less than base_interval",
                          "p.host_selection_retry_max_attempts: must be between 0 and 64",
                          "p.retriable_status_codes[0]: must be between 200 and 599",
                          "p.retriable_headers[0].name: a response has no such field"));
}

}  // namespace
}  // namespace sluice::config
