#include "tools/sluicectl/run.h"

#include "test/tools/sluicectl/cli.h"

namespace sluice::ctl {
namespace {

using RunTest = CliTest;

TEST_F(RunTest, HelpIsForTheWholeAndForEachCommand) {
  for (const auto& words : {std::vector<std::string>{"--help"}, {"-h"}, {"help"}}) {
    const Result result = Run(words);
    EXPECT_EQ(result.code, ExitCode::kDone);
    EXPECT_NE(result.out.find("Exit codes: 0 done, 1 refused"), std::string::npos);
  }
  for (const char* command : {"apply", "get", "delete", "diff", "history", "rollback", "wait",
                              "proxies", "refusals", "register", "version"}) {
    const Result result = Run({command, "--help"});
    EXPECT_EQ(result.code, ExitCode::kDone);
    EXPECT_EQ(result.out.find(std::string("Usage: sluicectl ") + command), 0u) << command;
    EXPECT_EQ(Run({"help", command}).out, result.out);
  }
}

TEST_F(RunTest, PrintsItsVersion) {
  EXPECT_EQ(Run({"version"}).out.substr(0, 10), "sluicectl ");
  EXPECT_EQ(Run({"--version"}).code, ExitCode::kDone);
}

TEST_F(RunTest, AWrongCommandLineIsTwo) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"aply"},
      {"get"},
      {"get", "routes", "a", "b"},
      {"get", "planets"},
      {"get", "all", "a/b"},
      {"get", "routes", "-o", "xml"},
      {"get", "routes", "--nope"},
      {"get", "routes", "--timeout", "fast"},
      {"get", "routes", "--revision", "x"},
      {"delete", "route"},
      {"delete", "planet", "x"},
      {"diff", "x"},
      {"history", "--limit", "x"},
      {"rollback", "0"},
      {"wait", "endpoints/"},
      {"wait", "/7"},
      {"register", "shop/cart", "10.0.0.1"},
      {"register", "shop/cart", "::1:80"},
      {"register", "shop/cart", "10.0.0.1:80", "--weight", "129"},
      {"help", "aply"},
  };
  for (const auto& words : wrong) {
    const Result result = Run(words);
    EXPECT_EQ(result.code, ExitCode::kUsage) << testing::PrintToString(words);
    EXPECT_EQ(result.err.find("sluicectl: "), 0u) << result.err;
  }
}

TEST_F(RunTest, NoServerIsThree) {
  const std::string gone = FakeControl().address();  // its port is free again
  for (const auto& words : {std::vector<std::string>{"get", "routes"},
                            {"apply", "-f", ServiceFile()},
                            {"history"},
                            {"diff", "1"},
                            {"rollback", "1"},
                            {"wait", "1"},
                            {"proxies"},
                            {"refusals"},
                            {"delete", "route", "a/b"},
                            {"register", "a/b", "10.0.0.1:80"}}) {
    std::vector<std::string> with_server = words;
    with_server.insert(with_server.begin(), {"--server", gone});
    const Result result = Run(with_server);
    EXPECT_EQ(result.code, ExitCode::kUnreachable) << words[0];
    EXPECT_EQ(result.err.find("sluicectl: cannot reach " + gone), 0u) << result.err;
  }
}

TEST_F(RunTest, TheServersNameComesFromTheFlagOrTheEnvironment) {
  EXPECT_EQ(Run({"proxies"}).code, ExitCode::kDone);
  environment_["SLUICE_SERVER"] = FakeControl().address();
  EXPECT_EQ(Run({"proxies"}).code, ExitCode::kUnreachable);
  EXPECT_EQ(Run({"proxies", "--server=" + control_.address()}).code, ExitCode::kDone);
}

}  // namespace
}  // namespace sluice::ctl
