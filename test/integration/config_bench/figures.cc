#include "test/integration/config_bench/figures.h"

#include <cstdio>

#include "test/integration/main_job/settings.h"

namespace sluice::configbench {

using mainjob::Percentile;

namespace {

std::string Limit(double allowed) {
  return allowed == 0 ? "" : std::to_string(static_cast<int>(allowed));
}

}  // namespace

Figures::Figures() {
  std::printf("%-58s %7s %8s %8s %8s %8s\n", "what", "changes", "p50 ms", "p90 ms", "max ms",
              "allowed");
}

const char* Figures::Judge(double ms, double allowed) {
  if (allowed == 0) return "";
  good_ = good_ && ms <= allowed;
  return ms <= allowed ? "ok" : "MISSED";
}

void Figures::Add(const std::string& what, const std::vector<double>& ms, double allowed) {
  const double longest = Percentile(ms, 1);
  std::printf("%-58s %7zu %8.2f %8.2f %8.2f %8s  %s\n", what.c_str(), ms.size(),
              Percentile(ms, 0.5), Percentile(ms, 0.9), longest, Limit(allowed).c_str(),
              Judge(longest, allowed));
  std::fflush(stdout);
}

void Figures::AddLongest(const std::string& what, double ms, double allowed) {
  std::printf("%-58s %7s %8s %8s %8.2f %8s  %s\n", what.c_str(), "", "", "", ms,
              Limit(allowed).c_str(), Judge(ms, allowed));
  std::fflush(stdout);
}

void Figures::AddFact(const std::string& what, const std::string& found, bool good) {
  good_ = good_ && good;
  std::printf("%-58s %43s  %s\n", what.c_str(), found.c_str(), good ? "ok" : "MISSED");
  std::fflush(stdout);
}

}  // namespace sluice::configbench
