#include "dataplane/stats/counter.h"

#include <gtest/gtest.h>

#include <thread>

namespace sluice::stats {
namespace {

TEST(CounterTest, AReaderSeesAWriterThatRuns) {
  Counter counter;
  std::thread writer([&] {
    for (int i = 0; i < 100'000; ++i) counter.Add();
  });
  uint64_t last = 0;
  while (last < 100'000) {
    const uint64_t now = counter.value();
    EXPECT_GE(now, last);
    last = now;
  }
  writer.join();
  EXPECT_EQ(counter.value(), 100'000u);
}

TEST(GaugeTest, GoesDownToo) {
  Gauge gauge;
  gauge.Add(3);
  gauge.Add(-5);
  EXPECT_EQ(gauge.value(), -2);
}

TEST(HistogramTest, EveryValueLiesBelowItsBucketsBoundAndNotBelowTheOneBefore) {
  for (uint64_t v = 0; v < 100'000; v = v < 4096 ? v + 1 : v + 37) {
    const size_t bucket = Histogram::BucketOf(v);
    EXPECT_LT(v, Histogram::UpperBound(bucket));
    if (bucket > 0) {
      EXPECT_GE(v, Histogram::UpperBound(bucket - 1));
    }
  }
}

TEST(HistogramTest, BoundsAreAtMostAQuarterAboveTheSmallestValueOfTheBucket) {
  for (size_t i = 8; i + 1 < Histogram::kBuckets; ++i) {
    const double low = static_cast<double>(Histogram::UpperBound(i - 1));
    EXPECT_LE(static_cast<double>(Histogram::UpperBound(i)), low * 1.25);
  }
}

TEST(HistogramTest, ValuesOverTheTopLandInTheLastBucket) {
  Histogram histogram;
  histogram.Record(UINT64_MAX / 2);
  EXPECT_EQ(histogram.count_in(Histogram::kBuckets - 1), 1u);
  EXPECT_EQ(histogram.sum(), UINT64_MAX / 2);
}

}  // namespace
}  // namespace sluice::stats
