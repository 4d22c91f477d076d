// What connections and exchanges borrow from their worker. All members belong to one worker thread
// and outlive every connection on it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "dataplane/base/random.h"
#include "dataplane/buffer/block_pool.h"
#include "dataplane/config/snapshot_ref.h"
#include "dataplane/event/loop.h"
#include "dataplane/proxy/date_cache.h"
#include "dataplane/stats/http_stats.h"
#include "dataplane/upstream/worker_cluster.h"

namespace sluice::proxy {

class AccessLogs;
class ExchangeDriver;

// What a listener serves on this worker now. The worker replaces `snapshot`, `spec` and `stats`
// between two events at a revision change; connections look here for each new request, so a
// keep-alive connection gets the new configuration with its next request. A binding lives until
// its last connection is gone, also when a revision removed the listener (`draining`).
struct ListenerBinding {
  config::SnapshotRef snapshot;
  const config::ListenerSpec* spec = nullptr;  // in `snapshot`
  stats::HttpStats* stats = nullptr;
  bool draining = false;
  uint32_t connections = 0;
  const config::HttpConfig& http() const { return *spec->http; }
};

// Exchanges that are not in use, so that a request costs no allocation.
class ExchangePool final {
 public:
  ExchangePool();
  ~ExchangePool();
  ExchangeDriver* Take(struct WorkerContext& context);
  // At the latest when no callback of the exchange can be on the stack any more.
  void Return(ExchangeDriver* driver);
  size_t size() const { return free_.size(); }

 private:
  std::vector<std::unique_ptr<ExchangeDriver>> free_;
};

struct WorkerContext {
  event::Loop& loop;
  buffer::BlockPool& pool;
  base::Random& random;
  upstream::WorkerUpstream& upstream;
  ExchangePool& exchanges;
  AccessLogs& access_logs;
  DateCache& date;
  // Connections of this worker, for the hand-off at accept; written by other workers only when they
  // hand one over.
  std::atomic<uint32_t>& load;
  // Every response says that its connection ends (SIGTERM, /drain_listeners).
  bool draining = false;
};

}  // namespace sluice::proxy
