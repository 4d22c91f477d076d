#include "tools/sluicectl/console.h"

#include <gtest/gtest.h>

#include <sstream>

namespace sluice::ctl {
namespace {

struct Surroundings {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  std::optional<std::string> no_color;
  Console console{in, out, err, false, false, [this](const char*) { return no_color; }, {}};
};

TEST(ConsoleTest, ColoursAreForTerminalsThatWantThem) {
  Surroundings with;
  EXPECT_EQ(Coloured(with.console, Colour::kRed, "x"), "x");
  with.console.out_is_terminal = true;
  EXPECT_EQ(Coloured(with.console, Colour::kRed, "x"), "\033[31mx\033[0m");
  with.no_color = "1";
  EXPECT_EQ(Coloured(with.console, Colour::kRed, "x"), "x");
  with.no_color = "";
  EXPECT_TRUE(with.console.colours()) << "set but empty";
}

TEST(ConsoleTest, ProgressIsOneLineForEachChangeIfNobodyWatches) {
  Surroundings with;
  Progress progress(with.console);
  progress.Show("1/2");
  progress.Show("1/2");
  progress.Show("2/2");
  progress.End();
  EXPECT_EQ(with.err.str(), "1/2\n2/2\n");
}

TEST(ConsoleTest, ProgressIsOverwrittenOnATerminal) {
  Surroundings with;
  with.console.err_is_terminal = true;
  {
    Progress progress(with.console);
    progress.Show("1/2");
    progress.Show("2/2");
  }
  EXPECT_EQ(with.err.str(), "\r\033[K1/2\r\033[K2/2\n");
}

}  // namespace
}  // namespace sluice::ctl
