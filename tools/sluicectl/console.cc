#include "tools/sluicectl/console.h"

#include <fmt/format.h>

#include <ostream>

namespace sluice::ctl {

bool Console::colours() const {
  // https://no-color.org: any value but the empty one.
  return out_is_terminal && getenv("NO_COLOR").value_or("").empty();
}

std::string Coloured(const Console& console, Colour colour, std::string_view text) {
  if (!console.colours()) return std::string(text);
  constexpr std::string_view kCodes[] = {"31", "32", "33", "2"};
  return fmt::format("\033[{}m{}\033[0m", kCodes[static_cast<int>(colour)], text);
}

void Progress::Show(const std::string& text) {
  if (text == shown_) return;
  shown_ = text;
  if (console_.err_is_terminal) {
    console_.err << "\r\033[K" << text << std::flush;
  } else {
    console_.err << text << std::endl;
  }
}

void Progress::End() {
  if (!shown_.empty() && console_.err_is_terminal) console_.err << std::endl;
  shown_.clear();
}

}  // namespace sluice::ctl
