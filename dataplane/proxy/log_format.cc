#include "dataplane/proxy/log_format.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <iterator>
#include <optional>

#include "dataplane/config/access_log_escape.h"
#include "dataplane/config/access_log_spec.h"
#include "dataplane/config/access_log_time.h"
#include "dataplane/proxy/log_record.h"

namespace sluice::proxy {

namespace {

using config::AccessLogSpec;
using config::LogForm;
using config::LogOperator;
using config::LogPiece;
using config::LogValue;

// A value of the record: `copied` where the worker copied one.
struct Copied {
  std::optional<std::string_view> text;
  std::optional<net::Address> address;
};

class RecordReader final {
 public:
  explicit RecordReader(std::string_view record) : rest_(record.substr(sizeof(RecordHead))) {}

  Copied Next(LogValue value) {
    Copied out;
    switch (value) {
      case LogValue::kClientAddress:
      case LogValue::kClientIp:
        out.text = Text();
        out.address = Address();
        return out;
      case LogValue::kDirectAddress:
      case LogValue::kDirectIp:
      case LogValue::kLocalAddress:
      case LogValue::kLocalIp:
        out.address = Address();
        return out;
      default:
        out.text = Text();
        return out;
    }
  }

 private:
  std::optional<std::string_view> Text() {
    uint16_t size = 0;
    std::memcpy(&size, rest_.data(), sizeof size);
    rest_.remove_prefix(sizeof size);
    if (size == kAbsent) return std::nullopt;
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  std::optional<net::Address> Address() {
    const auto bytes = Text();
    if (!bytes) return std::nullopt;
    net::Address address;
    std::memcpy(static_cast<void*>(&address), bytes->data(), sizeof address);
    return address;
  }
  std::string_view rest_;
};

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
std::optional<std::string> ClientText(const Copied& copied, LogValue value) {
  const std::string_view ip = copied.text.value_or("");
  if (!copied.address) {
    if (ip.empty()) return std::nullopt;
    return std::string(ip);
  }
  const net::Address direct = copied.address->Unmapped();
  const bool same = ip.empty() || ip == IpText(direct);
  if (value == LogValue::kClientIp) return same ? IpText(direct) : std::string(ip);
  if (same) return direct.ToString();
  return ip.find(':') == ip.npos ? fmt::format("{}:0", ip) : fmt::format("[{}]:0", ip);
}

std::optional<std::string> AddressText(const Copied& copied, LogValue value) {
  if (!copied.address) return std::nullopt;
  const bool ip_only = value == LogValue::kDirectIp || value == LogValue::kLocalIp;
  return ip_only ? IpText(*copied.address) : copied.address->ToString();
}

class LineWriter final {
 public:
  LineWriter(std::string_view record, base::Duration wall_offset, std::string& line)
      : wall_offset_(wall_offset), line_(line) {
    std::memcpy(static_cast<void*>(&head_), record.data(), sizeof head_);
    RecordReader reader(record);
    for (const config::LogCopy& copy : head_.spec->copied) {
      copied_[copy.op] = reader.Next(head_.spec->operators[copy.op].value);
    }
  }

  void Write() {
    for (const LogPiece& piece : head_.spec->pieces) WritePiece(piece);
  }

 private:
  void WritePiece(const LogPiece& piece) {
    switch (piece.kind) {
      case LogPiece::Kind::kLiteral:
        line_ += piece.text;
        return;
      case LogPiece::Kind::kText: {
        const auto text = ValueText(piece.op);
        if (text) return AppendEscaped(*text);
        if (!head_.spec->omit_empty) line_ += '-';
        return;
      }
      case LogPiece::Kind::kJsonValue:
        return WriteJsonValue(piece.op);
      case LogPiece::Kind::kJsonName:
        return WriteName(piece.text);
      case LogPiece::Kind::kJsonOptional:
        if (!ValueText(piece.op)) return;
        WriteName(piece.text);
        return WriteJsonValue(piece.op);
    }
  }

  void WriteName(std::string_view name) {
    // Values end with '"', a digit, a letter or a bracket that closes: '{' is this object's own.
    if (line_.back() != '{') line_ += ',';
    line_ += name;
  }

  void WriteJsonValue(uint32_t op) {
    const auto text = ValueText(op);
    if (!text) {
      line_ += "null";
    } else if (config::IsNumber(head_.spec->operators[op].value)) {
      line_ += *text;
    } else {
      line_ += '"';
      AppendEscaped(*text);
      line_ += '"';
    }
  }

  void AppendEscaped(std::string_view text) {
    if (head_.spec->form == LogForm::kJson) {
      config::AppendJsonEscaped(text, line_);
    } else {
      config::AppendTextEscaped(text, line_);
    }
  }

  // The value as text, valid until the next call; nothing if it is absent.
  std::optional<std::string_view> ValueText(uint32_t op) {
    const LogOperator& o = head_.spec->operators[op];
    auto text = config::IsCopied(o.value) ? CopiedText(op, o.value) : FixedText(o);
    if (text) text = text->substr(0, o.max_length);
    return text;
  }

  std::optional<std::string_view> CopiedText(uint32_t op, LogValue value) {
    const Copied& copied = copied_[op];
    std::optional<std::string> made;
    switch (value) {
      case LogValue::kClientAddress:
      case LogValue::kClientIp:
        made = ClientText(copied, value);
        break;
      case LogValue::kDirectAddress:
      case LogValue::kDirectIp:
      case LogValue::kLocalAddress:
      case LogValue::kLocalIp:
        made = AddressText(copied, value);
        break;
      default:
        return copied.text;
    }
    if (!made) return std::nullopt;
    return Keep(*std::move(made));
  }

  std::optional<std::string_view> FixedText(const LogOperator& op) {
    switch (op.value) {
      case LogValue::kStartTime:
        text_.clear();
        config::AppendTime(op.time_format, head_.start.time_since_epoch() + wall_offset_, text_);
        return text_;
      case LogValue::kProtocol:
        return ProtocolText(head_.version);
      case LogValue::kResponseCode:
        return Number(head_.status);
      case LogValue::kResponseCodeDetails:
        if (head_.details.empty()) return std::nullopt;
        return head_.details;
      case LogValue::kResponseFlags:
        return Keep(FlagsText(head_.flags));
      case LogValue::kBytesReceived:
        return Number(head_.bytes_received);
      case LogValue::kBytesSent:
        return Number(head_.bytes_sent);
      case LogValue::kDuration:
        return Number(ElapsedMs(head_.start, head_.end));
      case LogValue::kRequestDuration:
        return Number(ElapsedMs(head_.start, head_.request_complete));
      case LogValue::kResponseDuration:
        return Number(ElapsedMs(head_.start, head_.upstream_first_byte));
      case LogValue::kResponseTxDuration:
        return Number(ElapsedMs(head_.upstream_first_byte, head_.end));
      default:
        return std::nullopt;
    }
  }

  std::optional<std::string_view> Number(std::optional<uint64_t> number) {
    if (!number) return std::nullopt;
    text_.clear();
    fmt::format_to(std::back_inserter(text_), "{}", *number);
    return text_;
  }
  std::string_view Keep(std::string text) {
    text_ = std::move(text);
    return text_;
  }

  RecordHead head_;
  const base::Duration wall_offset_;
  std::string& line_;
  std::string text_;
  std::array<Copied, AccessLogSpec::kMaxOperators> copied_;
};

}  // namespace

void AppendLine(std::string_view record, base::Duration wall_offset, std::string& line) {
  LineWriter(record, wall_offset, line).Write();
}

}  // namespace sluice::proxy
