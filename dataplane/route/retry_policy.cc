#include "dataplane/route/retry_policy.h"

#include <algorithm>
#include <charconv>

namespace sluice::route {
namespace {

bool AnyHolds(const std::vector<HeaderPredicate>& predicates, const http::Head& head) {
  return std::any_of(predicates.begin(), predicates.end(),
                     [&](const HeaderPredicate& p) { return p.Matches(head); });
}

std::optional<int64_t> Number(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

bool WantsAnother(const RetryPolicy& policy, const http::Head& response) {
  // The service says itself that it has enough.
  if (response.Find("x-envoy-overloaded")) return false;
  if (response.Find("x-envoy-ratelimited")) return policy.has(kRetryEnvoyRateLimited);
  const uint16_t status = response.status;
  if (policy.has(kRetry5xx) && status >= 500 && status < 600) return true;
  if (policy.has(kRetryGatewayError) && status >= 502 && status <= 504) return true;
  if (policy.has(kRetryRetriable4xx) && status == 409) return true;
  if (policy.has(kRetryStatusCodes) &&
      std::find(policy.status_codes.begin(), policy.status_codes.end(), status) !=
          policy.status_codes.end()) {
    return true;
  }
  return policy.has(kRetryHeaders) && AnyHolds(policy.response_headers, response);
}

bool CoversRequest(const RetryPolicy& policy, const http::Head& request) {
  return policy.request_headers.empty() || AnyHolds(policy.request_headers, request);
}

bool NamesMethod(const RetryPolicy& policy, const http::Head& request) {
  return std::any_of(policy.request_headers.begin(), policy.request_headers.end(),
                     [&](const HeaderPredicate& p) {
                       return p.name.source == HeaderName::Source::kMethod && p.Matches(request);
                     });
}

std::optional<base::Duration> AskedToWait(const RetryPolicy& policy, const http::Head& response,
                                          int64_t unix_now) {
  for (const ResetField& reset : policy.reset_fields) {
    const auto text = First(response, reset.field);
    if (!text) continue;
    std::optional<int64_t> seconds = Number(*text);
    if (!seconds) continue;
    if (reset.format == ResetField::Format::kUnixTimestamp) *seconds -= unix_now;
    const int64_t most = std::chrono::duration_cast<std::chrono::seconds>(policy.reset_max).count();
    if (*seconds < 0 || *seconds > most) continue;
    return std::chrono::seconds(*seconds);
  }
  return std::nullopt;
}

}  // namespace sluice::route
