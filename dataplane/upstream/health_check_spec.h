// How the endpoints of a cluster are checked (xDS: HealthCheck).
//
// Plain values, part of a ClusterSpec; the defaults are those of xDS. dataplane/health acts by them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dataplane/base/clock.h"
#include "dataplane/http/method.h"

namespace sluice::upstream {

struct StatusRange {
  int64_t begin = 0;  // first status in it
  int64_t end = 0;    // first one after it
  friend bool operator==(const StatusRange&, const StatusRange&) = default;
};

struct HttpCheckSpec {
  std::string host;  // empty: the cluster's name
  std::string path;
  http::Method method = http::Method::kGet;
  std::string method_text = "GET";
  bool http2 = false;
  // All fields of the request but Host, in order.
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<StatusRange> expected = {{200, 201}};
  // A bad status outside of these makes the endpoint unhealthy whatever the threshold.
  std::vector<StatusRange> retriable;
  friend bool operator==(const HttpCheckSpec&, const HttpCheckSpec&) = default;
};

// Without both the check is that a connection can be made.
struct TcpCheckSpec {
  std::string send;
  std::vector<std::string> receive;  // found in this order, other bytes may be between them
  friend bool operator==(const TcpCheckSpec&, const TcpCheckSpec&) = default;
};

struct HealthCheckSpec {
  std::variant<HttpCheckSpec, TcpCheckSpec> check;
  base::Duration timeout{0};         // > 0: without a result for this long a check has failed
  // From the end of a check to the next one, by how it went. "Edge": the endpoint is about to
  // change, a threshold above 1 not being reached yet.
  base::Duration interval{0};
  base::Duration unhealthy_interval{0};
  base::Duration unhealthy_edge_interval{0};
  base::Duration healthy_edge_interval{0};
  // The same while no connection to the cluster was ever made for a request.
  base::Duration no_traffic_interval = std::chrono::seconds(60);
  base::Duration no_traffic_healthy_interval = std::chrono::seconds(60);
  base::Duration initial_jitter{0};   // the first check comes within this
  base::Duration interval_jitter{0};  // a random part of it is added to each interval
  uint32_t interval_jitter_percent = 0;  // the same as a share of the interval
  uint32_t unhealthy_threshold = 1;  // failed checks in a row
  uint32_t healthy_threshold = 1;    // passed checks in a row; the very first one counts alone
  bool reuse_connection = true;
  uint16_t alt_port = 0;       // 0: the endpoint's
  std::string event_log_path;  // empty: none
  bool log_every_failure = false;
  bool log_every_success = false;
  friend bool operator==(const HealthCheckSpec&, const HealthCheckSpec&) = default;
};

// What an endpoint says about its own checks (xDS: Endpoint.HealthCheckConfig).
struct EndpointCheck {
  std::string hostname;   // Host of HTTP checks; empty: the check's
  uint16_t port = 0;      // 0: the check's alt_port, else the endpoint's
  bool disabled = false;  // taken for healthy
  friend bool operator==(const EndpointCheck&, const EndpointCheck&) = default;
};

}  // namespace sluice::upstream
