#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>

namespace {

TEST(SpdlogTest, WritesAtOrAboveItsLevel) {
  std::ostringstream out;
  spdlog::logger log("smoke", std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
  log.set_pattern("%l %v");
  log.set_level(spdlog::level::warn);
  log.info("{} is dropped", 1);
  log.warn("{} is kept", 2);
  log.flush();
  EXPECT_EQ(out.str(), "warning 2 is kept\n");
}

}  // namespace
