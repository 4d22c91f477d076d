#include "test/integration/main_job/settings.h"

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace sluice::mainjob {

Settings::Settings(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; i += 2) values_[argv[i]] = argv[i + 1];
  if (!values_.contains("--control") || !values_.contains("--proxy")) Die("--control and --proxy are needed");
}

double Settings::Number(const std::string& name, double absent) const {
  const auto it = values_.find(name);
  return it == values_.end() ? absent : std::atof(it->second.c_str());
}

std::string Settings::Text(const std::string& name, const std::string& absent) const {
  const auto it = values_.find(name);
  return it == values_.end() ? absent : it->second;
}

double Percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

double MsSince(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - then).count();
}

void Await(const char* what, std::chrono::milliseconds most, const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + most;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) Die(std::string("not within the time: ") + what);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace sluice::mainjob
