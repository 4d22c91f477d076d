// Access logs of one worker: one record per request and log into the worker's ring, no more.
//
// Owner: the worker. Thread: that worker. Nothing here allocates (but at the first request after a
// revision brought a new log), locks, or makes a system call (but one write to an eventfd when the
// ring passes its half and the writer sleeps); formatting is the LogWriter's.
// Revision change: a log that went away lives on until its last record was read. A delayed writer
// fills the ring: records are then dropped and counted, the request is not held up.
#pragma once

#include <cstdint>
#include <memory>

#include "dataplane/config/http_config.h"
#include "dataplane/filter/exchange.h"
#include "dataplane/proxy/log_writer.h"
#include "dataplane/stats/http_stats.h"

namespace sluice::proxy {

class AccessLogs final {
 public:
  // `writer` outlives this object. `worker_index` is for messages only.
  AccessLogs(uint32_t worker_index, LogWriter& writer);
  ~AccessLogs();
  AccessLogs(const AccessLogs&) = delete;
  AccessLogs& operator=(const AccessLogs&) = delete;

  // The exchange is complete: its `end` is set, heads and arena are still whole. `stats` is where
  // lost records are counted (access_log_dropped).
  void Record(const filter::Exchange& exchange, const config::HttpConfig& config,
              stats::HttpStats& stats);

 private:
  std::shared_ptr<LogSource> source_;
};

}  // namespace sluice::proxy
