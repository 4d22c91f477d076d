#include "dataplane/http/date.h"

#include <chrono>
#include <cstring>

namespace sluice::http {
namespace {

constexpr char kDays[] = "SunMonTueWedThuFriSat";
constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

void PutTwo(char* out, unsigned value) {
  out[0] = static_cast<char>('0' + value / 10 % 10);
  out[1] = static_cast<char>('0' + value % 10);
}

}  // namespace

DateText FormatDate(int64_t unix_seconds) {
  using std::chrono::days;
  using std::chrono::seconds;
  using std::chrono::sys_seconds;
  const sys_seconds time{seconds(unix_seconds)};
  const auto midnight = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(midnight);
  const unsigned second = static_cast<unsigned>((time - midnight).count());
  const unsigned year = static_cast<unsigned>(static_cast<int>(date.year()));

  DateText text;
  std::memcpy(text.data(), "Day, 00 Mon 0000 00:00:00 GMT", text.size());
  std::memcpy(text.data(), kDays + 3 * std::chrono::weekday(midnight).c_encoding(), 3);
  PutTwo(text.data() + 5, static_cast<unsigned>(date.day()));
  std::memcpy(text.data() + 8, kMonths + 3 * (static_cast<unsigned>(date.month()) - 1), 3);
  PutTwo(text.data() + 12, year / 100);
  PutTwo(text.data() + 14, year % 100);
  PutTwo(text.data() + 17, second / 3600);
  PutTwo(text.data() + 20, second / 60 % 60);
  PutTwo(text.data() + 23, second % 60);
  return text;
}

}  // namespace sluice::http
