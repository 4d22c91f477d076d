// The flags of a scenario, all of the form `--name value`.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "test/integration/main_job/world.h"

namespace sluice::mainjob {

class Settings final {
 public:
  // Dies without --control and --proxy.
  Settings(int argc, char** argv);
  Binaries binaries() const { return {values_.at("--control"), values_.at("--proxy")}; }
  double Number(const std::string& name, double absent) const;
  std::string Text(const std::string& name, const std::string& absent) const;

 private:
  std::map<std::string, std::string> values_;
};

// The value below which `share` (0 to 1) of `values` lie; 0 for none.
double Percentile(std::vector<double> values, double share);
// Milliseconds since `then`.
double MsSince(std::chrono::steady_clock::time_point then);
// Waits until `holds` does, at most `most`; dies saying `what` otherwise. For what no event tells.
void Await(const char* what, std::chrono::milliseconds most, const std::function<bool()>& holds);

}  // namespace sluice::mainjob
