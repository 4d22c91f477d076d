#include "dataplane/http/path.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace sluice::http {
namespace {

class PathTest : public ::testing::Test {
 protected:
  // The normal form, or the name of the error.
  std::string Normal(std::string_view path, const PathOptions& options = {}) {
    const PathResult result = NormalizePath(path, options, arena_);
    switch (result.error) {
      case PathError::kNone:
        return std::string(result.path) + (result.redirect ? " redirect" : "");
      case PathError::kBadEscape:
        return "bad escape";
      case PathError::kEscapedSlash:
        return "escaped slash";
      case PathError::kEscapedNul:
        return "escaped nul";
      case PathError::kBadByte:
        return "bad byte";
      case PathError::kNotAbsolute:
        return "not absolute";
    }
    return "?";
  }

  struct Case {
    std::string input, expected;
  };
  void Check(std::initializer_list<Case> cases, const PathOptions& options = {}) {
    for (const Case& c : cases) EXPECT_EQ(Normal(c.input, options), c.expected) << c.input;
  }

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
};

TEST_F(PathTest, ReturnsANormalPathItselfWithoutACopy) {
  for (const std::string path : {"/", "/a", "/a/b.c/d-e_f~g", "/a.b/", "/.well-known/x", "/a/...",
                                 "/a/.b/..c", "/a%20b/%3F", "/a@b:c,d=e+f!$&'()*", "/%7B%7D"}) {
    const PathResult result = NormalizePath(path, {}, arena_);
    EXPECT_EQ(result.error, PathError::kNone) << path;
    EXPECT_EQ(result.path.data(), path.data()) << path;
    EXPECT_EQ(result.path.size(), path.size()) << path;
  }
}

TEST_F(PathTest, RemovesDotSegmentsAndMergesSlashes) {  // RFC 3986 5.2.4
  Check({{"/a/../admin", "/admin"},
         {"/./admin", "/admin"},
         {"//admin", "/admin"},
         {"/a//../admin", "/admin"},
         {"/..", "/"},
         {"/../..", "/"},
         {"/../a", "/a"},
         {"/.", "/"},
         {"/./", "/"},
         {"/a/.", "/a/"},
         {"/a/..", "/"},
         {"/a/b/..", "/a/"},
         {"/a/b/../", "/a/"},
         {"/a/./b/../../c", "/c"},
         {"/a/b/c/./../../g", "/a/g"},
         {"///", "/"},
         {"/a///b//", "/a/b/"},
         {"//internal/", "/internal/"},
         {"/a/..//..///b", "/b"},
         {"/.a/..b/c..", "/.a/..b/c.."},
         {"/...", "/..."},
         {"/0123456789abcdef/../x", "/x"},
         {"/0123456789abcd//x", "/0123456789abcd/x"},
         {"/0123456789abcde//x", "/0123456789abcde/x"},
         {"/0123456789abcdef01234/./x", "/0123456789abcdef01234/x"}});
}

TEST_F(PathTest, SeesPairsAtEveryPlaceOfEveryLength) {
  for (size_t size = 3; size < 70; ++size) {
    const std::string plain = "/" + std::string(size - 1, 'a');
    EXPECT_EQ(Normal(plain), plain);
    for (size_t at = 1; at + 1 < size; ++at) {
      std::string path = plain;
      path.replace(at, 2, "//");
      EXPECT_EQ(Normal(path), path.substr(0, at == 1 ? 0 : at) + path.substr(at == 1 ? 2 : at + 1))
          << path;
      path = plain;
      path[at] = '/';
      path.insert(at + 1, "./");
      EXPECT_EQ(Normal(path), path.substr(0, at == 1 ? 0 : at) + path.substr(at == 1 ? 3 : at + 2))
          << path;
    }
  }
}

TEST_F(PathTest, DecodesUnreservedOctetsFirstAndOnce) {  // RFC 3986 6.2.2.2, 2.4
  Check({{"/%2e%2e/a", "/a"},
         {"/x/.%2E/admin", "/admin"},
         {"/%41dmin", "/Admin"},
         {"/%7euser", "/~user"},
         {"/a%2db", "/a-b"},
         {"/%252e%252e%252f", "/%252e%252e%252f"},
         {"/%25%32%65", "/%252e"},
         {"/a%3ab", "/a%3Ab"},
         {"/%c0%ae/x", "/%C0%AE/x"},
         {"/%e0%80%ae", "/%E0%80%AE"},
         {"/%EF%BC%8E%EF%BC%8E/x", "/%EF%BC%8E%EF%BC%8E/x"},
         {"/ap%69/x", "/api/x"},
         {"/%2e", "/"},
         {"/a/%2e%2E/", "/"}});
}

TEST_F(PathTest, CutsSegmentParametersBeforeDotsAreLookedAt) {
  Check({{"/..;/admin", "/admin"},
         {"/.;x/admin", "/admin"},
         {"/admin;v=1", "/admin"},
         {"/a;x/../admin", "/admin"},
         {"/a;x/b;y", "/a/b"},
         {"/;x", "/"},
         {"/a/;x/b", "/a/b"},
         {"/a;x;y=1/b", "/a/b"},
         {"/a;%2e%2e/b", "/a/b"},
         {"/a/..;x", "/"},
         {"/a;", "/a"},
         {"/a%3bx/..", "/"},
         {"/a%3bx", "/a%3Bx"}});
}

TEST_F(PathTest, RefusesWhatTwoReadersCouldTakeForTwoPaths) {
  Check({{"/a%2fb", "escaped slash"},
         {"/a%2Fb", "escaped slash"},
         {"/a%5cb", "escaped slash"},
         {"/a\\b", "bad byte"},
         {"/a%00", "escaped nul"},
         {"/a%0d%0ab", "bad escape"},
         {"/a%7f", "bad escape"},
         {"/a%", "bad escape"},
         {"/a%4", "bad escape"},
         {"/a%zz", "bad escape"},
         {"/a%u002e", "bad escape"},
         {"/a%%41", "bad escape"},
         {"/a b", "bad byte"},
         {"/a#b", "bad byte"},
         {"/a?b", "bad byte"},
         {"/\x80", "bad byte"},
         {"/\xff\xfe", "bad byte"},
         {"/\xc0\xae", "bad byte"},
         {"/a\tb", "bad byte"},
         {"/a\x7f", "bad byte"},
         {std::string("/a\0b", 4), "bad byte"},
         {"", "not absolute"},
         {"a/b", "not absolute"},
         {"Svc/M", "not absolute"},
         {"http://x/", "not absolute"},
         {"%2fa", "not absolute"},
         {"**", "not absolute"},
         {"/a;%2f", "escaped slash"},
         {"/a;%00", "escaped nul"},
         {"/a;\\", "bad byte"}});
  EXPECT_EQ(Normal("*"), "*");
}

TEST_F(PathTest, EscapedSlashesFollowTheListenersPolicy) {
  PathOptions options;
  options.escaped_slashes = EscapedSlashes::kKeep;
  Check({{"/a%2fb", "/a%2Fb"}, {"/a%5Cb", "/a%5Cb"}, {"/a%2f..%2fb", "/a%2F..%2Fb"}}, options);
  options.escaped_slashes = EscapedSlashes::kUnescapeAndForward;
  Check({{"/a%2fb", "/a/b"}, {"/a%5Cb", "/a/b"}, {"/a%2f..%2fb", "/b"}, {"/a%2f%2fb", "/a/b"}},
        options);
  options.escaped_slashes = EscapedSlashes::kUnescapeAndRedirect;
  Check({{"/a%2fb", "/a/b redirect"}, {"/a/b", "/a/b"}, {"/a/./b", "/a/b"}}, options);
}

TEST_F(PathTest, EachRuleCanBeSwitchedOffAlone) {
  Check({{"/a//b;x/../c", "/a//c"}}, {.merge_slashes = false});
  Check({{"//a//../b", "//a/b"}, {"/a//..", "/a/"}}, {.merge_slashes = false});
  Check({{"/a//b;x/../c;y", "/a/c;y"}}, {.cut_parameters = false});
  Check({{"/a/..;x/b", "/a/..;x/b"}}, {.cut_parameters = false});
  Check({{"/a/../%41//b;x", "/a/../%41/b"}, {"/a%2fb", "escaped slash"}, {"/%zz", "bad escape"}},
        {.normalize = false});
}

TEST_F(PathTest, EveryTripletAtEveryPlaceIsDecodedKeptOrRefused) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const std::string upper = fmt::format("%{:02X}", byte);
    std::string expected;
    const bool unreserved =
        byte < 0x80 &&
        (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos);
    std::string error;
    if (byte == 0) error = "escaped nul";
    if ((byte > 0 && byte < 0x20) || byte == 0x7F) error = "bad escape";
    if (c == '/' || c == '\\') error = "escaped slash";
    const std::string decoded = unreserved ? std::string(1, c) : upper;
    for (const std::string& triplet : {upper, fmt::format("%{:02x}", byte)}) {
      for (size_t at = 1; at < 40; ++at) {
        std::string before = "/" + std::string(at - 1, 'a');
        const std::string path = before + triplet + "zz/z";
        EXPECT_EQ(Normal(path), error.empty() ? before + decoded + "zz/z" : error) << path;
      }
    }
  }
}

TEST_F(PathTest, EveryRawByteAtEveryPlaceIsKeptOrRefused) {
  const std::string_view kept =
      "!\"$&'()*+,-.0123456789:<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`"
      "abcdefghijklmnopqrstuvwxyz{|}~";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    for (size_t at = 1; at < 40; ++at) {
      const std::string before = "/" + std::string(at, 'a');
      const std::string path = before + c + "zz";
      std::string expected = kept.find(c) != std::string_view::npos ? path : "bad byte";
      if (c == '/') expected = path;
      if (c == ';') expected = before;
      if (c == '%') expected = "bad escape";
      EXPECT_EQ(Normal(path), expected) << byte << " at " << at;
    }
  }
}

// Whatever comes out is a fixed point and carries nothing another reader would still work on.
TEST_F(PathTest, NormalFormsAreFixedPoints) {
  const std::string_view pieces[] = {"/",   "//",  ".",   "..",  "a",   "b",   ";",
                                     ";x",  "%2e", "%2E", "%2f", "%5c", "%25", "%41",
                                     "%3b", "%c0", "%00", "%",   "\\",  "~",   "long-name"};
  std::mt19937 random(20240607);
  for (int round = 0; round < 100000; ++round) {
    std::string path = "/";
    for (size_t n = random() % 10; n > 0; --n) path += pieces[random() % std::size(pieces)];
    PathOptions options;
    options.escaped_slashes = static_cast<EscapedSlashes>(random() % 4);
    options.merge_slashes = random() % 4 != 0;
    options.cut_parameters = random() % 4 != 0;
    if (round % 64 == 0) arena_.Reset();
    const PathResult once = NormalizePath(path, options, arena_);
    if (once.error != PathError::kNone) continue;
    const PathResult twice = NormalizePath(once.path, options, arena_);
    ASSERT_EQ(twice.error, PathError::kNone) << path;
    ASSERT_EQ(twice.path, once.path) << path;
    ASSERT_EQ(once.path.front(), '/') << path;
    const std::string closed = std::string(once.path) + "/";
    ASSERT_EQ(closed.find("/../"), std::string::npos) << path;
    ASSERT_EQ(closed.find("/./"), std::string::npos) << path;
    if (options.merge_slashes) {
      ASSERT_EQ(once.path.find("//"), std::string_view::npos) << path;
    }
    if (options.cut_parameters) {
      ASSERT_EQ(once.path.find(';'), std::string_view::npos) << path;
    }
  }
}

TEST_F(PathTest, QueriesAreOnlyCheckedForBytes) {
  EXPECT_TRUE(IsValidQuery(""));
  EXPECT_TRUE(IsValidQuery("x=/../admin;a&a=%2f%zz?\\"));
  for (const std::string bad : {"a b", "a#b", "a\tb", "\x7f", "\x80", "\r", "\n"}) {
    EXPECT_FALSE(IsValidQuery(bad)) << bad;
  }
  EXPECT_FALSE(IsValidQuery(std::string_view("\0", 1)));
}

}  // namespace
}  // namespace sluice::http
