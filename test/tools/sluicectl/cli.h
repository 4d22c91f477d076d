// sluicectl as a function: words in, exit code and texts out, against a fake control plane.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "test/tools/sluicectl/fake_control.h"
#include "tools/sluicectl/run.h"

namespace sluice::ctl {

inline std::ostream& operator<<(std::ostream& out, ExitCode code) {
  return out << static_cast<int>(code);
}

struct Result {
  ExitCode code;
  std::string out;
  std::string err;
};

class CliTest : public testing::Test {
 protected:
  CliTest() { std::filesystem::create_directories(folder_); }
  ~CliTest() override { std::filesystem::remove_all(folder_); }

  Result Run(std::vector<std::string> words) {
    std::istringstream in(input_);
    std::ostringstream out;
    std::ostringstream err;
    Console console{in,
                    out,
                    err,
                    terminal_,
                    terminal_,
                    [this](const char* name) -> std::optional<std::string> {
                      const auto found = environment_.find(name);
                      if (found == environment_.end()) return std::nullopt;
                      return found->second;
                    },
                    [this](std::chrono::milliseconds) { return sleeps_-- > 0; }};
    const ExitCode code = ctl::Run(words, console);
    return {code, out.str(), err.str()};
  }

  // Writes a file of the test's own folder and returns its path.
  std::string File(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }
  // A service and, on request, a route to it.
  std::string ServiceFile() {
    return File("service.yaml",
                "kind: Service\nname: shop/cart\nspec:\n  static:\n    endpoints:\n"
                "    - {address: 10.0.0.1, port: 8080}\n");
  }

  FakeControl control_;
  std::string input_;
  std::map<std::string, std::string> environment_ = {{"SLUICE_SERVER", control_.address()},
                                                     {"USER", "ann"}};
  bool terminal_ = false;
  int sleeps_ = 0;  // How many pauses end by themselves before the user ends the command.
  const std::string folder_ = testing::TempDir() + "/sluicectl_" +
                              testing::UnitTest::GetInstance()->current_test_info()->name();
};

}  // namespace sluice::ctl
