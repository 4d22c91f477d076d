#include "dataplane/route/regex_prefix.h"

#include <cctype>

namespace sluice::route {
namespace {

bool IsPlain(char c) {
  return static_cast<unsigned char>(c) < 0x80 &&
         std::string_view(".[](){}*+?|^$\\").find(c) == std::string_view::npos;
}

// End of the bracket expression that starts at `i`, or npos. A ']' that comes first is literal.
size_t SkipClass(std::string_view pattern, size_t i) {
  ++i;
  if (i < pattern.size() && pattern[i] == '^') ++i;
  if (i < pattern.size() && pattern[i] == ']') ++i;
  for (; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern.substr(i).starts_with("[:")) {
      const size_t end = pattern.find(":]", i + 2);
      if (end != std::string_view::npos) i = end + 1;
    } else if (pattern[i] == ']') {
      return i;
    }
  }
  return std::string_view::npos;
}

// Whether the pattern may be a choice at its outermost level, where no first byte is sure.
bool MayBeChoice(std::string_view pattern) {
  int depth = 0;
  for (size_t i = 0; i < pattern.size(); ++i) {
    switch (pattern[i]) {
      case '\\':
        if (i + 1 < pattern.size() && pattern[i + 1] == 'Q') return true;
        ++i;
        break;
      case '[':
        i = SkipClass(pattern, i);
        if (i == std::string_view::npos) return true;
        break;
      case '(':
        ++depth;
        break;
      case ')':
        --depth;
        break;
      case '|':
        if (depth == 0) return true;
        break;
      default:
        break;
    }
  }
  return false;
}

}  // namespace

std::string RegexPrefix(std::string_view pattern) {
  if (MayBeChoice(pattern)) return {};
  std::string prefix;
  size_t i = pattern.starts_with('^') ? 1 : 0;
  while (i < pattern.size()) {
    char c = pattern[i];
    size_t next = i + 1;
    if (c == '\\') {
      // Only escaped punctuation stands for itself; \d, \x2f, \pL and the like end the prefix.
      if (next == pattern.size() || !std::ispunct(static_cast<unsigned char>(pattern[next]))) break;
      c = pattern[next++];
    } else if (!IsPlain(c)) {
      break;
    }
    // "a*", "a?" and "a{0,2}" may be absent; "a+" is there once, but what follows it is not fixed.
    const char repeat = next < pattern.size() ? pattern[next] : '\0';
    if (repeat == '*' || repeat == '?' || repeat == '{') break;
    prefix.push_back(c);
    if (repeat == '+') break;
    i = next;
  }
  return prefix;
}

}  // namespace sluice::route
