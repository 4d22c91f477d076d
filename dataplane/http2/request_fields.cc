#include "dataplane/http2/request_fields.h"

#include <algorithm>
#include <charconv>

#include "dataplane/base/ascii.h"
#include "dataplane/http/text.h"

namespace sluice::http2 {
namespace {

using http::Field;
using http::FieldId;
using http::Head;

constexpr uint64_t Bit(FieldId id) { return uint64_t{1} << static_cast<uint8_t>(id); }
static_assert(http::kFieldIdCount <= 64, "sets of fields are one word");

// Written from facts, or ending at this hop (RFC 9113 8.2.2, RFC 9110 7.6.1).
constexpr uint64_t kOwnFields = Bit(FieldId::kConnection) | Bit(FieldId::kKeepAlive) |
                                Bit(FieldId::kProxyConnection) | Bit(FieldId::kTransferEncoding) |
                                Bit(FieldId::kContentLength) | Bit(FieldId::kUpgrade) |
                                Bit(FieldId::kTe) | Bit(FieldId::kHttp2Settings) |
                                Bit(FieldId::kHost);

constexpr uint64_t kNeverIndexed = Bit(FieldId::kAuthorization) |
                                   Bit(FieldId::kProxyAuthorization) | Bit(FieldId::kCookie);

// Pseudo-header fields, content-length and te.
constexpr size_t kMaxOwn = 6;

bool EndsLine(char c) { return c == '\r' || c == '\n' || c == '\0'; }

// The text in memory that lives as long as `arena`, free of bytes that would end a line elsewhere.
std::string_view CleanValue(std::string_view value, buffer::Arena& arena) {
  value = http::TrimOws(value);
  if (std::none_of(value.begin(), value.end(), EndsLine)) return value;
  char* const copy = arena.NewArray<char>(value.size());
  std::replace_copy_if(value.begin(), value.end(), copy, EndsLine, ' ');
  return http::TrimOws({copy, value.size()});
}

bool EndsTarget(char c) {
  const uint8_t byte = static_cast<uint8_t>(c);
  return byte <= 0x20 || byte >= 0x7F || c == '#';
}

char* PutTarget(std::string_view text, char* out) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (char c : text) {
    if (!EndsTarget(c)) [[likely]] {
      *out++ = c;
      continue;
    }
    *out++ = '%';
    *out++ = kHex[static_cast<uint8_t>(c) >> 4];
    *out++ = kHex[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

bool IsPlainTarget(std::string_view text) {
  for (char c : text) {
    if (EndsTarget(c)) return false;
  }
  return true;
}

// :path is never empty (RFC 9113 8.3.1).
std::string_view Target(const Head& head, buffer::Arena& arena) {
  if (!head.has_query && IsPlainTarget(head.path)) return head.path.empty() ? "/" : head.path;
  char* const text = arena.NewArray<char>(3 * (head.path.size() + head.query.size()) + 2);
  char* end = text;
  if (head.path.empty()) *end++ = '/';
  end = PutTarget(head.path, end);
  if (head.has_query) {
    *end++ = '?';
    end = PutTarget(head.query, end);
  }
  return {text, static_cast<size_t>(end - text)};
}

std::string_view Decimal(uint64_t value, buffer::Arena& arena) {
  char* const text = arena.NewArray<char>(20);
  return {text, static_cast<size_t>(std::to_chars(text, text + 20, value).ptr - text)};
}

bool WantsTrailers(const Head& head) {
  for (uint32_t i = 0; i < head.size(); ++i) {
    const Field& field = head.at(i);
    if (field.id != FieldId::kTe || field.removed()) continue;
    for (std::string_view list = field.value(); !list.empty();) {
      if (base::EqualsIgnoreCase(http::NextMember(list), "trailers")) return true;
    }
  }
  return false;
}

class List {
 public:
  List(buffer::Arena& arena, size_t capacity)
      : arena_(arena), fields_(arena.NewArray<nghttp2_nv>(capacity)) {}

  // `name` is lower-case and static.
  void Add(std::string_view name, std::string_view value, uint8_t flags = 0) {
    Put(name, value, NGHTTP2_NV_FLAG_NO_COPY_NAME | flags);
  }

  void Add(const Field& field) {
    const uint8_t flags = (Bit(field.id) & kNeverIndexed) != 0 ? NGHTTP2_NV_FLAG_NO_INDEX : 0;
    // A received line was judged by its parser, an added one by nobody yet.
    const bool judged = (field.flags & Field::kWholeLine) != 0;
    const std::string_view value = judged ? field.value() : CleanValue(field.value(), arena_);
    if (field.id != FieldId::kUnknown) {
      Add(FieldName(field.id), value, flags);
    } else if (judged || http::IsToken(field.name())) {
      Put(field.name(), value, flags);
    }
  }

  std::span<nghttp2_nv> fields() const { return {fields_, size_}; }

 private:
  // The library copies both, and folds the case of a name, unless told not to.
  void Put(std::string_view name, std::string_view value, int flags) {
    fields_[size_++] = {reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
                        reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(),
                        value.size(), static_cast<uint8_t>(flags)};
  }

  buffer::Arena& arena_;
  nghttp2_nv* fields_;
  size_t size_ = 0;
};

void AddFields(const Head& head, List& list) {
  for (uint32_t i = 0; i < head.size(); ++i) {
    const Field& field = head.at(i);
    if (!field.removed() && (Bit(field.id) & kOwnFields) == 0) list.Add(field);
  }
}

}  // namespace

std::span<const nghttp2_nv> RequestFields(const Head& head, http::EndStream end,
                                          buffer::Arena& arena) {
  List list(arena, head.size() + kMaxOwn);
  list.Add(":method", CleanValue(head.method_text, arena));
  if (head.method != http::Method::kConnect) {
    list.Add(":scheme", head.scheme.empty() ? "http" : head.scheme);
    list.Add(":path", Target(head, arena));
  }
  if (!head.authority.empty()) list.Add(":authority", CleanValue(head.authority, arena));
  AddFields(head, list);
  if (head.framing == http::BodyFraming::kLength) {
    const uint64_t length = end == http::EndStream::kYes ? 0 : head.content_length;
    list.Add("content-length", Decimal(length, arena));
  }
  if (WantsTrailers(head)) list.Add("te", "trailers");
  return list.fields();
}

std::span<const nghttp2_nv> TrailerFields(const Head& trailers, buffer::Arena& arena) {
  List list(arena, trailers.size());
  AddFields(trailers, list);
  for (nghttp2_nv& field : list.fields()) {
    const auto copy = [&](uint8_t*& bytes, size_t size) {
      const std::string_view text(reinterpret_cast<char*>(bytes), size);
      bytes = reinterpret_cast<uint8_t*>(const_cast<char*>(arena.Copy(text).data()));
    };
    if ((field.flags & NGHTTP2_NV_FLAG_NO_COPY_NAME) == 0) copy(field.name, field.namelen);
    copy(field.value, field.valuelen);
  }
  return list.fields();
}

}  // namespace sluice::http2
