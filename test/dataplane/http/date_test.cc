#include "dataplane/http/date.h"

#include <gtest/gtest.h>

#include <string_view>

namespace sluice::http {
namespace {

std::string_view View(const DateText& text) { return {text.data(), text.size()}; }

TEST(DateTest, FormatsAsImfFixdate) {
  EXPECT_EQ(View(FormatDate(784111777)), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110 5.6.7
  EXPECT_EQ(View(FormatDate(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(View(FormatDate(951782399)), "Mon, 28 Feb 2000 23:59:59 GMT");
  EXPECT_EQ(View(FormatDate(951782400)), "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(View(FormatDate(253402300799)), "Fri, 31 Dec 9999 23:59:59 GMT");
}

}  // namespace
}  // namespace sluice::http
