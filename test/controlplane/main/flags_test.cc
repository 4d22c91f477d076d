#include "controlplane/main/flags.h"

#include <gtest/gtest.h>

#include "controlplane/rollout/rollout.h"

namespace sluice::main {
namespace {

using Args = std::vector<std::string>;

// The errors; "" if there are none.
std::string Errors(Args args) {
  std::string text;
  for (const std::string& error : ParseFlags(args).errors) text += error + "\n";
  return text;
}

TEST(FlagsTest, OnlyWhatMustBeSaidHasNoDefault) {
  const ParsedFlags parsed = ParseFlags({"--insecure-loopback"});
  EXPECT_TRUE(parsed.errors.empty());
  EXPECT_EQ(parsed.flags.api, "127.0.0.1:9801");
  EXPECT_EQ(parsed.flags.xds, "127.0.0.1:9802");
  EXPECT_EQ(parsed.flags.store, "memory");
  EXPECT_EQ(parsed.flags.proxy_binary, "");
  EXPECT_EQ(parsed.flags.return_window, rollout::Rollout::kReturn);
}

TEST(FlagsTest, ValuesComeAfterASpaceOrAnEqualsSign) {
  const ParsedFlags parsed = ParseFlags({"--insecure-loopback", "--api", "[::1]:0", "--xds=unix:/run/x.sock",
                                         "--store=sqlite:/a=b", "--proxy-binary", "/bin/p", "-l", "debug",
                                         "--return-window=7"});
  EXPECT_TRUE(parsed.errors.empty());
  EXPECT_EQ(parsed.flags.api, "[::1]:0");
  EXPECT_EQ(parsed.flags.xds, "unix:/run/x.sock");
  EXPECT_EQ(parsed.flags.store, "sqlite:/a=b");
  EXPECT_EQ(parsed.flags.proxy_binary, "/bin/p");
  EXPECT_EQ(parsed.flags.return_window, std::chrono::seconds(7));
  EXPECT_EQ(parsed.flags.log_level, base::LogLevel::kDebug);
}

TEST(FlagsTest, AllThatIsWrongIsSaid) {
  EXPECT_EQ(Errors({"--insecure-loopback", "--nope", "--store=file", "-l", "loud", "--tls-cert", "x", "--api"}),
            "--nope: unknown flag\n"
            "-l: 'loud' is none of debug, info, warn, error, off\n"
            "--tls-cert: not implemented yet\n"
            "--api: needs a value\n"
            "--store: 'file' is neither memory nor sqlite:PATH\n");
  EXPECT_EQ(Errors({"--insecure-loopback", "--store=sqlite:"}),
            "--store: 'sqlite:' is neither memory nor sqlite:PATH\n");
  for (const std::string window : {"", "2s", "-1", "3601", "99999999999"}) {
    EXPECT_EQ(Errors({"--insecure-loopback", "--return-window=" + window}),
              "--return-window: '" + window + "' is no number of seconds from 0 to 3600\n");
  }
  EXPECT_EQ(Errors({"--insecure-loopback", "--store=etcd:x"}), "--store: etcd: not implemented yet\n");
}

TEST(FlagsTest, WithoutCredentialsItServesOnLoopbackAddressesOnly) {
  EXPECT_NE(Errors({}), "");
  for (const char* address : {"127.0.0.1:0", "127.3.2.1:80", "[::1]:1", "unix:/x"}) {
    EXPECT_EQ(Errors({"--insecure-loopback", "--api", address}), "") << address;
  }
  for (const char* address : {"0.0.0.0:1", "10.0.0.1:1", "127.example.com:1", "127.0.0.1.example.com:1",
                              "[::]:1", "localhost:1", "example.com:1", ""}) {
    EXPECT_NE(Errors({"--insecure-loopback", "--xds", address}), "") << address;
  }
}

TEST(FlagsTest, ASwitchTakesNoValue) {
  EXPECT_EQ(Errors({"--insecure-loopback", "--version=1"}), "--version: takes no value\n");
  const ParsedFlags parsed = ParseFlags({"--insecure-loopback=false"});
  EXPECT_FALSE(parsed.flags.insecure_loopback);
  EXPECT_FALSE(parsed.errors.empty());
}

TEST(FlagsTest, HelpAndVersionNeedNothingElse) {
  EXPECT_TRUE(ParseFlags({"--help"}).errors.empty());
  EXPECT_TRUE(ParseFlags({"-h"}).flags.help);
  EXPECT_TRUE(ParseFlags({"--version", "--store=x"}).errors.empty());
}

TEST(FlagsTest, TheUsageNamesEveryFlag) {
  for (const char* flag : {"--api", "--xds", "--store", "--proxy-binary", "--return-window", "--insecure-loopback",
                           "-l", "--version", "--help"}) {
    EXPECT_NE(UsageText().find(flag), std::string_view::npos) << flag;
  }
}

}  // namespace
}  // namespace sluice::main
