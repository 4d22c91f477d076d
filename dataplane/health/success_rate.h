// Statistics of outlier detection. Pure.
#pragma once

#include <span>

namespace sluice::health {

// `stdevs` standard deviations (of the population) below the mean of `rates`, which are percents;
// 0 for none. Who is below it does far worse than the rest.
double SuccessRateThreshold(std::span<const double> rates, double stdevs);

}  // namespace sluice::health
