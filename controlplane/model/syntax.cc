#include "controlplane/model/syntax.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace sluice::model {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLabelByte(char c) { return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-' || c == '_'; }

bool IsDomain(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  for (size_t at = 0; at <= name.size();) {
    const size_t dot = std::min(name.find('.', at), name.size());
    const std::string_view label = name.substr(at, dot - at);
    if (label.empty() || label.size() > 63 || label.starts_with('-') || label.ends_with('-')) {
      return false;
    }
    if (!std::all_of(label.begin(), label.end(), IsLabelByte)) return false;
    at = dot + 1;
  }
  return true;
}

template <typename Number>
bool ParseNumber(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string HostError(std::string_view host) {
  if (host.empty()) return "must not be empty";
  if (host == "*") return "";
  if (LowerCase(host) != host) return "must be written in lower case";
  if (IsHostName(host) || (host.starts_with("*.") && IsDomain(host.substr(2)))) return "";
  return "must be a host name, \"*.\" and a host name, or \"*\"; without a port";
}

bool IsHostName(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    const std::string_view inside = host.substr(1, host.size() - 2);
    return inside.find(':') != std::string_view::npos && IsIpLiteral(inside);
  }
  return IsDomain(host);
}

bool IsAuthority(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']')) return IsHostName(LowerCase(text));
  uint16_t port = 0;
  return ParseNumber(text.substr(colon + 1), port) && port != 0 &&
         IsHostName(LowerCase(text.substr(0, colon)));
}

bool IsIpLiteral(std::string_view text) {
  std::array<unsigned char, 16> bytes;
  const std::string copy(text);
  return copy.find('\0') == std::string::npos && (inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1 ||
                                                  inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1);
}

bool IsToken(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool IsFieldValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

bool IsFramingField(std::string_view name) {
  constexpr std::array<std::string_view, 9> kFraming = {
      "connection", "content-length",    "host",    "keep-alive", "proxy-connection",
      "te",         "transfer-encoding", "trailer", "upgrade"};
  return std::find(kFraming.begin(), kFraming.end(), LowerCase(name)) != kFraming.end();
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<int64_t> ParseDate(std::string_view text) {
  int year = 0;
  unsigned month = 0, day = 0;
  const bool shape = text.size() == 10 && text[4] == '-' && text[7] == '-' && IsDigit(text[0]) &&
                     ParseNumber(text.substr(0, 4), year) && ParseNumber(text.substr(5, 2), month) &&
                     ParseNumber(text.substr(8, 2), day);
  if (!shape) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * int64_t{86'400};
}

std::optional<int64_t> NanosOf(const google::protobuf::Duration& duration) {
  constexpr int64_t kYear = 365 * 86'400;
  if (duration.seconds() < 0 || duration.nanos() < 0) return std::nullopt;
  if (duration.seconds() > kYear || duration.nanos() > 999'999'999) return std::nullopt;
  return duration.seconds() * 1'000'000'000 + duration.nanos();
}

}  // namespace sluice::model
