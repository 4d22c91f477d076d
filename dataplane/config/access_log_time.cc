#include "dataplane/config/access_log_time.h"

#include <fmt/format.h>

#include <ctime>
#include <iterator>

namespace sluice::config {

namespace {

// Without %n and %t: a format cannot break a line.
constexpr std::string_view kConversions = "aAbBcCdDeFgGhHIjmMprRSTuUVwWxXyYzZ%";

std::tm Utc(int64_t seconds) {
  const std::time_t time = static_cast<std::time_t>(seconds);
  std::tm tm{};
  gmtime_r(&time, &tm);
  return tm;
}

void AppendDefault(const std::tm& tm, int64_t nanos, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                 nanos / 1'000'000);
}

void AppendFraction(int digits, int64_t nanos, std::string& out) {
  const std::string nine = fmt::format("{:09}", nanos);
  out.append(nine, 0, static_cast<size_t>(digits));
}

void AppendConversion(char conversion, const std::tm& tm, std::string& out) {
  const char format[] = {'%', conversion, '\0'};
  char text[128];
  out.append(text, std::strftime(text, sizeof text, format, &tm));
}

}  // namespace

std::optional<std::string> CheckTimeFormat(std::string_view format) {
  for (size_t i = 0; i < format.size(); ++i) {
    if (static_cast<unsigned char>(format[i]) < 0x20)
      return "the time format has a control character";
    if (format[i] != '%') continue;
    if (++i == format.size()) return "the time format ends with '%'";
    const char c = format[i];
    if (c == 's' || c == 'f' || kConversions.find(c) != kConversions.npos) continue;
    const bool digit = c >= '1' && c <= '9';
    if (digit && i + 1 < format.size() && format[i + 1] == 'f') {
      ++i;
      continue;
    }
    return fmt::format("unknown conversion '%{}' in the time format", c);
  }
  return std::nullopt;
}

void AppendTime(std::string_view format, base::Duration since_epoch, std::string& out) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const int64_t seconds = whole.count();
  const int64_t nanos = (since_epoch - whole).count();
  const std::tm tm = Utc(seconds);
  if (format.empty()) return AppendDefault(tm, nanos, out);
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out += format[i];
      continue;
    }
    const char c = format[++i];
    if (c == 's') {
      fmt::format_to(std::back_inserter(out), "{}", seconds);
    } else if (c == 'f') {
      AppendFraction(9, nanos, out);
    } else if (c >= '1' && c <= '9') {
      AppendFraction(c - '0', nanos, out);
      ++i;
    } else {
      AppendConversion(c, tm, out);
    }
  }
}

}  // namespace sluice::config
