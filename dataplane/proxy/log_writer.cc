#include "dataplane/proxy/log_writer.h"

#include <pthread.h>

#include <csignal>

#include "dataplane/proxy/log_record.h"

namespace sluice::proxy {

namespace {

// Bytes taken from one ring before the next has its turn.
constexpr size_t kShare = 256 * 1024;

// SIGXFSZ and SIGPIPE among them: a file at its limit and a pipe without reader are errors of a
// write, not the end of the process.
void BlockAllSignals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

const config::AccessLogSpec& SpecOf(std::string_view record) {
  return *reinterpret_cast<const RecordHead*>(record.data())->spec;
}

}  // namespace

LogWriter::LogWriter() : wake_(std::make_shared<LogWake>()), thread_([this] { Run(); }) {}

LogWriter::~LogWriter() { Stop(); }

std::shared_ptr<LogSource> LogWriter::AddSource() {
  auto source = std::make_shared<LogSource>(wake_);
  std::lock_guard lock(mutex_);
  added_.push_back(source);
  return source;
}

void LogWriter::Reopen() {
  reopen_.store(true, std::memory_order_release);
  wake_->WakeAlways();
}

void LogWriter::Stop() {
  if (!thread_.joinable()) return;
  stop_.store(true, std::memory_order_release);
  wake_->WakeAlways();
  thread_.join();
}

void LogWriter::Run() {
  BlockAllSignals();
  pthread_setname_np(pthread_self(), "log_writer");
  while (!stop_.load(std::memory_order_acquire)) {
    const bool busy = Pass();
    if (!busy) CloseUnused();
    Sleep(busy ? kBusyPeriod : kIdlePeriod);
  }
  DrainAtStop();
}

void LogWriter::Sleep(base::Duration at_most) {
  wake_->Sleep(
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(at_most).count()));
}

bool LogWriter::Pass() {
  {
    std::lock_guard lock(mutex_);
    for (auto& source : added_) sources_.push_back(std::move(source));
    added_.clear();
  }
  const base::MonoTime now = clock_.Now();
  wall_offset_ = clock_.WallNow().time_since_epoch() - now.time_since_epoch();
  if (reopen_.exchange(false, std::memory_order_acq_rel)) {
    for (auto& [key, sink] : sinks_) sink->Reopen(now);
  }
  bool busy = false;
  for (auto& source : sources_) busy |= DrainSource(*source, now);
  // Closed is read before the ring: what the worker recorded last is seen.
  std::erase_if(sources_,
                [](const auto& source) { return source->closed() && source->ring().Empty(); });
  for (auto& [key, sink] : sinks_) {
    busy |= !sink->empty();
    sink->Flush(now);
  }
  return busy;
}

bool LogWriter::DrainSource(LogSource& source, base::MonoTime now) {
  return source.ring().Consume(kShare, [&](std::string_view record) {
    SinkOf(SpecOf(record)).Append(formatter_.Format(record, wall_offset_), now);
  });
}

LogSink& LogWriter::SinkOf(const config::AccessLogSpec& spec) {
  if (last_sink_ != nullptr && last_sink_->Takes(spec)) return *last_sink_;
  // stdout is one sink, whichever name it has.
  const bool file = spec.sink == config::LogSinkKind::kFile;
  auto& sink = sinks_[SinkKey(spec.sink, file ? spec.path : std::string())];
  if (sink == nullptr)
    sink = std::make_unique<LogSink>(spec.sink, file ? spec.path : std::string(), stats_);
  last_sink_ = sink.get();
  return *sink;
}

void LogWriter::CloseUnused() {
  const base::MonoTime now = clock_.Now();
  last_sink_ = nullptr;
  absl::erase_if(sinks_, [&](const auto& entry) {
    return entry.second->empty() && now - entry.second->last_used() > kCloseAfter;
  });
}

void LogWriter::DrainAtStop() {
  const base::MonoTime until = clock_.Now() + kStopTime;
  while (Pass() && clock_.Now() < until) {
    bool blocked = false;
    for (auto& [key, sink] : sinks_) blocked |= !sink->empty();
    if (blocked) Sleep(std::chrono::milliseconds(5));
  }
  for (auto& [key, sink] : sinks_) sink->Abandon();
}

}  // namespace sluice::proxy
