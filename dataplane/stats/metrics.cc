#include "dataplane/stats/metrics.h"

namespace sluice::stats {

std::span<const Metric<HttpStats>> HttpMetrics() {
  static constexpr Metric<HttpStats> kMetrics[] = {
      {"connections_total", "Client connections accepted.", &HttpStats::connections_total},
      {"connections_active", "Client connections open now.", &HttpStats::connections_active},
      {"connections_closed_by_peer_total", "Connections the client ended.",
       &HttpStats::connections_closed_by_peer},
      {"connections_closed_idle_total",
       "Connections closed because nothing was asked for too long.",
       &HttpStats::connections_closed_idle},
      {"connections_handed_off_total",
       "Connections accepted here and served by a less loaded worker.",
       &HttpStats::connections_handed_off},
      {"requests_total", "Requests whose head was received.", &HttpStats::requests_total},
      {"requests_active", "Requests under way.", &HttpStats::requests_active},
      {"requests_reset_total", "Requests whose client went away before the response was complete.",
       &HttpStats::requests_reset},
      {"responses_truncated_total",
       "Responses cut because the upstream failed after their head was sent.",
       &HttpStats::responses_truncated},
      {"local_replies_total", "Responses made by the gateway itself.", &HttpStats::local_replies},
      {"timeouts_head_total", "Requests whose head did not come in time.",
       &HttpStats::timeouts_head},
      {"timeouts_body_total", "Requests whose body stopped coming.", &HttpStats::timeouts_body},
      {"timeouts_route_total", "Requests that ran into the timeout of their route.",
       &HttpStats::timeouts_route},
      {"timeouts_idle_total", "Requests on which no byte moved for too long.",
       &HttpStats::timeouts_idle},
      {"timeouts_stream_total", "Requests that ran into max_stream_duration.",
       &HttpStats::timeouts_stream},
      {"timeouts_write_total", "Connections whose client did not read.",
       &HttpStats::timeouts_write},
      {"loops_refused_total", "Requests refused because they came by too often (Via).",
       &HttpStats::loops_refused},
      {"access_log_dropped_total", "Access log records lost because the ring was full.",
       &HttpStats::access_log_dropped},
      {"bytes_received_total", "Bytes read from clients.", &HttpStats::bytes_received},
      {"bytes_sent_total", "Bytes written to clients.", &HttpStats::bytes_sent},
  };
  return kMetrics;
}

std::span<const Metric<LogStats>> LogMetrics() {
  static constexpr Metric<LogStats> kMetrics[] = {
      {"lines_written_total", "Access log lines written.", &LogStats::lines_written},
      {"lines_dropped_total", "Access log lines lost because a file or pipe took nothing.",
       &LogStats::lines_dropped},
      {"bytes_written_total", "Bytes of access log lines written.", &LogStats::bytes_written},
      {"write_errors_total", "Failed writes of access log lines.", &LogStats::write_errors},
      {"open_errors_total", "Access log files that could not be opened.", &LogStats::open_errors},
  };
  return kMetrics;
}

}  // namespace sluice::stats
