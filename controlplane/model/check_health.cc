#include <fmt/format.h>

#include "api/check/field_error.h"
#include "controlplane/model/checks.h"
#include "controlplane/model/syntax.h"

namespace sluice::model {
namespace {

using api::IndexPath;
using api::JoinPath;
using sluice::v1::Ejection;
using sluice::v1::HealthCheck;
using sluice::v1::HttpCheck;
using sluice::v1::StatusRange;
using sluice::v1::TcpCheck;

constexpr int kMostEntries = 16;
constexpr uint32_t kMostInARow = 100;
constexpr uint32_t kMostDeviation = 1000;
constexpr int64_t kShortestInterval = 100;  // milliseconds: endpoints are to serve, not to be asked
constexpr int64_t kDefaultTime = 30'000'000'000;

// It stands in the start line of a request (RFC 9112 3.2).
bool IsRequestPath(const std::string& path) {
  if (!path.starts_with('/')) return false;
  for (const char c : path) {
    if (c <= ' ' || c >= 0x7f || c == '#') return false;
  }
  return true;
}

void CheckStatuses(const HttpCheck& http, const std::string& path, Reporter& reporter) {
  if (http.statuses_size() > kMostEntries) {
    reporter.Invalid(path, fmt::format("must be at most {}", kMostEntries));
  }
  for (int i = 0; i < http.statuses_size(); ++i) {
    const StatusRange& range = http.statuses(i);
    const std::string at = IndexPath(path, i);
    if (range.first() < 100 || range.first() > 599) {
      reporter.Invalid(JoinPath(at, "first"), "must be from 100 to 599");
    }
    if (range.last() > 599) {
      reporter.Invalid(JoinPath(at, "last"), "must be at most 599");
    } else if (range.last() != 0 && range.last() < range.first()) {
      reporter.Invalid(JoinPath(at, "last"), "must not be less than first");
    }
  }
}

void CheckHttp(const HttpCheck& http, const std::string& path, Reporter& reporter) {
  if (!http.path().empty() && !IsRequestPath(http.path())) {
    reporter.Check(JoinPath(path, "path"), http.path(),
                   "must start with '/' and hold no spaces, '#' or control characters");
  }
  if (!http.host().empty() && !IsAuthority(http.host())) {
    reporter.Check(JoinPath(path, "host"), http.host(), "must be host or host:port");
  }
  CheckStatuses(http, JoinPath(path, "statuses"), reporter);
}

void CheckTcp(const TcpCheck& tcp, const std::string& path, Reporter& reporter) {
  const std::string at = JoinPath(path, "expect");
  if (tcp.expect_size() > kMostEntries) {
    reporter.Invalid(at, fmt::format("must be at most {}", kMostEntries));
  }
  for (int i = 0; i < tcp.expect_size(); ++i) {
    if (tcp.expect(i).empty()) reporter.Invalid(IndexPath(at, i), "must not be empty");
  }
}

}  // namespace

void CheckHealthCheck(const HealthCheck& check, Reporter& reporter) {
  const std::string path = "spec.health_check";
  switch (check.check_case()) {
    case HealthCheck::kHttp:
      CheckHttp(check.http(), JoinPath(path, "http"), reporter);
      break;
    case HealthCheck::kTcp:
      CheckTcp(check.tcp(), JoinPath(path, "tcp"), reporter);
      break;
    case HealthCheck::CHECK_NOT_SET:
      reporter.Invalid(path, "one of http, tcp is required");
  }
  if (check.has_interval()) {
    CheckDuration(check.interval(), kShortestInterval, kHourMs, JoinPath(path, "interval"), reporter);
  }
  if (check.has_timeout()) {
    CheckDuration(check.timeout(), 1, kHourMs, JoinPath(path, "timeout"), reporter);
  }
  CheckAtMost(check.healthy_after(), kMostInARow, JoinPath(path, "healthy_after"), reporter);
  CheckAtMost(check.unhealthy_after(), kMostInARow, JoinPath(path, "unhealthy_after"), reporter);
  CheckAtMost(check.port(), 65535, JoinPath(path, "port"), reporter);
}

void CheckEjection(const Ejection& ejection, Reporter& reporter) {
  const std::string path = "spec.ejection";
  const auto check = [&](bool present, const google::protobuf::Duration& value, const char* name) {
    return !present || CheckDuration(value, 1, kDayMs, JoinPath(path, name), reporter);
  };
  if (ejection.has_interval()) {
    CheckDuration(ejection.interval(), 1, kHourMs, JoinPath(path, "interval"), reporter);
  }
  const bool good = check(ejection.has_time(), ejection.time(), "time");
  if (check(ejection.has_max_time(), ejection.max_time(), "max_time") && good &&
      ejection.has_max_time()) {
    const int64_t first = ejection.has_time() ? NanosOf(ejection.time()).value_or(0) : kDefaultTime;
    if (NanosOf(ejection.max_time()).value_or(0) < first) {
      reporter.Invalid(JoinPath(path, "max_time"), "must not be less than time");
    }
  }
  CheckAtMost(ejection.max_percent(), 100, JoinPath(path, "max_percent"), reporter);
  CheckAtMost(ejection.success_rate().deviation_percent(), kMostDeviation,
              JoinPath(path, "success_rate.deviation_percent"), reporter);
  CheckAtMost(ejection.failure_share().percent(), 100, JoinPath(path, "failure_share.percent"),
              reporter);
}

}  // namespace sluice::model
