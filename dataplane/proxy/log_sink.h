// One place where lines go: a file, stdout or stderr. Keeps what could not be written yet.
//
// Owner and thread: the log writer. Bytes leave in order and lines stay whole: a write that took
// half a line is continued with its other half, and what does not fit into kMaxPending is dropped
// by whole lines. No call blocks: files are opened with O_NONBLOCK (pipes), an inherited stdout
// that is a pipe or terminal through a descriptor of its own, or asked before each small write. (A
// regular file on a dead network disk may still hold the writer up; workers do not notice.)
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "dataplane/base/clock.h"
#include "dataplane/config/access_log_spec.h"
#include "dataplane/net/socket.h"
#include "dataplane/stats/log_stats.h"

namespace sluice::proxy {

class LogSink final {
 public:
  static constexpr size_t kBatch = 64 * 1024;
  static constexpr size_t kMaxPending = 256 * 1024;
  static constexpr base::Duration kRetryOpen = std::chrono::seconds(1);

  // `stats` outlives the sink.
  LogSink(config::LogSinkKind kind, std::string path, stats::LogStats& stats);

  // Lines of `spec` go here.
  bool Takes(const config::AccessLogSpec& spec) const {
    return spec.sink == kind_ && (kind_ != config::LogSinkKind::kFile || spec.path == path_);
  }
  // Takes one line (with its '\n'), writing when a batch is full.
  void Append(std::string_view line, base::MonoTime now);
  // Tries to write everything that waits.
  void Flush(base::MonoTime now);
  // Writes what it can, then the next write opens the file by its name again. Nothing for stdout
  // and stderr.
  void Reopen(base::MonoTime now);
  // Counts as dropped what was not written; at the end.
  void Abandon();
  bool empty() const { return waiting() == 0; }
  base::MonoTime last_used() const { return last_used_; }

 private:
  size_t waiting() const { return pending_.size() - written_; }
  std::string_view Name() const;
  bool EnsureOpen(base::MonoTime now);
  bool WriteSome();
  void Report(int error, std::string_view what);

  const config::LogSinkKind kind_;
  const std::string path_;
  stats::LogStats& stats_;
  net::Fd fd_;
  bool ask_first_ = false;    // the descriptor may block: poll before small writes
  bool blocked_ = false;      // the last Flush left something
  bool failing_ = false;      // said so in the process log
  bool inside_line_ = false;  // the last byte written did not end a line
  base::MonoTime retry_open_at_{};
  base::MonoTime last_used_{};
  std::string pending_;
  size_t written_ = 0;  // bytes of pending_ that are gone
};

}  // namespace sluice::proxy
