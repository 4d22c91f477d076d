#include "dataplane/route/regex.h"

#include <re2/re2.h>

#include <cctype>
#include <utility>

#include "dataplane/route/regex_prefix.h"
#include "fmt/format.h"

namespace sluice::route {
namespace {

// For the program and the automaton of one pattern; past it RE2 walks the program instead, slower
// but still linear.
constexpr int64_t kMaxRegexBytes = 1 << 20;

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

std::unique_ptr<re2::RE2> Make(std::string_view pattern, re2::RE2::Options::Encoding encoding) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(encoding);
  options.set_max_mem(kMaxRegexBytes);
  return std::make_unique<re2::RE2>(Piece(pattern), options);
}

// Length of the UTF-8 sequence at the start of `text` (RFC 3629 4), 0 if it is none.
size_t SequenceSize(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t size = lead >= 0xC2 && lead <= 0xDF   ? 2
                      : lead >> 4 == 0xE             ? 3
                      : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                     : 0;
  if (size == 0 || text.size() < size) return 0;
  const uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < size; ++i) {
    if (byte(i) >> 6 != 2) return 0;
  }
  return size;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t size = SequenceSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace

absl::StatusOr<Regex> Regex::Compile(std::string_view pattern, uint32_t program_limit) {
  std::unique_ptr<re2::RE2> utf8 = Make(pattern, re2::RE2::Options::EncodingUTF8);
  if (!utf8->ok()) {
    return absl::InvalidArgumentError(fmt::format("bad regex '{}': {}", pattern, utf8->error()));
  }
  if (static_cast<uint32_t>(utf8->ProgramSize()) > program_limit) {
    return absl::InvalidArgumentError(
        fmt::format("regex '{}' compiles to a program of {} instructions, over the limit of {}",
                    pattern, utf8->ProgramSize(), program_limit));
  }
  return Regex(std::move(utf8));
}

Regex::Regex(std::unique_ptr<re2::RE2> utf8)
    : utf8_(std::move(utf8)),
      bytes_(Make(utf8_->pattern(), re2::RE2::Options::EncodingLatin1)),
      literal_prefix_(RegexPrefix(utf8_->pattern())) {}

Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

bool Regex::FullMatch(std::string_view subject) const {
  const re2::RE2& program = IsUtf8(subject) ? *utf8_ : *bytes_;
  return program.Match(Piece(subject), 0, subject.size(), re2::RE2::ANCHOR_BOTH, nullptr, 0);
}

std::string Regex::ReplaceAll(std::string_view subject, std::string_view substitution) const {
  std::string text(subject);
  re2::RE2::GlobalReplace(&text, *utf8_, Piece(substitution));
  return text;
}

bool Regex::AcceptsSubstitution(std::string_view substitution, std::string* why) const {
  return utf8_->CheckRewriteString(Piece(substitution), why);
}

std::string_view Regex::pattern() const { return utf8_->pattern(); }

}  // namespace sluice::route
