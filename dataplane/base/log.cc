#include "dataplane/base/log.h"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

namespace sluice::base {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"debug", "info", "warn", "error", "off"};
constexpr size_t kQueuedLines = 8192;
constexpr std::chrono::milliseconds kFlushWait(500);
constexpr const char* kPattern = "%Y-%m-%dT%H:%M:%S.%fZ %l [%t] %v";

std::atomic<LogLevel> current_level{LogLevel::kInfo};
std::atomic<LogSink> test_sink{nullptr};

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarn: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kOff: break;
  }
  return spdlog::level::off;
}

// The level is checked before a line gets here, so the logger itself lets everything pass.
std::shared_ptr<spdlog::logger> Prepared(std::shared_ptr<spdlog::logger> logger) {
  logger->set_level(spdlog::level::trace);
  logger->set_pattern(kPattern, spdlog::pattern_time_type::utc);
  return logger;
}

struct Output {
  std::mutex mutex;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::logger> logger = Prepared(std::make_shared<spdlog::logger>(
      "sluice", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
};

// Never destroyed: threads may log while statics are torn down.
Output& TheOutput() {
  static Output& output = *new Output;
  return output;
}

std::shared_ptr<spdlog::logger> CurrentLogger() {
  Output& output = TheOutput();
  const std::lock_guard lock(output.mutex);
  return output.logger;
}

}  // namespace

std::optional<LogLevel> ParseLogLevel(std::string_view text) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == text) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

std::string_view LogLevelName(LogLevel level) { return kNames[static_cast<size_t>(level)]; }

void SetLogLevel(LogLevel level) { current_level.store(level, std::memory_order_relaxed); }

LogLevel GetLogLevel() { return current_level.load(std::memory_order_relaxed); }

void LogInBackground() {
  Output& output = TheOutput();
  const std::lock_guard lock(output.mutex);
  if (output.pool != nullptr) return;
  output.pool = std::make_shared<spdlog::details::thread_pool>(kQueuedLines, 1);
  output.logger = Prepared(std::make_shared<spdlog::async_logger>(
      "sluice", std::make_shared<spdlog::sinks::stderr_sink_mt>(), output.pool,
      spdlog::async_overflow_policy::overrun_oldest));
}

void FlushLog() {
  Output& output = TheOutput();
  const std::lock_guard lock(output.mutex);
  output.logger->flush();
  if (output.pool == nullptr) return;
  output.logger = Prepared(std::make_shared<spdlog::logger>(
      "sluice", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
  // Dropping the pool writes its queue and joins its thread. A reader that has stopped would hold
  // that for ever, so another thread does it and we wait a bounded time.
  auto done = std::make_shared<std::promise<void>>();
  std::future<void> written = done->get_future();
  std::thread([pool = std::move(output.pool), done]() mutable {
    pool.reset();
    done->set_value();
  }).detach();
  written.wait_for(kFlushWait);
}

void SetLogSink(LogSink sink) { test_sink.store(sink); }

void LogFormatted(LogLevel level, fmt::string_view format, fmt::format_args args) {
  fmt::memory_buffer text;
  fmt::vformat_to(fmt::appender(text), format, args);
  const std::string_view view(text.data(), text.size());
  if (const LogSink sink = test_sink.load(std::memory_order_relaxed)) return sink(level, view);
  CurrentLogger()->log(ToSpdlog(level), view);
}

}  // namespace sluice::base
