#include "dataplane/proxy/log_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "dataplane/base/log.h"

namespace sluice::proxy {

namespace {

// What a pipe that says "writable" takes without blocking (pipe(7)).
constexpr size_t kPipeBuf = 4096;

struct Opened {
  net::Fd fd;
  int error = 0;
  bool ask_first = false;
};

Opened OpenFile(const std::string& path) {
  Opened out;
  out.fd.Reset(
      open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0644));
  if (!out.fd.valid()) out.error = errno;
  return out;
}

// O_NONBLOCK on an inherited descriptor would also change it for whoever gave it to us, so a pipe
// or terminal is opened once more. A file is not: its position is shared with what the process
// prints.
Opened OpenInherited(int number) {
  Opened out;
  struct stat info {};
  if (fstat(number, &info) != 0) {
    out.error = errno;
    return out;
  }
  if (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode)) {
    const std::string name = fmt::format("/proc/self/fd/{}", number);
    out.fd.Reset(open(name.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (out.fd.valid()) return out;
  }
  out.fd.Reset(fcntl(number, F_DUPFD_CLOEXEC, 3));
  if (!out.fd.valid()) out.error = errno;
  out.ask_first = !S_ISREG(info.st_mode);
  return out;
}

uint64_t CountLines(std::string_view bytes) {
  uint64_t lines = 0;
  // One call per line, which the C library's vector code makes shorter than a loop of ours.
  for (size_t at = bytes.find('\n'); at != bytes.npos; at = bytes.find('\n', at + 1)) ++lines;
  return lines;
}

bool IsWritable(int fd) {
  pollfd wait{fd, POLLOUT, 0};
  return poll(&wait, 1, 0) > 0;
}

}  // namespace

LogSink::LogSink(config::LogSinkKind kind, std::string path, stats::LogStats& stats)
    : kind_(kind), path_(std::move(path)), stats_(stats) {}

void LogSink::Append(std::string_view line, base::MonoTime now) {
  last_used_ = now;
  if (waiting() >= kBatch && !blocked_) Flush(now);
  if (waiting() + line.size() > kMaxPending) {
    stats_.lines_dropped.Add();
    return;
  }
  pending_ += line;
}

void LogSink::Flush(base::MonoTime now) {
  blocked_ = false;
  if (empty()) return;
  blocked_ = !EnsureOpen(now);
  while (!empty() && !blocked_) blocked_ = !WriteSome();
  if (empty()) {
    pending_.clear();
    written_ = 0;
  } else if (written_ >= kBatch) {
    pending_.erase(0, written_);
    written_ = 0;
  }
}

// What is left of a line goes with the file that has its beginning.
void LogSink::Reopen(base::MonoTime now) {
  if (kind_ != config::LogSinkKind::kFile) return;
  Flush(now);
  if (inside_line_ && fd_.valid()) {
    const size_t end = pending_.find('\n', written_);
    written_ = end == pending_.npos ? pending_.size() : end + 1;
    inside_line_ = false;
    stats_.lines_dropped.Add();
  }
  fd_.Reset();
  retry_open_at_ = {};
}

void LogSink::Abandon() {
  stats_.lines_dropped.Add(CountLines(std::string_view(pending_).substr(written_)));
  pending_.clear();
  written_ = 0;
}

bool LogSink::EnsureOpen(base::MonoTime now) {
  if (fd_.valid()) return true;
  if (now < retry_open_at_) return false;
  Opened opened = kind_ == config::LogSinkKind::kFile     ? OpenFile(path_)
                  : kind_ == config::LogSinkKind::kStdout ? OpenInherited(STDOUT_FILENO)
                                                          : OpenInherited(STDERR_FILENO);
  if (!opened.fd.valid()) {
    stats_.open_errors.Add();
    retry_open_at_ = now + kRetryOpen;
    Report(opened.error, "cannot be opened");
    return false;
  }
  fd_ = std::move(opened.fd);
  ask_first_ = opened.ask_first;
  return true;
}

// False when nothing more can be written now.
bool LogSink::WriteSome() {
  const size_t limit = ask_first_ ? kPipeBuf : kBatch;
  const size_t size = std::min(pending_.size() - written_, limit);
  if (ask_first_ && !IsWritable(fd_.get())) return false;
  const ssize_t n = write(fd_.get(), pending_.data() + written_, size);
  if (n <= 0) {
    if (n == 0) return false;
    if (errno == EINTR) return true;
    if (errno == EAGAIN) return false;
    stats_.write_errors.Add();
    Report(errno, "cannot be written");
    return false;
  }
  const std::string_view taken(pending_.data() + written_, static_cast<size_t>(n));
  written_ += taken.size();
  inside_line_ = taken.back() != '\n';
  stats_.bytes_written.Add(taken.size());
  stats_.lines_written.Add(CountLines(taken));
  if (failing_) {
    failing_ = false;
    base::LogInfo("access log '{}' is written again", Name());
  }
  return true;
}

std::string_view LogSink::Name() const {
  if (kind_ == config::LogSinkKind::kFile) return path_;
  return kind_ == config::LogSinkKind::kStdout ? "stdout" : "stderr";
}

// Once until it works again: a full disk must not fill the process log.
void LogSink::Report(int error, std::string_view what) {
  if (failing_) return;
  failing_ = true;
  base::LogWarn("access log '{}' {}: {}", Name(), what, net::ErrnoText(error));
}

}  // namespace sluice::proxy
