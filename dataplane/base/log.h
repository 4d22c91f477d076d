// The process log: what an operator reads on stderr (start, refusals, drains), not access logs.
//
//   base::LogWarn("listener '{}': {}", name, status_text);
//
// Thread-safe. A line below the level costs one relaxed load; its arguments are not formatted.
// Never on the request path: a peer must not be able to make us write a line per request.
#pragma once

#include <fmt/core.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::base {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarn, kError, kOff };

// "debug", "info", "warn", "error", "off" (the values of -l and of POST /logging); nothing else.
std::optional<LogLevel> ParseLogLevel(std::string_view text);
std::string_view LogLevelName(LogLevel level);

// Takes effect for the next line of every thread. Starts as kInfo.
void SetLogLevel(LogLevel level);
LogLevel GetLogLevel();

// From now on lines are written by a thread of their own, and when it cannot keep up (a stopped
// reader of a pipe) the oldest are dropped: a full log must never block a worker. Call once, after
// the signal mask is set and before other threads start. Until then lines are written at once.
void LogInBackground();
// Writes out what waits, for at most half a second, and goes back to writing at once; before exit.
void FlushLog();

// For tests: lines, without time stamp and with their level, go to `sink` instead; nullptr undoes.
// `sink` is called from whichever thread logs.
using LogSink = void (*)(LogLevel level, std::string_view text);
void SetLogSink(LogSink sink);

void LogFormatted(LogLevel level, fmt::string_view format, fmt::format_args args);

template <typename... Args>
void Log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (level < GetLogLevel()) return;
  LogFormatted(level, format, fmt::make_format_args(args...));
}
template <typename... Args>
void LogDebug(fmt::format_string<Args...> format, Args&&... args) {
  Log(LogLevel::kDebug, format, std::forward<Args>(args)...);
}
template <typename... Args>
void LogInfo(fmt::format_string<Args...> format, Args&&... args) {
  Log(LogLevel::kInfo, format, std::forward<Args>(args)...);
}
template <typename... Args>
void LogWarn(fmt::format_string<Args...> format, Args&&... args) {
  Log(LogLevel::kWarn, format, std::forward<Args>(args)...);
}
template <typename... Args>
void LogError(fmt::format_string<Args...> format, Args&&... args) {
  Log(LogLevel::kError, format, std::forward<Args>(args)...);
}

}  // namespace sluice::base
