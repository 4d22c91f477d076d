#include "dataplane/main/faults.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace sluice::main {

namespace {

// Takes "NUMBER" up to the next ':' or the end off `text`.
bool TakeNumber(std::string_view& text, uint64_t max, uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || out > max) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (text.empty()) return true;
  if (text.front() != ':' || text.size() == 1) return false;
  text.remove_prefix(1);
  return true;
}

bool ParsePart(std::string_view part, Faults& out) {
  if (part == "unstaged") return out.unstaged = true;
  uint64_t first = 0, second = 0;
  for (const auto& [name, revision] :
       {std::pair<std::string_view, uint64_t*>{"crash:", &out.crash_revision},
        {"crash-prepare:", &out.crash_prepare}}) {
    if (!part.starts_with(name)) continue;
    part.remove_prefix(name.size());
    return TakeNumber(part, UINT64_MAX, *revision) && part.empty();
  }
  if (!part.starts_with("hold:")) return false;
  part.remove_prefix(5);
  if (!TakeNumber(part, 255, first) || part.empty()) return false;
  if (!TakeNumber(part, 600'000, second) || !part.empty()) return false;
  out.held_worker = static_cast<uint32_t>(first);
  out.hold = std::chrono::milliseconds(second);
  return true;
}

}  // namespace

std::string ParseFaults(std::string_view text, Faults& out) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    if (!ParsePart(part, out)) {
      return fmt::format(
          "'{}' is none of hold:WORKER:MILLISECONDS, crash:REVISION, crash-prepare:REVISION, unstaged",
          part);
    }
  }
  return "";
}

}  // namespace sluice::main
