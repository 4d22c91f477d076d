// The thread that turns access log records into lines and writes them.
//
// Owner: main; outlives the workers' AccessLogs. Threads: construction, Reopen, Stop on main
// (Reopen may be called from any thread); everything private on the writer's own thread, which
// blocks every signal. It empties the workers' rings every 20 to 50 ms (sooner when one is half
// full), formats, and writes batches of at most 64 KiB per sink. A sink that takes nothing (disk
// full, stopped reader of a pipe, no such directory) keeps at most kMaxPending bytes of lines,
// beyond that lines are dropped and counted in stats(): rings go on being emptied, so neither
// workers nor other sinks notice. Writing resumes by itself, with whole lines. Files are opened for
// appending and again after Reopen (log rotation by rename, SIGUSR1). Restart: what was not written
// in Stop is lost.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/base/clock.h"
#include "dataplane/net/socket.h"
#include "dataplane/proxy/log_format.h"
#include "dataplane/proxy/log_sink.h"
#include "dataplane/proxy/log_source.h"
#include "dataplane/stats/log_stats.h"

namespace sluice::proxy {

class LogWriter final {
 public:
  static constexpr base::Duration kBusyPeriod = std::chrono::milliseconds(20);
  static constexpr base::Duration kIdlePeriod = std::chrono::milliseconds(50);
  static constexpr base::Duration kStopTime = std::chrono::milliseconds(500);
  // A file nobody logged to for this long is closed (its configuration may be gone).
  static constexpr base::Duration kCloseAfter = std::chrono::seconds(60);

  LogWriter();   // starts the thread
  ~LogWriter();  // Stop
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // The ring of one more worker. Its owner sets `closed` when it is done with it.
  std::shared_ptr<LogSource> AddSource();
  // Files are closed and opened again by their names before the next line.
  void Reopen();
  // Writes what the rings hold, for at most kStopTime, and ends the thread. Idempotent.
  void Stop();

  const stats::LogStats& stats() const { return stats_; }

 private:
  using SinkKey = std::pair<config::LogSinkKind, std::string>;
  void Run();
  void Sleep(base::Duration at_most);
  // One pass over all rings and sinks; false if there was nothing to do.
  bool Pass();
  bool DrainSource(LogSource& source, base::MonoTime now);
  LogSink& SinkOf(const config::AccessLogSpec& spec);
  void CloseUnused();
  void DrainAtStop();

  const base::SystemClock clock_;
  stats::LogStats stats_;
  std::shared_ptr<LogWake> wake_;
  std::atomic<bool> reopen_{false};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::vector<std::shared_ptr<LogSource>> added_;  // under mutex_
  // The writer's thread.
  std::vector<std::shared_ptr<LogSource>> sources_;
  absl::flat_hash_map<SinkKey, std::unique_ptr<LogSink>> sinks_;
  LogSink* last_sink_ = nullptr;  // of sinks_, what SinkOf found last
  LogFormatter formatter_;
  base::Duration wall_offset_{};  // what turns a MonoTime into time since the epoch
  std::thread thread_;
};

}  // namespace sluice::proxy
