// When and how a request is tried again (xDS: RouteAction.retry_policy, VirtualHost.retry_policy).
//
// Compiled by config/compile_retry.cc, immutable, shared by all routes of its virtual host and all
// workers. What is here is only what the configuration says and what a head alone decides; whether
// a request may be repeated at all, and whether a budget is left, is proxy/retry.h's to say.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dataplane/base/clock.h"
#include "dataplane/http/head.h"
#include "dataplane/route/field_ref.h"
#include "dataplane/route/predicates.h"

namespace sluice::route {

// The words of RetryPolicy.retry_on, one bit each.
enum RetryOn : uint32_t {
  kRetry5xx = 1 << 0,                 // "5xx": a status from 500, or no response
  kRetryGatewayError = 1 << 1,        // "gateway-error": 502, 503, 504, or no response
  kRetryReset = 1 << 2,               // "reset": no response
  kRetryResetBeforeRequest = 1 << 3,  // "reset-before-request": none, and no byte was sent
  kRetryConnectFailure = 1 << 4,      // "connect-failure"
  kRetryRefusedStream = 1 << 5,       // "refused-stream" (RFC 9113 8.7)
  kRetryRetriable4xx = 1 << 6,        // "retriable-4xx": 409
  kRetryStatusCodes = 1 << 7,         // "retriable-status-codes"
  kRetryHeaders = 1 << 8,             // "retriable-headers"
  kRetryEnvoyRateLimited = 1 << 9,    // "envoy-ratelimited": x-envoy-ratelimited is there
};

// A response field that says when to come back (xDS: RetryPolicy.ResetHeader).
struct ResetField {
  enum class Format : uint8_t { kSeconds, kUnixTimestamp };
  FieldRef field;
  Format format = Format::kSeconds;
};

struct RetryPolicy {
  uint32_t on = 0;           // RetryOn bits
  uint32_t num_retries = 1;  // beside the first attempt
  // One attempt, from the end of the request (or the start of the attempt, if that is later) to the
  // response head; zero: none.
  base::Duration per_try_timeout{0};
  // No byte of the response for so long, in one attempt; zero: none.
  base::Duration per_try_idle_timeout{0};
  // The n-th wait is random in [0, min(max, base * 2^n)).
  base::Duration back_off_base = std::chrono::milliseconds(25);
  base::Duration back_off_max = std::chrono::milliseconds(250);
  // The first of these that the response has rules instead, unless it asks for more than reset_max.
  std::vector<ResetField> reset_fields;
  base::Duration reset_max = std::chrono::seconds(300);
  std::vector<uint16_t> status_codes;             // with kRetryStatusCodes
  std::vector<HeaderPredicate> response_headers;  // with kRetryHeaders: one must hold
  // One must hold, or nothing is tried again; empty: every request.
  std::vector<HeaderPredicate> request_headers;
  // Endpoints already tried are not taken again, if up to so many further picks find another
  // (xDS: envoy.retry_host_predicates.previous_hosts, host_selection_retry_max_attempts).
  bool avoid_previous_hosts = false;
  uint32_t host_attempts = 1;

  bool has(uint32_t bits) const { return (on & bits) != 0; }
};

// The response is one that the policy wants another for.
bool WantsAnother(const RetryPolicy& policy, const http::Head& response);
// The request is one that the policy is for.
bool CoversRequest(const RetryPolicy& policy, const http::Head& request);
// One of the policy's conditions on the request's method holds. That is how a route says that it takes
// the risk of repeating a method that is not idempotent (RFC 9110 9.2.2).
bool NamesMethod(const RetryPolicy& policy, const http::Head& request);
// How long the response asks to wait, by its reset fields; nullopt: it does not, or for too long.
// `unix_now`: seconds since 1970.
std::optional<base::Duration> AskedToWait(const RetryPolicy& policy, const http::Head& response,
                                          int64_t unix_now);

}  // namespace sluice::route
