#include "dataplane/config/compile_retry.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dataplane/config/compile_matchers.h"
#include "dataplane/config/duration.h"
#include "dataplane/config/implemented_fields.h"

namespace sluice::config {
namespace {

using V3Policy = envoy::config::route::v3::RetryPolicy;

constexpr std::pair<std::string_view, uint32_t> kWords[] = {
    {"5xx", route::kRetry5xx},
    {"gateway-error", route::kRetryGatewayError},
    {"reset", route::kRetryReset},
    {"reset-before-request", route::kRetryResetBeforeRequest},
    {"connect-failure", route::kRetryConnectFailure},
    {"refused-stream", route::kRetryRefusedStream},
    {"retriable-4xx", route::kRetryRetriable4xx},
    {"retriable-status-codes", route::kRetryStatusCodes},
    {"retriable-headers", route::kRetryHeaders},
    {"envoy-ratelimited", route::kRetryEnvoyRateLimited},
};

constexpr uint32_t kMaxRetries = 100;
constexpr uint32_t kMaxHostAttempts = 64;
constexpr std::string_view kPreviousHosts =
    "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate";

uint32_t CompileWords(const std::string& text, const std::string& path, ErrorList& errors) {
  uint32_t on = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view word = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (word.empty()) continue;
    const auto* const known = std::find_if(std::begin(kWords), std::end(kWords),
                                           [&](const auto& w) { return w.first == word; });
    if (known == std::end(kWords)) {
      errors.Add(path, fmt::format("'{}': not implemented yet", word));
    } else {
      on |= known->second;
    }
  }
  return on;
}

// As in Envoy: the longest wait is ten times the shortest unless it is given.
void CompileBackOff(const V3Policy& policy, const std::string& path, route::RetryPolicy& out,
                    ErrorList& errors) {
  if (!policy.has_retry_back_off()) return;
  const std::string at = JoinPath(path, "retry_back_off");
  const V3Policy::RetryBackOff& back_off = policy.retry_back_off();
  RefuseAllBut(back_off, {"base_interval", "max_interval"}, at, errors);
  const std::string base = JoinPath(at, "base_interval");
  if (!back_off.has_base_interval()) return errors.Add(base, "is required");
  out.back_off_base = CompileDuration(back_off.base_interval(), base, errors);
  if (out.back_off_base < std::chrono::milliseconds(1)) errors.Add(base, "must be at least 1 ms");
  out.back_off_max = 10 * out.back_off_base;
  if (!back_off.has_max_interval()) return;
  const std::string most = JoinPath(at, "max_interval");
  out.back_off_max = CompileDuration(back_off.max_interval(), most, errors);
  if (out.back_off_max < out.back_off_base) errors.Add(most, "must not be less than base_interval");
}

void CompileRateLimited(const V3Policy& policy, const std::string& path, route::RetryPolicy& out,
                        ErrorList& errors) {
  if (!policy.has_rate_limited_retry_back_off()) return;
  const std::string at = JoinPath(path, "rate_limited_retry_back_off");
  const auto& limited = policy.rate_limited_retry_back_off();
  RefuseAllBut(limited, {"reset_headers", "max_interval"}, at, errors);
  if (limited.reset_headers().empty()) errors.Add(JoinPath(at, "reset_headers"), "must not be empty");
  for (int i = 0; i < limited.reset_headers_size(); ++i) {
    const std::string here = IndexPath(JoinPath(at, "reset_headers"), i);
    const V3Policy::ResetHeader& header = limited.reset_headers(i);
    CheckFieldName(header.name(), JoinPath(here, "name"), errors);
    route::ResetField reset;
    reset.field.name = LowerCase(header.name());
    reset.field.id = http::LookupField(reset.field.name);
    reset.format = header.format() == V3Policy::UNIX_TIMESTAMP
                       ? route::ResetField::Format::kUnixTimestamp
                       : route::ResetField::Format::kSeconds;
    if (!V3Policy::ResetHeaderFormat_IsValid(header.format())) {
      errors.Add(JoinPath(here, "format"), "is not a known value");
    }
    out.reset_fields.push_back(std::move(reset));
  }
  if (limited.has_max_interval()) {
    const std::string most = JoinPath(at, "max_interval");
    out.reset_max = CompileDuration(limited.max_interval(), most, errors);
    if (out.reset_max <= base::Duration::zero()) errors.Add(most, "must be > 0");
  }
}

void CompileHosts(const V3Policy& policy, const std::string& path, route::RetryPolicy& out,
                  ErrorList& errors) {
  for (int i = 0; i < policy.retry_host_predicate_size(); ++i) {
    const V3Policy::RetryHostPredicate& predicate = policy.retry_host_predicate(i);
    const std::string here = IndexPath(JoinPath(path, "retry_host_predicate"), i);
    if (predicate.typed_config().type_url() == kPreviousHosts) {
      out.avoid_previous_hosts = true;
    } else {
      errors.Add(JoinPath(here, "typed_config"),
                 fmt::format("'{}': not implemented yet", predicate.typed_config().type_url()));
    }
  }
  const std::string attempts = JoinPath(path, "host_selection_retry_max_attempts");
  if (policy.host_selection_retry_max_attempts() < 0 ||
      policy.host_selection_retry_max_attempts() > kMaxHostAttempts) {
    return errors.Add(attempts, fmt::format("must be between 0 and {}", kMaxHostAttempts));
  }
  if (policy.host_selection_retry_max_attempts() > 0) {
    out.host_attempts = static_cast<uint32_t>(policy.host_selection_retry_max_attempts());
  }
}

void CompileConditions(const V3Policy& policy, const std::string& path, route::RetryPolicy& out,
                       ErrorList& errors) {
  for (int i = 0; i < policy.retriable_status_codes_size(); ++i) {
    const uint32_t status = policy.retriable_status_codes(i);
    if (status < 200 || status > 599) {
      errors.Add(IndexPath(JoinPath(path, "retriable_status_codes"), i),
                 "must be between 200 and 599");
    }
    out.status_codes.push_back(static_cast<uint16_t>(status));
  }
  for (int i = 0; i < policy.retriable_headers_size(); ++i) {
    const std::string here = IndexPath(JoinPath(path, "retriable_headers"), i);
    out.response_headers.push_back(CompileHeader(policy.retriable_headers(i), here, errors));
    if (out.response_headers.back().name.source != route::HeaderName::Source::kField) {
      errors.Add(JoinPath(here, "name"), "a response has no such field");
    }
  }
  for (int i = 0; i < policy.retriable_request_headers_size(); ++i) {
    const std::string here = IndexPath(JoinPath(path, "retriable_request_headers"), i);
    out.request_headers.push_back(CompileHeader(policy.retriable_request_headers(i), here, errors));
  }
}

}  // namespace

std::shared_ptr<const route::RetryPolicy> CompileRetryPolicy(const V3Policy& policy,
                                                             const std::string& path,
                                                             ErrorList& errors) {
  const size_t before = errors.size();
  RefuseAllBut(policy,
               {"retry_on", "num_retries", "per_try_timeout", "retry_host_predicate",
                "host_selection_retry_max_attempts", "retriable_status_codes", "retry_back_off",
                "retriable_headers", "retriable_request_headers", "rate_limited_retry_back_off",
                "per_try_idle_timeout"},
               path, errors);
  auto out = std::make_shared<route::RetryPolicy>();
  out->on = CompileWords(policy.retry_on(), JoinPath(path, "retry_on"), errors);
  if (policy.has_num_retries()) out->num_retries = policy.num_retries().value();
  if (out->num_retries > kMaxRetries) {
    errors.Add(JoinPath(path, "num_retries"), fmt::format("must be at most {}", kMaxRetries));
  }
  out->per_try_timeout =
      CompileDuration(policy.per_try_timeout(), JoinPath(path, "per_try_timeout"), errors);
  out->per_try_idle_timeout =
      CompileDuration(policy.per_try_idle_timeout(), JoinPath(path, "per_try_idle_timeout"), errors);
  CompileBackOff(policy, path, *out, errors);
  CompileRateLimited(policy, path, *out, errors);
  CompileHosts(policy, path, *out, errors);
  CompileConditions(policy, path, *out, errors);
  if (errors.size() != before) return nullptr;
  const bool times_tries = out->per_try_timeout > base::Duration::zero() ||
                           out->per_try_idle_timeout > base::Duration::zero();
  if (out->on == 0 && !times_tries) return nullptr;
  return out;
}

}  // namespace sluice::config
