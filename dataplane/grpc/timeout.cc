#include "dataplane/grpc/timeout.h"

#include <charconv>
#include <cstdint>

namespace sluice::grpc {
namespace {

struct Unit {
  char letter;
  int64_t nanoseconds;
};
constexpr int64_t kSecond = 1'000'000'000;
constexpr Unit kUnits[] = {{'n', 1},          {'u', 1'000},         {'m', 1'000'000},
                           {'S', kSecond},    {'M', 60 * kSecond},  {'H', 3'600 * kSecond}};
constexpr int64_t kMaxValue = 99'999'999;
constexpr size_t kMaxDigits = 8;

}  // namespace

TimeoutText EncodeTimeout(base::Duration timeout) {
  const int64_t nanoseconds = timeout.count() > 0 ? timeout.count() : 1;
  TimeoutText text;
  for (const Unit& unit : kUnits) {
    const int64_t value =
        nanoseconds / unit.nanoseconds + (nanoseconds % unit.nanoseconds != 0 ? 1 : 0);
    if (value > kMaxValue) continue;
    char* const begin = text.bytes.data();
    char* const end = std::to_chars(begin, begin + kMaxDigits, value).ptr;
    *end = unit.letter;
    text.size = static_cast<uint8_t>(end - begin + 1);
    break;  // every Duration fits in hours
  }
  return text;
}

std::optional<base::Duration> DecodeTimeout(std::string_view text) {
  if (text.size() < 2 || text.size() > kMaxDigits + 1) return std::nullopt;
  int64_t value = 0;
  for (char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  for (const Unit& unit : kUnits) {
    if (unit.letter != text.back()) continue;
    if (value > base::Duration::max().count() / unit.nanoseconds) return base::Duration::max();
    return base::Duration(value * unit.nanoseconds);
  }
  return std::nullopt;
}

}  // namespace sluice::grpc
