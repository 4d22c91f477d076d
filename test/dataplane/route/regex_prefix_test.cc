#include "dataplane/route/regex_prefix.h"

#include <gtest/gtest.h>

namespace sluice::route {
namespace {

TEST(RegexPrefix, IsWhatEveryMatchStartsWith) {
  const std::pair<const char*, const char*> kCases[] = {
      {"/api/[^/]+", "/api/"},
      {"^/api/v1$", "/api/v1"},
      {"/a\\.b\\d", "/a.b"},
      {"/(a|b)/c", "/"},
      {"/ab?c", "/a"},
      {"/ab*", "/a"},
      {"/ab+c", "/ab"},
      {"/ab{0,2}", "/a"},
      {"/a(b|c)d", "/a"},
      {"/[|]x|y", ""},
      {"/a[|]b", "/a"},
      {"/a[]|]b", "/a"},
      {"/a[^]|]b", "/a"},
      {"/a[[:alpha:]|]", "/a"},
      {"/a\\|b", "/a|b"},
      {"/a|/b", ""},
      {"(?i)/api", ""},
      {"\\Q/a|b\\E", ""},
      {"", ""},
      {".*", ""},
      {"/a\\x2f", "/a"},
      {"/a\\pN", "/a"},
      {"/caf\xc3\xa9", "/caf"},
      {"/a[\\]|]b", "/a"},
  };
  for (const auto& [pattern, prefix] : kCases) EXPECT_EQ(RegexPrefix(pattern), prefix) << pattern;
}

}  // namespace
}  // namespace sluice::route
