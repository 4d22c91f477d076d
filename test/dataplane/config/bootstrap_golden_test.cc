// Broken bootstraps and all that is said about each: broken_bootstraps/NAME.yaml, NAME.errors. To
// write the .errors anew after a change of words, run from the root of the repository:
//   GOLDEN_UPDATE=1 <path of this test>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "api/check/check_resources.h"
#include "dataplane/config/bootstrap.h"

namespace sluice::config {
namespace {

namespace fs = std::filesystem;

constexpr char kFolder[] = "test/dataplane/config/broken_bootstraps";

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> Inputs() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// As the proxy does it: what could be read is checked, and all errors stand in one list.
std::string ErrorsOf(const std::string& text) {
  ErrorList errors;
  const auto bootstrap = ReadBootstrap(text, errors);
  if (bootstrap.has_value()) api::CheckBootstrap(*bootstrap, errors);
  return std::string(errors.ToStatus().message()) + "\n";
}

TEST(BootstrapGolden, EveryErrorOfEveryBrokenFileIsReported) {
  const std::vector<fs::path> inputs = Inputs();
  EXPECT_GE(inputs.size(), 30u);
  for (const fs::path& input : inputs) {
    const std::string errors = ErrorsOf(ReadFile(input));
    EXPECT_GT(errors.size(), 1u) << input << " is not broken";
    const fs::path golden = fs::path(input).replace_extension(".errors");
    if (std::getenv("GOLDEN_UPDATE") != nullptr) {
      std::ofstream(golden) << errors;
    } else {
      EXPECT_EQ(errors, ReadFile(golden)) << input;
    }
  }
}

}  // namespace
}  // namespace sluice::config
