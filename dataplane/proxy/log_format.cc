#include "dataplane/proxy/log_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "dataplane/config/access_log_escape.h"
#include "dataplane/config/access_log_time.h"
#include "dataplane/http/byte_scan.h"

namespace sluice::proxy {

namespace {

using config::LogForm;
using config::LogOperator;
using config::LogPiece;
using config::LogValue;

constexpr std::string_view kAbsentText;  // data() is nullptr

// Takes the next value off the front of a record's values.
std::string_view TakeValue(const char*& at) {
  uint16_t size = 0;
  std::memcpy(&size, at, sizeof size);
  at += sizeof size;
  if (size == kAbsent) return kAbsentText;
  return {std::exchange(at, at + size), size};
}

// A text that the record has as it is. The values with addresses are the last of all (LogValue).
bool IsCopiedText(LogValue value) {
  static_assert(LogValue::kVirtualHostName < LogValue::kClientAddress);
  return config::IsCopied(value) && value < LogValue::kClientAddress;
}

bool HasText(LogValue value) {
  switch (value) {
    case LogValue::kDirectAddress:
    case LogValue::kDirectIp:
    case LogValue::kLocalAddress:
    case LogValue::kLocalIp:
      return false;
    default:
      return true;
  }
}

bool HasAddress(LogValue value) {
  return !HasText(value) || value == LogValue::kClientAddress || value == LogValue::kClientIp;
}

net::Address AddressIn(std::string_view bytes) {
  net::Address address;
  std::memcpy(static_cast<void*>(&address), bytes.data(), sizeof address);
  return address;
}

std::string_view ProtocolText(http::Version version) {
  switch (version) {
    case http::Version::kHttp10:
      return "HTTP/1.0";
    case http::Version::kHttp11:
      return "HTTP/1.1";
    case http::Version::kHttp2:
      return "HTTP/2";
  }
  return "-";
}

std::string FlagsText(uint32_t flags) {
  std::string out;
  for (const config::FlagLetters& known : config::ResponseFlagLetters()) {
    if ((flags & known.flag) == 0) continue;
    if (!out.empty()) out += ',';
    out += known.letters;
  }
  return out.empty() ? "-" : out;
}

std::string IpText(const net::Address& address) {
  char text[46];
  const std::string_view ip = address.IpText(text);
  return ip.empty() ? address.ToString() : std::string(ip);
}

// A client known from X-Forwarded-For has no port we know: 0, as Envoy writes it.
std::optional<std::string> ClientText(std::string_view ip, std::string_view address,
                                      LogValue value) {
  if (address.data() == nullptr) {
    if (ip.empty()) return std::nullopt;
    return std::string(ip);
  }
  const net::Address direct = AddressIn(address).Unmapped();
  const bool same = ip.empty() || ip == IpText(direct);
  if (value == LogValue::kClientIp) return same ? IpText(direct) : std::string(ip);
  if (same) return direct.ToString();
  return ip.find(':') == ip.npos ? fmt::format("{}:0", ip) : fmt::format("[{}]:0", ip);
}

}  // namespace

void LineText::PutDecimal(uint64_t number) {
  constexpr size_t kLongest = 20;
  char* const at = Room(kLongest);
  size_ += static_cast<size_t>(std::to_chars(at, at + kLongest, number).ptr - at);
}

void LineText::Grow(size_t n) {
  capacity_ = std::max(2 * capacity_, size_ + n + 1024);
  std::unique_ptr<char[]> bigger(new char[capacity_]);
  if (size_ != 0) std::memcpy(bigger.get(), bytes_.get(), size_);
  bytes_ = std::move(bigger);
}

std::string_view LogFormatter::Format(std::string_view record, base::Duration wall_offset) {
  std::memcpy(static_cast<void*>(&head_), record.data(), sizeof head_);
  wall_offset_ = wall_offset;
  line_.Clear();
  const char* at = record.data() + sizeof(RecordHead);
  for (const config::LogCopy& copy : head_.spec->copied) {
    const LogValue value = head_.spec->operators[copy.op].value;
    if (IsCopiedText(value)) {
      copied_[copy.op].text = TakeValue(at);
      continue;
    }
    copied_[copy.op].text = HasText(value) ? TakeValue(at) : kAbsentText;
    copied_[copy.op].address = HasAddress(value) ? TakeValue(at) : kAbsentText;
  }
  for (const LogPiece& piece : head_.spec->pieces) WritePiece(piece);
  return line_.view();
}

void LogFormatter::WritePiece(const LogPiece& piece) {
  switch (piece.kind) {
    case LogPiece::Kind::kLiteral:
      return line_.Put(piece.text);
    case LogPiece::Kind::kText: {
      const std::string_view text = ValueText(piece.op);
      if (text.data() != nullptr) return WriteEscaped(text);
      if (!head_.spec->omit_empty) line_.Put('-');
      return;
    }
    case LogPiece::Kind::kJsonValue:
      return WriteJsonValue(piece.op);
    case LogPiece::Kind::kJsonName:
      return WriteName(piece.text);
    case LogPiece::Kind::kJsonOptional:
      if (ValueText(piece.op).data() == nullptr) return;
      WriteName(piece.text);
      return WriteJsonValue(piece.op);
  }
}

void LogFormatter::WriteName(std::string_view name) {
  // Values end with '"', a digit, a letter or a bracket that closes: '{' is this object's own.
  if (line_.view().back() != '{') line_.Put(',');
  line_.Put(name);
}

void LogFormatter::WriteJsonValue(uint32_t op) {
  const std::string_view text = ValueText(op);
  if (text.data() == nullptr) return line_.Put("null");
  if (config::IsNumber(head_.spec->operators[op].value)) return line_.Put(text);
  line_.Put('"');
  WriteEscaped(text);
  line_.Put('"');
}

void LogFormatter::WriteEscaped(std::string_view text) {
  const char* const end = text.data() + text.size();
  if (http::FindFirst<&http::Bytes16::NotPlainText>(text.data(), end, text.data()) == end) {
    return line_.Put(text);
  }
  std::string escaped;
  if (head_.spec->form == LogForm::kJson) {
    config::AppendJsonEscaped(text, escaped);
  } else {
    config::AppendTextEscaped(text, escaped);
  }
  line_.Put(escaped);
}

std::string_view LogFormatter::ValueText(uint32_t op) {
  const LogOperator& o = head_.spec->operators[op];
  const std::string_view text = IsCopiedText(o.value)       ? copied_[op].text
                                : config::IsCopied(o.value) ? ClientOrAddress(op, o.value)
                                                            : FixedText(o);
  return {text.data(), std::min<size_t>(text.size(), o.max_length)};
}

std::string_view LogFormatter::ClientOrAddress(uint32_t op, LogValue value) {
  const Copied& copied = copied_[op];
  if (HasText(value)) {
    auto made = ClientText(copied.text, copied.address, value);
    return made ? Keep(*std::move(made)) : kAbsentText;
  }
  if (copied.address.data() == nullptr) return kAbsentText;
  const net::Address address = AddressIn(copied.address);
  const bool ip_only = value == LogValue::kDirectIp || value == LogValue::kLocalIp;
  return Keep(ip_only ? IpText(address) : address.ToString());
}

std::string_view LogFormatter::FixedText(const LogOperator& op) {
  switch (op.value) {
    case LogValue::kStartTime:
      return StartTime(op);
    case LogValue::kProtocol:
      return ProtocolText(head_.version);
    case LogValue::kResponseCode:
      return Number(head_.status);
    case LogValue::kResponseCodeDetails:
      return head_.details.empty() ? kAbsentText : head_.details;
    case LogValue::kResponseFlags:
      return Keep(FlagsText(head_.flags));
    case LogValue::kBytesReceived:
      return Number(head_.bytes_received);
    case LogValue::kBytesSent:
      return Number(head_.bytes_sent);
    case LogValue::kDuration:
      return Elapsed(head_.start, head_.end);
    case LogValue::kRequestDuration:
      return Elapsed(head_.start, head_.request_complete);
    case LogValue::kResponseDuration:
      return Elapsed(head_.start, head_.upstream_first_byte);
    case LogValue::kResponseTxDuration:
      return Elapsed(head_.upstream_first_byte, head_.end);
    default:
      return kAbsentText;
  }
}

// In the default form only the milliseconds differ within a second.
std::string_view LogFormatter::StartTime(const LogOperator& op) {
  const base::Duration moment = head_.start.time_since_epoch() + wall_offset_;
  if (!op.time_format.empty()) {
    text_.clear();
    config::AppendTime(op.time_format, moment, text_);
    return text_;
  }
  constexpr size_t kMillisecondsAt = sizeof("2026-01-02T03:04:05.") - 1;
  const auto second = std::chrono::floor<std::chrono::seconds>(moment);
  if (second.count() != time_second_ || time_text_.size() != kMillisecondsAt + 4) {
    time_second_ = second.count();
    time_text_.clear();
    config::AppendTime({}, second, time_text_);
    if (time_text_.size() != kMillisecondsAt + 4) return time_text_;  // the year has five digits
  }
  const auto ms = static_cast<uint32_t>((moment - second) / std::chrono::milliseconds(1));
  time_text_[kMillisecondsAt] = static_cast<char>('0' + ms / 100);
  time_text_[kMillisecondsAt + 1] = static_cast<char>('0' + ms / 10 % 10);
  time_text_[kMillisecondsAt + 2] = static_cast<char>('0' + ms % 10);
  return time_text_;
}

std::string_view LogFormatter::Number(uint64_t number) {
  number_.Clear();
  number_.PutDecimal(number);
  return number_.view();
}

std::string_view LogFormatter::Elapsed(base::MonoTime from, base::MonoTime to) {
  const auto milliseconds = ElapsedMs(from, to);
  return milliseconds ? Number(*milliseconds) : kAbsentText;
}

std::string_view LogFormatter::Keep(std::string text) {
  text_ = std::move(text);
  return text_;
}

}  // namespace sluice::proxy
