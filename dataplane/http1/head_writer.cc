#include "dataplane/http1/head_writer.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "dataplane/buffer/copy_bytes.h"
#include "dataplane/http/byte_scan.h"
#include "dataplane/http/status_text.h"
#include "dataplane/http/text.h"
#include "dataplane/http1/head_parser.h"

namespace sluice::http1 {
namespace {

using http::Field;
using http::FieldId;
using http::Head;

constexpr http::FieldSet Bit(FieldId id) { return http::FieldBit(id); }

// Written from facts, or ending at this hop (RFC 9110 7.6.1).
constexpr uint64_t kOwnLines = Bit(FieldId::kConnection) | Bit(FieldId::kKeepAlive) |
                               Bit(FieldId::kProxyConnection) | Bit(FieldId::kTransferEncoding) |
                               Bit(FieldId::kContentLength) | Bit(FieldId::kUpgrade) |
                               Bit(FieldId::kTe) | Bit(FieldId::kHttp2Settings);

// Room asked for beyond the bytes received, for a few added lines; more is asked for when needed.
constexpr size_t kRoomForLines = 256;

// Appends text to a buffer through reserved memory, so that a byte costs no call.
class Writer {
 public:
  Writer(buffer::BlockPool& pool, buffer::Buffer& out, size_t expected) : pool_(pool), out_(out) {
    Take(expected);
  }
  ~Writer() { out_.Commit(static_cast<size_t>(p_ - begin_)); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void Put(const char* begin, const char* end) {
    Put(std::string_view(begin, static_cast<size_t>(end - begin)));
  }
  void Put(std::string_view text) {
    if (text.size() > room()) [[unlikely]] TakeMore(text.size());
    buffer::CopyBytes(p_, text.data(), text.size());
    p_ += text.size();
  }
  // Text that was perhaps not received, so nobody has looked at its bytes yet: no control character
  // goes out.
  void PutField(std::string_view text) {
    Put(text);
    ReplaceControls(p_ - text.size(), p_);
  }
  void PutLine(std::string_view name, std::string_view value) {
    const size_t size = name.size() + value.size() + 4;
    if (size > room()) [[unlikely]] TakeMore(size);
    char* p = p_;
    buffer::CopyBytes(p, name.data(), name.size());
    p += name.size();
    std::memcpy(p, ": ", 2);
    p += 2;
    buffer::CopyBytes(p, value.data(), value.size());
    ReplaceControls(p, p + value.size());
    p += value.size();
    std::memcpy(p, "\r\n", 2);
    p_ = p + 2;
  }
  // Literals: the size is known to the compiler, so no call is made.
  template <size_t n>
  void Put(const char (&literal)[n]) {
    if (n - 1 > room()) [[unlikely]]
      return Put(std::string_view(literal));
    std::memcpy(p_, literal, n - 1);
    p_ += n - 1;
  }
  void Put(char c) {
    if (p_ == end_) [[unlikely]]
      return Put(std::string_view(&c, 1));
    *p_++ = c;
  }

  void PutDecimal(uint64_t value) {
    char digits[20];
    char* p = digits + sizeof(digits);
    do {
      *--p = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    Put({p, static_cast<size_t>(digits + sizeof(digits) - p)});
  }

 private:
  void ReplaceControls(char* p, char* end) {
    // Looking back to the beginning of the block saves a copy of the last bytes.
    while (true) {
      p += http::FindFirst<&http::Bytes16::NotFieldText>(p, end, begin_) - p;
      if (p == end) return;
      *p = ' ';
    }
  }
  size_t room() const { return static_cast<size_t>(end_ - p_); }
  [[gnu::noinline]] void TakeMore(size_t bytes) {
    out_.Commit(static_cast<size_t>(p_ - begin_));
    Take(std::max<size_t>(bytes, 1024));
  }
  void Take(size_t bytes) {
    const std::span<char> memory = out_.Reserve(pool_, bytes);
    begin_ = p_ = memory.data();
    end_ = begin_ + memory.size();
  }

  buffer::BlockPool& pool_;
  buffer::Buffer& out_;
  char* begin_ = nullptr;
  char* p_ = nullptr;
  char* end_ = nullptr;
};

void PutAddedLine(Writer& writer, const Field& field) {
  if (field.id == FieldId::kUnknown && !http::IsToken(field.name())) return;
  writer.PutLine(field.name(), http::TrimOws(field.value()));
}

// Bytes that lie in memory as they are to be sent: whole lines, one behind the other.
struct Run {
  const char* begin = nullptr;
  const char* end = nullptr;
};

// Behind the CRLF of a whole line.
const char* LineEnd(const Field& field) {
  const char* p = field.value_data + field.value_size;
  while (*p != '\r') ++p;  // over white space
  return p + 2;
}

bool IsWhole(const Field& field) { return (field.flags & Field::kWholeLine) != 0; }

// Every line but those of the fields in `skipped`; a whole one is left out only if it is in
// `skipped_whole`. `run` comes before them, and grows as long as lines follow it in memory.
void PutLines(Writer& writer, const Head& head, http::FieldSet skipped,
              http::FieldSet skipped_whole, Run run) {
  uint32_t i = 0;
  if (head.intact() > 0 && !head.MayHave(skipped_whole)) {
    if (run.end != head.at(0).name_data) {
      writer.Put(run.begin, run.end);
      run.begin = head.at(0).name_data;
    }
    i = head.intact();
    run.end = LineEnd(head.at(i - 1));
  }
  for (; i < head.size(); ++i) {
    const Field& field = head.at(i);
    const bool whole = IsWhole(field);
    if (field.removed() || (Bit(field.id) & (whole ? skipped_whole : skipped)) != 0) continue;
    if (field.name_data != run.end || !whole) {
      writer.Put(run.begin, run.end);
      run = {field.name_data, field.name_data};
    }
    if (whole) {
      run.end = LineEnd(field);
    } else {
      run = {};
      PutAddedLine(writer, field);
    }
  }
  writer.Put(run.begin, run.end);
}

// What of kOwnLines is left out of the received head: Content-Length stays where it stands when it
// says what we would write.
http::FieldSet SkippedWhole(const Head& head, FramingLine& framing) {
  if (framing.kind != FramingLine::Kind::kLength || framing.length != head.received_length) {
    return kOwnLines;
  }
  const Field* const line = head.Line(FieldId::kContentLength);
  const bool leading_zero =
      line != nullptr && line->value_size > 1 && line->value_data[0] == '0';
  if (line == nullptr || !IsWhole(*line) || leading_zero) return kOwnLines;
  framing.kind = FramingLine::Kind::kOmit;
  return kOwnLines & ~Bit(FieldId::kContentLength);
}

void PutFraming(Writer& writer, FramingLine framing) {
  switch (framing.kind) {
    case FramingLine::Kind::kOmit:
      break;
    case FramingLine::Kind::kLength:
      writer.Put("content-length: ");
      writer.PutDecimal(framing.length);
      writer.Put("\r\n");
      break;
    case FramingLine::Kind::kChunked:
      writer.Put("transfer-encoding: chunked\r\n");
      break;
  }
}

void PutConnection(Writer& writer, ConnectionLine connection, const Head& head) {
  switch (connection) {
    case ConnectionLine::kOmit:
      break;
    case ConnectionLine::kClose:
      writer.Put("connection: close\r\n");
      break;
    case ConnectionLine::kKeepAlive:
      writer.Put("connection: keep-alive\r\n");
      break;
    case ConnectionLine::kUpgrade:
      writer.Put("connection: upgrade\r\n");
      for (uint32_t i = 0; i < head.size(); ++i) {
        const Field& field = head.at(i);
        if (field.id == FieldId::kUpgrade && !field.removed()) PutAddedLine(writer, field);
      }
      break;
  }
}

// Bytes that would end the target, or be read as something else behind it, are escaped.
void PutTarget(Writer& writer, std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  const char* p = text.data();
  const char* const end = p + text.size();
  const char* const begin = p;
  for (;;) {
    const char* const bad = http::FindFirst<&http::Bytes16::NotQueryText>(p, end, begin);
    writer.Put({p, static_cast<size_t>(bad - p)});
    if (bad == end) return;
    const uint8_t c = static_cast<uint8_t>(*bad);
    const char escaped[3] = {'%', kHex[c >> 4], kHex[c & 15]};
    writer.Put({escaped, sizeof(escaped)});
    p = bad + 1;
  }
}

void PutPathAndQuery(Writer& writer, const Head& head) {
  const char* const path_end = head.path.data() + head.path.size();
  if (!head.has_query) {
    PutTarget(writer, head.path);
  } else if (head.query.data() == path_end + 1 && head.path.data() == head.target.data()) {
    // As received: one piece of bytes, with the '?' between them.
    PutTarget(writer, {head.path.data(), head.path.size() + 1 + head.query.size()});
  } else {
    PutTarget(writer, head.path);
    writer.Put('?');
    PutTarget(writer, head.query);
  }
}

// The received request line, if it is what we would write: nothing of it was changed.
Run UnchangedRequestLine(const Head& head) {
  constexpr std::string_view kVersion = " HTTP/1.1\r\n";
  const std::string_view target = head.target;
  const char* const path_end = head.path.data() + head.path.size();
  const char* const end = head.has_query ? head.query.data() + head.query.size() : path_end;
  // The parser took exactly one space before the target, and found no byte in it to escape.
  if (head.received().empty() || head.method_text.data() != head.received().data() ||
      target.data() != head.method_text.data() + head.method_text.size() + 1 ||
      head.path.data() != target.data() || end != target.data() + target.size() ||
      (head.has_query && head.query.data() != path_end + 1) ||
      head.method == http::Method::kConnect ||
      std::memcmp(end, kVersion.data(), kVersion.size()) != 0) {
    return {};
  }
  return {head.method_text.data(), end + kVersion.size()};
}

void PutRequestLine(Writer& writer, const Head& head) {
  writer.Put(head.method_text);
  writer.Put(' ');
  if (head.method == http::Method::kConnect) {
    PutTarget(writer, head.authority);
  } else {
    PutPathAndQuery(writer, head);
  }
  writer.Put(" HTTP/1.1\r\n");
}

// The same for the status line.
Run UnchangedStatusLine(const Head& head) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  constexpr size_t kReasonAt = sizeof("HTTP/1.1 200 ") - 1;
  const std::string_view received = head.received();
  if (received.size() < kReasonAt || head.reason.data() != received.data() + kReasonAt ||
      head.reason.empty() || std::memcmp(received.data(), kVersion.data(), kVersion.size()) != 0 ||
      PeekStatus(received) != head.status) {
    return {};
  }
  const char* const end = head.reason.data() + head.reason.size();
  if (end[0] != '\r') return {};
  return {received.data(), end + 2};
}

void PutStatusLine(Writer& writer, const Head& head) {
  const uint16_t status = head.status;
  char line[] = "HTTP/1.1 000 ";
  line[9] = static_cast<char>('0' + status / 100 % 10);
  line[10] = static_cast<char>('0' + status / 10 % 10);
  line[11] = static_cast<char>('0' + status % 10);
  writer.Put({line, sizeof(line) - 1});
  writer.PutField(head.reason.empty() ? http::StatusText(status) : head.reason);
  writer.Put("\r\n");
}

size_t ExpectedSize(const Head& head) { return head.received().size() + kRoomForLines; }

}  // namespace

void WriteRequestHead(buffer::BlockPool& pool, const Head& head, FramingLine framing,
                      ConnectionLine connection, buffer::Buffer& out) {
  Writer writer(pool, out, ExpectedSize(head));
  Run run = UnchangedRequestLine(head);
  if (run.begin == nullptr) PutRequestLine(writer, head);
  http::FieldSet host_line = 0;
  const std::string_view host = head.Get(FieldId::kHost).value_or(std::string_view());
  const bool same = host.data() == head.authority.data() && host.size() == head.authority.size();
  if (!same && host != head.authority && !head.authority.empty()) {
    // The authority may have been normalised or rewritten since Host was received.
    host_line = Bit(FieldId::kHost);
    writer.Put(run.begin, run.end);
    run = {};
    PutAddedLine(writer, {.name_data = "host",
                          .value_data = head.authority.data(),
                          .value_size = static_cast<uint32_t>(head.authority.size()),
                          .name_size = 4,
                          .id = FieldId::kHost,
                          .flags = 0});
  }
  const http::FieldSet skipped_whole = SkippedWhole(head, framing) | host_line;
  PutLines(writer, head, kOwnLines | host_line, skipped_whole, run);
  PutFraming(writer, framing);
  PutConnection(writer, connection, head);
  writer.Put("\r\n");
}

void WriteResponseHead(buffer::BlockPool& pool, const Head& head, FramingLine framing,
                       ConnectionLine connection, buffer::Buffer& out) {
  Writer writer(pool, out, ExpectedSize(head));
  const Run run = UnchangedStatusLine(head);
  if (run.begin == nullptr) PutStatusLine(writer, head);
  const http::FieldSet skipped_whole = SkippedWhole(head, framing);
  PutLines(writer, head, kOwnLines, skipped_whole, run);
  PutFraming(writer, framing);
  PutConnection(writer, connection, head);
  writer.Put("\r\n");
}

void WriteTrailers(buffer::BlockPool& pool, const Head& trailers, buffer::Buffer& out) {
  Writer writer(pool, out, ExpectedSize(trailers));
  constexpr http::FieldSet kSkipped = kOwnLines | Bit(FieldId::kHost);
  PutLines(writer, trailers, kSkipped, kSkipped, {});
  writer.Put("\r\n");
}

void WriteChunkSize(buffer::BlockPool& pool, uint64_t size, buffer::Buffer& out) {
  constexpr char kHex[] = "0123456789abcdef";
  char line[18];
  char* p = line + sizeof(line);
  *--p = '\n';
  *--p = '\r';
  for (; size != 0; size >>= 4) *--p = kHex[size & 15];
  out.AppendCopy(pool, {p, static_cast<size_t>(line + sizeof(line) - p)});
}

}  // namespace sluice::http1
