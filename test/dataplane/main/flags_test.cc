#include "dataplane/main/flags.h"

#include <gtest/gtest.h>

namespace sluice::main {
namespace {

TEST(FlagsTest, ReadsWhatEnvoyUsersType) {
  const ParsedFlags p = ParseFlags({"-c", "edge.yaml", "--concurrency", "2", "--mode=validate", "--service-node",
                                    "edge-1", "--service-cluster", "edge", "--service-zone", "a",
                                    "--bind-host", "127.0.0.1", "-l", "warn"});
  EXPECT_TRUE(p.errors.empty());
  EXPECT_EQ(p.flags.config_path, "edge.yaml");
  EXPECT_EQ(p.flags.concurrency, 2u);
  EXPECT_EQ(p.flags.mode, Flags::Mode::kValidate);
  EXPECT_EQ(p.flags.service_node, "edge-1");
  EXPECT_EQ(p.flags.bind_host, "127.0.0.1");
  EXPECT_EQ(p.flags.log_level, base::LogLevel::kWarn);
  EXPECT_TRUE(p.flags.share_idle_connections);
}

TEST(FlagsTest, ReportsEveryErrorAtOnce) {
  const ParsedFlags p = ParseFlags({"--wat", "--concurrency", "zero", "--mode", "fly", "-l"});
  EXPECT_EQ(p.errors, (std::vector<std::string>{
                          "unknown flag '--wat'", "--concurrency: 'zero' is not a number from 1 to 255",
                          "--mode: 'fly' is not one of serve, validate", "-l: a value is missing",
                          "-c FILE or --config-yaml TEXT is required"}));
}

TEST(FlagsTest, RefusesANumberWithATail) {
  EXPECT_EQ(ParseFlags({"-c", "x", "--concurrency", "2x"}).errors.size(), 1u);
  EXPECT_EQ(ParseFlags({"-c", "x", "--concurrency", "0"}).errors.size(), 1u);
  EXPECT_EQ(ParseFlags({"-c", "x", "--concurrency", "256"}).errors.size(), 1u);
}

TEST(FlagsTest, AFileAndATextExcludeEachOther) {
  EXPECT_EQ(ParseFlags({"-c", "x", "--config-yaml", "y"}).errors.size(), 1u);
}

TEST(FlagsTest, HelpAndVersionNeedNoConfiguration) {
  EXPECT_TRUE(ParseFlags({"--help"}).errors.empty());
  EXPECT_TRUE(ParseFlags({"--version"}).flags.version);
}

}  // namespace
}  // namespace sluice::main
