// What one worker counts for one compiled HttpConnectionManager (by stat_prefix).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "dataplane/stats/counter.h"

namespace sluice::stats {

struct HttpStats {
  Counter connections_total;
  Gauge connections_active;
  Counter connections_closed_by_peer;
  Counter connections_closed_idle;
  Counter connections_handed_off;     // accepted here, served by a less loaded worker
  Counter requests_total;
  Gauge requests_active;
  std::array<Counter, 6> responses;   // by hundreds; [0] unused
  Counter requests_reset;             // the client went away before the response was complete
  Counter responses_truncated;        // the upstream failed after the head had left
  Counter local_replies;
  std::array<Counter, 64> refused;    // by http::StreamError: why a request was not understood
  Counter timeouts_head;              // request_headers_timeout
  Counter timeouts_body;              // no body byte in time
  Counter timeouts_route;             // per-route timeout
  Counter timeouts_idle;              // stream idle
  Counter timeouts_stream;            // max_stream_duration
  Counter timeouts_write;             // the client did not read
  Counter loops_refused;              // our own Via entry too often
  Counter access_log_dropped;         // full ring
  Counter bytes_received;
  Counter bytes_sent;
  Histogram request_time;             // head received to response complete
};

// The blocks of all workers for one stat_prefix. Made on the config thread before a snapshot that
// uses it is published; shared by the configs with that prefix, so counts survive revisions.
class HttpStatsSet final {
 public:
  HttpStatsSet(std::string prefix, uint32_t workers)
      : prefix_(std::move(prefix)), workers_(workers), blocks_(new Block[workers]) {}
  const std::string& prefix() const { return prefix_; }
  uint32_t workers() const { return workers_; }
  // Worker `i` is the only writer of its block.
  HttpStats& of(uint32_t i) { return blocks_[i].stats; }
  const HttpStats& of(uint32_t i) const { return blocks_[i].stats; }

 private:
  struct alignas(64) Block {
    HttpStats stats;
  };
  std::string prefix_;
  uint32_t workers_;
  std::unique_ptr<Block[]> blocks_;
};

}  // namespace sluice::stats
