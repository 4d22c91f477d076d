#include "dataplane/health/event_log.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <iterator>
#include <utility>

namespace sluice::health {

using upstream::Cluster;
using upstream::Ejection;
using upstream::Endpoint;

namespace {

std::string JsonText(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string_view EjectionName(Ejection type) {
  static constexpr std::string_view kNames[] = {
#define SLUICE_EJECTION_EVENT(type, name, event, meaning) event,
      SLUICE_EJECTIONS(SLUICE_EJECTION_EVENT)
#undef SLUICE_EJECTION_EVENT
  };
  return kNames[static_cast<size_t>(type)];
}

std::string_view FailureName(CheckFailure failure) {
  switch (failure) {
    case CheckFailure::kNone: return "";
    case CheckFailure::kActive: return "ACTIVE";
    case CheckFailure::kNetwork: return "NETWORK";
    case CheckFailure::kNetworkTimeout: return "NETWORK_TIMEOUT";
  }
  return "";
}

std::string EventJson(CheckEvent event, CheckFailure failure) {
  const std::string type = fmt::format("\"failure_type\":\"{}\"", FailureName(failure));
  switch (event) {
    case CheckEvent::kEjected: return fmt::format("\"eject_unhealthy_event\":{{{}}}", type);
    case CheckEvent::kAdded: return "\"add_healthy_event\":{\"first_check\":false}";
    case CheckEvent::kAddedFirst: return "\"add_healthy_event\":{\"first_check\":true}";
    case CheckEvent::kFailed: return fmt::format("\"health_check_failure_event\":{{{}}}", type);
    case CheckEvent::kPassed: return "\"successful_health_check_event\":{}";
    case CheckEvent::kDegraded: return "\"degraded_healthy_host\":{}";
    case CheckEvent::kNoLongerDegraded: return "\"no_longer_degraded_host\":{}";
  }
  return "";
}

std::string HostJson(const Endpoint& endpoint) {
  const net::Address& address = endpoint.address();
  if (!address.is_ip()) {
    return fmt::format("{{\"pipe\":{{\"path\":{}}}}}", JsonText(endpoint.address_text()));
  }
  char ip[46];
  return fmt::format("{{\"socket_address\":{{\"address\":{},\"port_value\":{}}}}}",
                     JsonText(address.IpText(ip)), address.port());
}

bool Append(const std::string& path, std::string_view line) {
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return false;
  const ssize_t written = write(fd, line.data(), line.size());
  close(fd);
  return written == static_cast<ssize_t>(line.size());
}

}  // namespace

EventLog::EventLog(event::Loop& loop, PostIo post_io, std::string outlier_path)
    : loop_(loop), post_io_(std::move(post_io)), outlier_path_(std::move(outlier_path)) {}

std::string EventLog::Timestamp() const {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(loop_.clock().WallNow());
  const auto millis = now.time_since_epoch().count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)), millis);
}

void EventLog::Write(const std::string& path, std::string line) {
  if (state_->waiting.fetch_add(1, std::memory_order_relaxed) >= kMostWaiting) {
    state_->waiting.fetch_sub(1, std::memory_order_relaxed);
    state_->dropped.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  post_io_([state = state_, path, line = std::move(line)] {
    if (!Append(path, line)) state->dropped.fetch_add(1, std::memory_order_relaxed);
    state->waiting.fetch_sub(1, std::memory_order_relaxed);
  });
}

void EventLog::Eject(const Cluster& cluster, const Endpoint& endpoint, Ejection type,
                     bool enforced, uint32_t ejections) {
  if (outlier_path_.empty()) return;
  Write(outlier_path_,
        fmt::format("{{\"type\":\"{}\",\"timestamp\":\"{}\",\"cluster_name\":{},"
                    "\"upstream_url\":{},\"action\":\"EJECT\",\"num_ejections\":{},"
                    "\"enforced\":{}}}\n",
                    EjectionName(type), Timestamp(), JsonText(cluster.name()),
                    JsonText(endpoint.address_text()), ejections, enforced));
}

void EventLog::Uneject(const Cluster& cluster, const Endpoint& endpoint, uint32_t ejections) {
  if (outlier_path_.empty()) return;
  Write(outlier_path_,
        fmt::format("{{\"timestamp\":\"{}\",\"cluster_name\":{},\"upstream_url\":{},"
                    "\"action\":\"UNEJECT\",\"num_ejections\":{}}}\n",
                    Timestamp(), JsonText(cluster.name()), JsonText(endpoint.address_text()),
                    ejections));
}

void EventLog::Check(const Cluster& cluster, const Endpoint& endpoint,
                     const upstream::HealthCheckSpec& spec, CheckEvent event,
                     CheckFailure failure) {
  if (spec.event_log_path.empty()) return;
  const bool http = std::holds_alternative<upstream::HttpCheckSpec>(spec.check);
  Write(spec.event_log_path,
        fmt::format("{{\"health_checker_type\":\"{}\",\"host\":{},\"cluster_name\":{},"
                    "\"timestamp\":\"{}\",{}}}\n",
                    http ? "HTTP" : "TCP", HostJson(endpoint), JsonText(cluster.name()),
                    Timestamp(), EventJson(event, failure)));
}

}  // namespace sluice::health
