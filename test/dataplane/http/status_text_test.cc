#include "dataplane/http/status_text.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(StatusTextTest, RegisteredCodesHaveAPhraseAndOthersNone) {
  EXPECT_EQ(StatusText(200), "OK");
  EXPECT_EQ(StatusText(404), "Not Found");
  EXPECT_EQ(StatusText(431), "Request Header Fields Too Large");
  EXPECT_EQ(StatusText(503), "Service Unavailable");
  EXPECT_EQ(StatusText(299), "");
  EXPECT_EQ(StatusText(0), "");
}

}  // namespace
}  // namespace sluice::http
