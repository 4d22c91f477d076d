#include "dataplane/http/path.h"

#include <array>
#include <cstring>

#include "dataplane/http/byte_scan.h"
#include "dataplane/http/text.h"

namespace sluice::http {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

consteval std::array<bool, 256> MakeUnreservedTable() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[c] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[c] = table[c - 0x20] = true;
  for (char c : std::string_view("-._~")) table[static_cast<uint8_t>(c)] = true;
  return table;
}
constexpr std::array<bool, 256> kUnreserved = MakeUnreservedTable();

// Allowed in a path without being looked at again. '?' and '#' cannot be part of a path.
bool IsPlain(char c) { return c > 0x20 && c < 0x7F && c != '#' && c != '?' && c != '\\'; }

// True if there is nothing to do: no escape, parameter, "//", "/." or forbidden byte.
bool IsPlainPath(std::string_view path) {
  const char* p = path.data();
  const char* const end = p + path.size();
  char copy[16];
  if (path.size() < 16) {
    std::memset(copy, 'a', sizeof(copy));
    std::memcpy(copy, p, path.size());
    p = copy;
  }
  uint32_t carry = 0;  // 1: the byte before this block is a slash
  for (;;) {
    const Bytes16 bytes(p);
    const uint32_t slashes = bytes.Equal('/');
    const uint32_t pairs = ((slashes << 1) | carry) & (slashes | bytes.Equal('.'));
    if ((pairs | bytes.PathSpecials()) != 0) return false;
    if (p == copy || end - p <= 16) return true;
    // The last block overlaps the one before.
    p = end - p >= 32 ? p + 16 : end - 16;
    carry = p[-1] == '/' ? 1 : 0;
  }
}

// Writes the normal form of one path; `out` has room for the input, which it never exceeds.
class PathWriter {
 public:
  PathWriter(const PathOptions& options, char* out) : options_(options), begin_(out), out_(out) {}

  PathError Write(std::string_view path) {
    const char* p = path.data();
    const char* const end = p + path.size();
    while (p != end) {
      PathError error = PathError::kNone;
      if (*p == '%') {
        error = Triplet(p, end);
      } else if (*p == '/') {
        Slash();
        ++p;
      } else if (*p == ';' && options_.cut_parameters) {
        in_parameter_ = true;
        ++p;
      } else if (IsPlain(*p)) {
        Put(*p++);
      } else {
        error = PathError::kBadByte;
      }
      if (error != PathError::kNone) return error;
    }
    EndSegment(Last::kYes);
    return PathError::kNone;
  }

  std::string_view text() const { return {begin_, static_cast<size_t>(out_ - begin_)}; }
  bool unescaped_slash() const { return unescaped_slash_; }

 private:
  enum class Last : bool { kNo, kYes };

  void Put(char c) {
    if (!in_parameter_) *out_++ = c;
  }

  PathError Triplet(const char*& p, const char* end) {
    if (end - p < 3) return PathError::kBadEscape;
    const int high = HexValue(p[1]);
    const int low = HexValue(p[2]);
    if (high < 0 || low < 0) return PathError::kBadEscape;
    p += 3;
    const char c = static_cast<char>(high * 16 + low);
    if (c == '\0') return PathError::kEscapedNul;
    // Escaped control characters have no use in a path but splitting lines further on.
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) return PathError::kBadEscape;
    if (c == '/' || c == '\\') return EscapedSlash(high, low);
    if (options_.normalize && kUnreserved[static_cast<uint8_t>(c)]) {
      Put(c);
    } else {
      PutTriplet(high, low);
    }
    return PathError::kNone;
  }

  PathError EscapedSlash(int high, int low) {
    switch (options_.escaped_slashes) {
      case EscapedSlashes::kReject:
        return PathError::kEscapedSlash;
      case EscapedSlashes::kKeep:
        PutTriplet(high, low);
        break;
      case EscapedSlashes::kUnescapeAndRedirect:
      case EscapedSlashes::kUnescapeAndForward:
        unescaped_slash_ = true;
        Slash();
        break;
    }
    return PathError::kNone;
  }

  // Upper case, so that two spellings of one octet are one string (RFC 3986 6.2.2.1).
  void PutTriplet(int high, int low) {
    Put('%');
    Put(kHex[high]);
    Put(kHex[low]);
  }

  void Slash() {
    EndSegment(Last::kNo);
    if (options_.merge_slashes && out_ != begin_ && out_[-1] == '/') return;
    *out_++ = '/';
    segment_ = out_;
  }

  // Parameters are cut before dot segments are looked for, so "/..;x/" is a dot segment, as it is
  // to servers that cut them.
  void EndSegment(Last last) {
    in_parameter_ = false;
    if (!options_.normalize || segment_ == nullptr) return;
    const std::string_view segment(segment_, static_cast<size_t>(out_ - segment_));
    if (segment == ".") {
      out_ = segment_;
    } else if (segment == "..") {
      out_ = segment_ - 1;  // onto the slash before this segment
      while (out_ != begin_ && out_[-1] != '/') --out_;
      if (out_ == begin_) ++out_;  // never above the root's slash
    } else {
      return;
    }
    // What remains ends in the slash of the segment above; a following slash is that one.
    segment_ = out_;
    if (last == Last::kNo) --out_;
  }

  const PathOptions& options_;
  char* const begin_;
  char* out_;
  char* segment_ = nullptr;  // first byte after the last slash written
  bool in_parameter_ = false;
  bool unescaped_slash_ = false;
};

}  // namespace

PathResult NormalizePath(std::string_view path, const PathOptions& options, buffer::Arena& arena) {
  if (path == "*") return {path};
  if (path.empty() || path.front() != '/') return {{}, PathError::kNotAbsolute};
  if (IsPlainPath(path)) return {path};

  PathWriter writer(options, arena.NewArray<char>(path.size()));
  PathResult result;
  result.error = writer.Write(path);
  if (result.error != PathError::kNone) return result;
  result.path = writer.text() == path ? path : writer.text();
  result.redirect =
      writer.unescaped_slash() && options.escaped_slashes == EscapedSlashes::kUnescapeAndRedirect;
  return result;
}

bool IsValidQuery(std::string_view query) {
  for (char c : query) {
    if (c <= 0x20 || c >= 0x7F || c == '#') return false;
  }
  return true;
}

}  // namespace sluice::http
