// The head of one message, HTTP version independent: start line facts and fields by reference.
//
// Bytes are never copied at parse time: names and values point into the bytes the codec received
// (kept alive by `HoldBytes`) or into the exchange's arena. Changing a head never touches the
// original bytes: removal sets a flag, new values are written to the arena. So the HTTP/1 encoder
// can copy unbroken runs of the original head around the changed lines. Lines that the gateway adds
// to every message are made once, whole (MakeFieldLine), and copied the same way.
// Names compare without case (RFC 9110 5.1); order and case are kept. Thread: one loop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dataplane/buffer/arena.h"
#include "dataplane/buffer/buffer.h"
#include "dataplane/http/field_id.h"
#include "dataplane/http/method.h"

namespace sluice::http {

// One field line. `name` and `value` have no surrounding white space.
struct Field {
  enum Flag : uint8_t {
    kRemoved = 1,    // not encoded, not found by any lookup
    kWholeLine = 2,  // name, colon, OWS, value, OWS and CRLF lie in memory like this, and are valid:
                     // judged by the parser that received them, or made by MakeFieldLine
  };
  const char* name_data;
  const char* value_data;
  uint32_t value_size;
  uint16_t name_size;
  FieldId id;  // kUnknown for names outside field_id.h
  uint8_t flags;

  std::string_view name() const { return {name_data, name_size}; }
  std::string_view value() const { return {value_data, value_size}; }
  bool removed() const { return (flags & kRemoved) != 0; }
};

enum class Version : uint8_t { kHttp10, kHttp11, kHttp2 };

// How the end of the body is known (RFC 9112 6.3). In HTTP/2 only kNone, kLength and kStream occur.
enum class BodyFraming : uint8_t {
  kNone,        // no body at all
  kLength,      // exactly content_length bytes (may be 0)
  kChunked,     // HTTP/1.1 chunked
  kUntilClose,  // HTTP/1 response without length
  kStream,      // HTTP/2 DATA until END_STREAM, no content-length
};

class Head final {
 public:
  explicit Head(buffer::Arena& arena) : arena_(&arena) {}
  Head(const Head&) = delete;
  Head& operator=(const Head&) = delete;

  // Request line. `target` is as received; `path` and `query` are its parts (path without the
  // '?', query without it), replaced by normalisation and rewrites; `authority` is host[:port] of
  // the target's authority or the Host field.
  Method method = Method::kUnknown;
  std::string_view method_text;
  std::string_view target;
  std::string_view path;
  std::string_view query;
  bool has_query = false;
  std::string_view authority;
  bool authority_canonical = false;  // the codec saw that NormalizeAuthority would change nothing
  std::string_view scheme;  // "http" unless the target or transport says otherwise
  // Status line.
  uint16_t status = 0;
  std::string_view reason;

  Version version = Version::kHttp11;
  BodyFraming framing = BodyFraming::kNone;
  uint64_t content_length = 0;   // meaningful with kLength
  uint64_t received_length = 0;  // what the received Content-Length line says; 0 without one
  bool keep_alive = true;        // what this message allows (RFC 9112 9.3)
  bool expect_continue = false;  // Expect: 100-continue
  bool has_upgrade = false;      // Upgrade field together with Connection: upgrade

  // Number of field lines, removed ones included; for encoders and iteration.
  uint32_t size() const { return count_; }
  const Field& at(uint32_t i) const { return fields_[i]; }
  // How many lines at the front were received one behind the other and are all still there: bytes
  // that an encoder can take in one piece.
  uint32_t intact() const { return intact_; }
  const Field* begin() const { return fields_; }
  const Field* end() const { return fields_ + count_; }
  // Bytes of the fields as received, for limits and the log: of whole lines in HTTP/1, of names and
  // values in HTTP/2.
  uint32_t received_bytes = 0;

  // First value of a known field; nullopt if absent.
  std::optional<std::string_view> Get(FieldId id) const {
    const Field* const line = Line(id);
    if (line == nullptr) return std::nullopt;
    return line->value();
  }
  // Its line; nullptr if absent.
  const Field* Line(FieldId id) const {
    const uint8_t i = first_[static_cast<uint8_t>(id)];
    if (i == 0) return nullptr;
    return i <= kScanFrom ? &fields_[i - 1] : LineByScan(id);
  }
  bool Has(FieldId id) const { return first_[static_cast<uint8_t>(id)] != 0; }
  // False: no line of these fields was ever added. One test for what most heads do not have.
  bool MayHave(FieldSet fields) const { return (seen_ & fields) != 0; }
  // First value by name, any case.
  std::optional<std::string_view> Find(std::string_view name) const;
  // All values of `name` joined with ", " (RFC 9110 5.3); in the arena when there are several.
  std::optional<std::string_view> Combined(std::string_view name) const;
  // Number of lines with this name.
  uint32_t Count(FieldId id) const;

  // Changes. Values are copied to the arena unless the caller says that they live long enough.
  void Append(std::string_view name, std::string_view value);
  void Append(FieldId id, std::string_view value);
  // `name` and `value` outlive the exchange (literals, compiled configuration, the arena itself).
  void AppendBorrowed(FieldId id, std::string_view name, std::string_view value);
  // `line` is FieldName(id), ": ", a value and CRLF as MakeFieldLine writes them, and outlives the
  // exchange: the cheapest way to add a field.
  void AppendLine(FieldId id, std::string_view line);
  // Replaces all lines of that name by one.
  void Set(FieldId id, std::string_view value);
  void Set(std::string_view name, std::string_view value);
  // Removes every line; returns how many there were.
  uint32_t Remove(FieldId id);
  uint32_t Remove(std::string_view name);
  // Removes line i.
  void RemoveAt(uint32_t i);

  // For codecs. Adds a field of the received bytes; `id` from LookupField. Many at once: Receiver.
  void AddReceived(std::string_view name, std::string_view value, FieldId id, uint8_t flags);
  // Keeps the received bytes alive as long as this head.
  void HoldBytes(buffer::Slice bytes) { bytes_ = std::move(bytes); }
  std::string_view received() const { return bytes_.view(); }
  // Back to a fresh head; the arena is not reset. Costs nothing for one that was not used.
  void Clear() {
    if (capacity_ != 0 || !target.empty() || !method_text.empty() || status != 0 || !bytes_.empty())
      ClearUsed();
  }
  buffer::Arena& arena() { return *arena_; }

 private:
  friend class HeadReceiver;
  static constexpr uint32_t kFirstCapacity = 32;
  // Lines from this index on do not fit first_, which then says kScanFrom + 1.
  static constexpr uint32_t kScanFrom = 254;
  const Field* LineByScan(FieldId id) const;
  void ClearUsed();
  void Grow();
  void FindFirst(FieldId id, uint32_t from);
  void MarkRemoved(uint32_t i);
  void Add(std::string_view name, std::string_view value, FieldId id, uint8_t flags);
  bool Named(const Field& field, std::string_view name, FieldId id) const;

  buffer::Arena* arena_;
  buffer::Slice bytes_;
  Field* fields_ = nullptr;  // in the arena
  uint32_t count_ = 0;
  uint32_t capacity_ = 0;
  uint32_t intact_ = 0;
  FieldSet seen_ = 0;  // of all lines that were added
  uint8_t first_[kFieldIdCount] =
      {};  // 1 + index of the first live line; 0 = none; lines past 254 are found by scanning
};

// "name: value" and CRLF, for Head::AppendLine. Control characters of `value` become SP (RFC 9110
// 5.5) and white space around it goes. Allocates: for configuration.
std::string MakeFieldLine(FieldId id, std::string_view value);

// Adds the lines of a received head, whole ones that follow each other in memory, with its state in
// registers: the parser's inner loop. The head had no lines before and must not be touched otherwise
// until the destructor has written the state back.
class HeadReceiver final {
 public:
  // At most `max_lines` in all, those in the head included.
  HeadReceiver(Head& head, uint32_t max_lines) : head_(head), max_lines_(max_lines) { Load(); }
  ~HeadReceiver() {
    head_.count_ = count_;
    head_.seen_ = seen_;
    head_.intact_ = first_removed_ < count_ ? first_removed_ : count_;
    head_.first_[0] = 0;  // the inner loop does not ask whether a name is known
  }
  HeadReceiver(const HeadReceiver&) = delete;
  HeadReceiver& operator=(const HeadReceiver&) = delete;

  // False: that would be one line too many. Does not count received_bytes.
  [[nodiscard]] bool Add(std::string_view name, std::string_view value, FieldId id, uint8_t flags) {
    if (count_ == room_) [[unlikely]] {
      if (!Grow()) return false;
    }
    next_->name_data = name.data();
    next_->value_data = value.data();
    next_->value_size = static_cast<uint32_t>(value.size());
    next_->name_size = static_cast<uint16_t>(name.size());
    next_->id = id;
    next_->flags = flags;
    ++next_;
    ++count_;
    seen_ |= FieldBit(id);
    if ((flags & Field::kRemoved) != 0) [[unlikely]] {
      if (first_removed_ >= count_) first_removed_ = count_ - 1;
      return true;
    }
    uint8_t& first = head_.first_[static_cast<uint8_t>(id)];
    if (first == 0) {
      first = static_cast<uint8_t>(count_ <= Head::kScanFrom ? count_ : Head::kScanFrom + 1);
    }
    return true;
  }

 private:
  void Load() {
    count_ = head_.count_;
    seen_ = head_.seen_;
    next_ = head_.fields_ + count_;
    room_ = head_.capacity_ < max_lines_ ? head_.capacity_ : max_lines_;
  }
  bool Grow() {
    head_.count_ = count_;
    head_.seen_ = seen_;
    if (count_ >= max_lines_) return false;
    head_.Grow();
    Load();
    return true;
  }

  Head& head_;
  const uint32_t max_lines_;
  uint32_t count_;
  uint32_t room_;
  uint32_t first_removed_ = UINT32_MAX;
  FieldSet seen_;
  Field* next_;
};

}  // namespace sluice::http
