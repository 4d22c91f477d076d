#include "dataplane/admin/pages.h"

#include <gtest/gtest.h>

#include "dataplane/base/log.h"
#include "test/dataplane/admin/admin_world.h"

namespace sluice::admin {
namespace {

TEST(LoggingPageTest, LoggingChangesTheLevel) {
  World world;
  const base::LogLevel before = base::GetLogLevel();
  EXPECT_EQ(BodyOf(world.Post("/logging?level=error")), "level: error\n");
  EXPECT_EQ(base::GetLogLevel(), base::LogLevel::kError);
  EXPECT_EQ(StatusLineOf(world.Post("/logging?level=loud")), "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(base::GetLogLevel(), base::LogLevel::kError);
  base::SetLogLevel(before);
}

}  // namespace
}  // namespace sluice::admin
