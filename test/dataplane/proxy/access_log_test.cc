#include "dataplane/proxy/access_log.h"

#include "test/dataplane/proxy/logged_exchange.h"

namespace sluice::proxy {
namespace {

TEST(AccessLogsTest, AFullRingDropsAndCounts) {
  LogWriter writer;
  writer.Stop();  // from now on nobody empties the ring
  buffer::BlockPool pool;
  LoggedExchange exchange(pool);
  config::HttpConfig config;
  config.access_logs = {TextLog("/nowhere", "%REQ(:PATH)%\\n")};
  stats::HttpStats stats;
  AccessLogs logs(0, writer);
  constexpr uint64_t kRequests = 20'000;
  for (uint64_t i = 0; i < kRequests; ++i) logs.Record(exchange, config, stats);
  // A record of this log has about 150 bytes, the ring a million.
  EXPECT_GT(stats.access_log_dropped.value(), kRequests / 4);
  EXPECT_LT(stats.access_log_dropped.value(), kRequests * 3 / 4);
}

TEST(AccessLogsTest, WithoutLogsNothingHappens) {
  LogWriter writer;
  buffer::BlockPool pool;
  LoggedExchange exchange(pool);
  stats::HttpStats stats;
  AccessLogs(0, writer).Record(exchange, config::HttpConfig(), stats);
  writer.Stop();
  EXPECT_EQ(writer.stats().lines_written.value(), 0u);
}

}  // namespace
}  // namespace sluice::proxy
