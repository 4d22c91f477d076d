// What a command speaks to: its streams, whether somebody watches, and the rest of its
// surroundings, so that tests can stand in for all of it.
//
// Thread: that of the command.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::ctl {

// What the process ends with; scripts rely on it.
enum class ExitCode {
  kDone = 0,
  kRefused = 1,      // By the server or the proxies, or because of what the files say.
  kUsage = 2,        // The command line makes no sense, or a file cannot be opened.
  kUnreachable = 3,  // No server, or none that answers.
  kTimedOut = 4,
};

struct Console {
  std::istream& in;
  std::ostream& out;  // Results.
  std::ostream& err;  // Complaints and progress.
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  // Of an environment variable.
  std::function<std::optional<std::string>(const char*)> getenv;
  // Waits; false if the user wants the command to end.
  std::function<bool(std::chrono::milliseconds)> sleep;

  // Whether to colour `out`: a terminal, and NO_COLOR is not set (or empty).
  bool colours() const;
};

enum class Colour { kRed, kGreen, kYellow, kDim };
// `text` in the colour, or just `text`.
std::string Coloured(const Console& console, Colour colour, std::string_view text);

// One line that says how far something is. On a terminal it is overwritten in place; elsewhere each
// different text is a line of its own.
class Progress final {
 public:
  // `console` outlives it.
  explicit Progress(Console& console) : console_(console) {}
  // Ends the line, so that what follows begins a new one.
  ~Progress() { End(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(const std::string& text);
  void End();

 private:
  Console& console_;
  std::string shown_;
};

}  // namespace sluice::ctl
