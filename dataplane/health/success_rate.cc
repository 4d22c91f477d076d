#include "dataplane/health/success_rate.h"

#include <cmath>
#include <numeric>

namespace sluice::health {

double SuccessRateThreshold(std::span<const double> rates, double stdevs) {
  if (rates.empty()) return 0;
  const auto count = static_cast<double>(rates.size());
  const double mean = std::accumulate(rates.begin(), rates.end(), 0.0) / count;
  double variance = 0;
  for (const double rate : rates) variance += (rate - mean) * (rate - mean) / count;
  return mean - stdevs * std::sqrt(variance);
}

}  // namespace sluice::health
