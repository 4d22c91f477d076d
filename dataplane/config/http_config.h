// The compiled HttpConnectionManager of one filter chain: immutable, shared by all workers.
//
// Made by compile_listeners on the build thread from
// envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager. Objects that
// did not change between two revisions are shared with the snapshot before (by content hash).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/base/clock.h"
#include "dataplane/config/access_log_spec.h"
#include "dataplane/filter/chain.h"
#include "dataplane/http/head.h"
#include "dataplane/http/path.h"
#include "dataplane/http1/server_codec.h"
#include "dataplane/route/table.h"
#include "dataplane/stats/http_stats.h"

namespace sluice::config {

struct HttpTimeouts {
  // Zero = off, as in xDS. Defaults of reliability section 3.
  base::Duration request_headers = std::chrono::seconds(10);    // request_headers_timeout
  base::Duration body_progress = std::chrono::seconds(30);      // ours
  base::Duration request = std::chrono::seconds(0);             // request_timeout
  base::Duration stream_idle = std::chrono::seconds(300);       // stream_idle_timeout
  base::Duration connection_idle = std::chrono::seconds(75);    // common_http_protocol_options.idle_timeout
  base::Duration max_connection_age = std::chrono::hours(1);    // .max_connection_duration
  base::Duration max_stream = std::chrono::seconds(0);          // .max_stream_duration
  base::Duration write_stall = std::chrono::seconds(30);        // ours
  base::Duration delayed_close = std::chrono::seconds(5);       // delayed_close_timeout
  base::Duration drain = std::chrono::seconds(5);               // drain_timeout
};

struct HttpConfig {
  std::string stat_prefix;
  std::string via = "sluice";                // xDS: via, else "sluice"
  // The field lines that are added: Via (RFC 9110 7.6.3) and, xDS: server_name, Server.
  std::string via_line = http::MakeFieldLine(http::FieldId::kVia, "1.1 sluice");
  std::string server_line = http::MakeFieldLine(http::FieldId::kServer, "sluice");
  enum class ServerHeader : uint8_t { kOverwrite, kAppendIfAbsent, kPassThrough };
  ServerHeader server_header = ServerHeader::kOverwrite;
  uint32_t xff_num_trusted_hops = 0;
  // False: the peer is another proxy of ours and its X-Forwarded-* are kept as they are.
  bool use_remote_address = true;
  bool skip_xff_append = false;
  bool generate_request_id = true;
  bool preserve_external_request_id = false;
  bool always_set_request_id_in_response = false;
  bool append_x_forwarded_port = false;
  bool strip_matching_host_port = false;
  bool strip_any_host_port = false;
  uint32_t max_requests_per_connection = 1000;
  http::PathOptions path;
  http1::ServerOptions http1;
  HttpTimeouts timeouts;
  std::shared_ptr<const route::Table> routes;
  filter::Chain chain;
  std::vector<std::shared_ptr<const AccessLogSpec>> access_logs;
  // The counters of stat_prefix, one block per worker; the same object in every revision.
  std::shared_ptr<stats::HttpStatsSet> stats;
};

}  // namespace sluice::config
