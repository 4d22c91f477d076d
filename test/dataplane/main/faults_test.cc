#include "dataplane/main/faults.h"

#include <gtest/gtest.h>

namespace sluice::main {
namespace {

TEST(FaultsTest, ReadsEachKind) {
  Faults faults;
  EXPECT_EQ(ParseFaults("hold:1:250,crash:41,crash-prepare:42,unstaged", faults), "");
  EXPECT_TRUE(faults.unstaged);
  EXPECT_EQ(faults.held_worker, 1u);
  EXPECT_EQ(faults.hold, std::chrono::milliseconds(250));
  EXPECT_EQ(faults.crash_revision, 41u);
  EXPECT_EQ(faults.crash_prepare, 42u);
}

TEST(FaultsTest, NoneIsTheDefault) {
  Faults faults;
  EXPECT_EQ(ParseFaults("", faults), "");
  EXPECT_EQ(faults.held_worker, Faults::kNobody);
  EXPECT_EQ(faults.crash_revision, 0u);
  EXPECT_EQ(faults.crash_prepare, 0u);
}

TEST(FaultsTest, RefusesWhatItDoesNotKnow) {
  for (const char* text :
       {"hold", "hold:", "hold:1", "hold:1:", "hold:1:2:3", "hold:x:1", "hold:300:1",
        "hold:1:700000", "crash:", "crash:1:2", "crash-prepare:", "crash-prepare:x",
        "crash:x", "burn:1", "crash:1,,crash:2"}) {
    Faults faults;
    EXPECT_NE(ParseFaults(text, faults), "") << text;
  }
}

}  // namespace
}  // namespace sluice::main
