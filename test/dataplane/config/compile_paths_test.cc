#include "dataplane/config/compile_paths.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

bool IsPath(std::string_view text, PathText kind) {
  ErrorList errors;
  CheckPathText(text, kind, "p", errors);
  return errors.empty();
}

bool IsAuthority(std::string_view text) {
  ErrorList errors;
  CheckAuthorityText(text, "p", errors);
  return errors.empty();
}

TEST(CompilePaths, PathsHoldOnlyWhatATargetCanHold) {
  EXPECT_TRUE(IsPath("", PathText::kPath));
  EXPECT_TRUE(IsPath("/a/%20b;c", PathText::kPath));
  EXPECT_FALSE(IsPath("/a b", PathText::kPath));
  EXPECT_FALSE(IsPath("/a\r\nHost: x", PathText::kPath));
  EXPECT_FALSE(IsPath("/a#b", PathText::kPathAndQuery));
  EXPECT_FALSE(IsPath("/\xC3\xA9", PathText::kPath));
  EXPECT_FALSE(IsPath("/a\\b", PathText::kPath));
  EXPECT_TRUE(IsPath("/\\1", PathText::kSubstitution));
  EXPECT_FALSE(IsPath("/a?b", PathText::kPath));
  EXPECT_TRUE(IsPath("/a?b", PathText::kPathAndQuery));
}

TEST(CompilePaths, AuthoritiesAreHostAndPort) {
  EXPECT_TRUE(IsAuthority(""));
  EXPECT_TRUE(IsAuthority("example.com:8080"));
  EXPECT_TRUE(IsAuthority("[::1]:80"));
  EXPECT_FALSE(IsAuthority("user@example.com"));
  EXPECT_FALSE(IsAuthority("example.com/x"));
  EXPECT_FALSE(IsAuthority("example.com:99999"));
}

}  // namespace
}  // namespace sluice::config
