#include "dataplane/http1/head_writer.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "dataplane/http/status_text.h"
#include "dataplane/http/text.h"

namespace sluice::http1 {
namespace {

using http::Field;
using http::FieldId;
using http::Head;

constexpr uint64_t Bit(FieldId id) { return uint64_t{1} << static_cast<uint8_t>(id); }

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

  void Put(std::string_view text) {
    if (text.size() > static_cast<size_t>(end_ - p_)) [[unlikely]] {
      out_.Commit(static_cast<size_t>(p_ - begin_));
      Take(std::max<size_t>(text.size(), 1024));
    }
    std::memcpy(p_, text.data(), text.size());
    p_ += text.size();
  }
  void Put(char c) { Put(std::string_view(&c, 1)); }

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

// Text that was perhaps not received, so nobody has looked at its bytes yet.
void PutText(Writer& writer, std::string_view text) {
  for (;;) {
    const size_t bad = std::min(text.find_first_of(std::string_view("\r\n\0", 3)), text.size());
    writer.Put(text.substr(0, bad));
    if (bad == text.size()) return;
    writer.Put(' ');
    text.remove_prefix(bad + 1);
  }
}

void PutAddedLine(Writer& writer, const Field& field) {
  if (!http::IsToken(field.name())) return;
  writer.Put(field.name());
  writer.Put(": ");
  PutText(writer, http::TrimOws(field.value()));
  writer.Put("\r\n");
}

// End of the received line of field i, behind its CRLF. Lines follow each other in the received
// bytes, so that is mostly where the next one begins.
const char* LineEnd(const Head& head, uint32_t i) {
  if (i + 1 < head.size() && (head.at(i + 1).flags & Field::kOriginal) != 0) {
    return head.at(i + 1).name_data;
  }
  const char* p = head.at(i).value_data + head.at(i).value_size;
  while (*p != '\n') ++p;
  return p + 1;
}

// Every line but those of the fields in `skipped`; received ones in runs.
void PutLines(Writer& writer, const Head& head, uint64_t skipped) {
  const char* run = nullptr;
  const char* run_end = nullptr;
  for (uint32_t i = 0; i < head.size(); ++i) {
    const Field& field = head.at(i);
    if (field.removed() || (Bit(field.id) & skipped) != 0) continue;
    if ((field.flags & Field::kOriginal) == 0) {
      if (run != run_end) writer.Put({run, static_cast<size_t>(run_end - run)});
      run = run_end = nullptr;
      PutAddedLine(writer, field);
      continue;
    }
    if (field.name_data != run_end) {
      if (run != run_end) writer.Put({run, static_cast<size_t>(run_end - run)});
      run = field.name_data;
    }
    run_end = LineEnd(head, i);
  }
  if (run != run_end) writer.Put({run, static_cast<size_t>(run_end - run)});
}

void PutFraming(Writer& writer, FramingLine framing) {
  switch (framing.kind) {
    case FramingLine::Kind::kOmit: break;
    case FramingLine::Kind::kLength:
      writer.Put("content-length: ");
      writer.PutDecimal(framing.length);
      writer.Put("\r\n");
      break;
    case FramingLine::Kind::kChunked: writer.Put("transfer-encoding: chunked\r\n"); break;
  }
}

void PutConnection(Writer& writer, ConnectionLine connection, const Head& head) {
  switch (connection) {
    case ConnectionLine::kOmit: break;
    case ConnectionLine::kClose: writer.Put("connection: close\r\n"); break;
    case ConnectionLine::kKeepAlive: writer.Put("connection: keep-alive\r\n"); break;
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
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const uint8_t c = static_cast<uint8_t>(text[i]);
    if (c > 0x20 && c < 0x7F && c != '#') [[likely]] continue;
    writer.Put(text.substr(begin, i - begin));
    const char escaped[3] = {'%', kHex[c >> 4], kHex[c & 15]};
    writer.Put({escaped, sizeof(escaped)});
    begin = i + 1;
  }
  writer.Put(text.substr(begin));
}

size_t ExpectedSize(const Head& head) { return head.received().size() + kRoomForLines; }

}  // namespace

void WriteRequestHead(buffer::BlockPool& pool, const Head& head, FramingLine framing,
                      ConnectionLine connection, buffer::Buffer& out) {
  Writer writer(pool, out, ExpectedSize(head));
  writer.Put(head.method_text);
  writer.Put(' ');
  if (head.method == http::Method::kConnect) {
    PutTarget(writer, head.authority);
  } else {
    PutTarget(writer, head.path);
    if (head.has_query) {
      writer.Put('?');
      PutTarget(writer, head.query);
    }
  }
  writer.Put(" HTTP/1.1\r\n");
  uint64_t skipped = kOwnLines;
  const std::string_view host = head.Get(FieldId::kHost).value_or(std::string_view());
  if (host != head.authority && !head.authority.empty()) {
    // The authority may have been normalised or rewritten since Host was received.
    skipped |= Bit(FieldId::kHost);
    PutAddedLine(writer, {.name_data = "host",
                          .value_data = head.authority.data(),
                          .value_size = static_cast<uint32_t>(head.authority.size()),
                          .name_size = 4,
                          .id = FieldId::kHost,
                          .flags = 0});
  }
  PutLines(writer, head, skipped);
  PutFraming(writer, framing);
  PutConnection(writer, connection, head);
  writer.Put("\r\n");
}

void WriteResponseHead(buffer::BlockPool& pool, const Head& head, FramingLine framing,
                       ConnectionLine connection, buffer::Buffer& out) {
  Writer writer(pool, out, ExpectedSize(head));
  const uint16_t status = head.status;
  char line[] = "HTTP/1.1 000 ";
  line[9] = static_cast<char>('0' + status / 100 % 10);
  line[10] = static_cast<char>('0' + status / 10 % 10);
  line[11] = static_cast<char>('0' + status % 10);
  writer.Put({line, sizeof(line) - 1});
  PutText(writer, head.reason.empty() ? http::StatusText(status) : head.reason);
  writer.Put("\r\n");
  PutLines(writer, head, kOwnLines);
  PutFraming(writer, framing);
  PutConnection(writer, connection, head);
  writer.Put("\r\n");
}

void WriteTrailers(buffer::BlockPool& pool, const Head& trailers, buffer::Buffer& out) {
  Writer writer(pool, out, ExpectedSize(trailers));
  PutLines(writer, trailers, kOwnLines | Bit(FieldId::kHost));
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
