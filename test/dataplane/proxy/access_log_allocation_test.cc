#include "dataplane/proxy/access_log.h"
#include "test/dataplane/proxy/json_log.h"
#include "test/dataplane/proxy/logged_exchange.h"
#include "test/support/allocation_counter.h"

namespace sluice::proxy {
namespace {

TEST(AccessLogAllocationTest, RecordingAllocatesNothingAfterTheFirstRequest) {
  LogWriter writer;
  writer.Stop();
  buffer::BlockPool pool;
  LoggedExchange exchange(pool);
  config::HttpConfig config;
  config.access_logs = {LogTo("/nowhere", TwelveFields()), TextLog("/nowhere", "%DURATION%")};
  stats::HttpStats stats;
  AccessLogs logs(0, writer);
  logs.Record(exchange, config, stats);
  const uint64_t before = test::AllocationCount();
  for (int i = 0; i < 20'000; ++i) logs.Record(exchange, config, stats);
  EXPECT_EQ(test::AllocationCount(), before);
  EXPECT_GT(stats.access_log_dropped.value(), 0u);
}

}  // namespace
}  // namespace sluice::proxy
