#include "dataplane/http2/request_fields.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace sluice::http2 {
namespace {

using http::BodyFraming;
using http::EndStream;
using http::FieldId;

class RequestFieldsTest : public ::testing::Test {
 protected:
  RequestFieldsTest() {
    head_.method = http::Method::kGet;
    head_.method_text = "GET";
    head_.scheme = "https";
    head_.path = "/p";
    head_.authority = "host:1";
  }
  static std::string Text(std::span<const nghttp2_nv> fields) {
    std::string text;
    for (const nghttp2_nv& field : fields) {
      text += fmt::format("{}{}={}", text.empty() ? "" : " ",
                          std::string_view(reinterpret_cast<char*>(field.name), field.namelen),
                          std::string_view(reinterpret_cast<char*>(field.value), field.valuelen));
    }
    return text;
  }
  std::string Fields(EndStream end = EndStream::kYes) {
    return Text(RequestFields(head_, end, scratch_));
  }
  static constexpr std::string_view kStart = ":method=GET :scheme=https :path=/p :authority=host:1";

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
  buffer::Arena scratch_{pool_};
  http::Head head_{arena_};
};

TEST_F(RequestFieldsTest, BeginWithPseudoHeaderFields) { EXPECT_EQ(Fields(), kStart); }

TEST_F(RequestFieldsTest, TheTargetIsPathAndQuery) {
  const struct {
    std::string_view path;
    std::string_view query;
    bool has_query;
    std::string_view target;
  } cases[] = {
      {"/a/b", "", false, "/a/b"},
      {"/a", "x=1", true, "/a?x=1"},
      {"/a", "", true, "/a?"},
      {"", "", false, "/"},
      {"", "q", true, "/?q"},
      {"*", "", false, "*"},
      {"/a b#c\r\n\x80", "d e", true, "/a%20b%23c%0D%0A%80?d%20e"},
  };
  for (const auto& c : cases) {
    head_.path = c.path;
    head_.query = c.query;
    head_.has_query = c.has_query;
    EXPECT_EQ(Fields(),
              fmt::format(":method=GET :scheme=https :path={} :authority=host:1", c.target));
  }
}

TEST_F(RequestFieldsTest, ConnectHasOnlyAnAuthority) {
  head_.method = http::Method::kConnect;
  head_.method_text = "CONNECT";
  EXPECT_EQ(Fields(), ":method=CONNECT :authority=host:1");
}

TEST_F(RequestFieldsTest, WhatIsNotKnownIsLeftOutOrPlain) {
  head_.authority = "";
  head_.scheme = "";
  EXPECT_EQ(Fields(), ":method=GET :scheme=http :path=/p");
}

TEST_F(RequestFieldsTest, FieldsOfTheConnectionEndHere) {
  for (const char* name :
       {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
        "http2-settings", "host", "content-length", "te"}) {
    head_.Append(name, "x");
  }
  EXPECT_EQ(Fields(), kStart);
}

TEST_F(RequestFieldsTest, OfTeOnlyTrailersAreLeft) {
  head_.Append("TE", "deflate, Trailers");
  EXPECT_EQ(Fields(), std::string(kStart) + " te=trailers");
}

TEST_F(RequestFieldsTest, TheLengthComesFromTheFraming) {
  head_.framing = BodyFraming::kLength;
  head_.content_length = 12;
  EXPECT_EQ(Fields(EndStream::kNo), std::string(kStart) + " content-length=12");
  EXPECT_EQ(Fields(EndStream::kYes), std::string(kStart) + " content-length=0");
  head_.framing = BodyFraming::kChunked;
  EXPECT_EQ(Fields(EndStream::kNo), kStart);
}

TEST_F(RequestFieldsTest, RemovedFieldsAreGone) {
  head_.Append("x-a", "1");
  head_.Append("x-b", "2");
  head_.Remove("x-a");
  EXPECT_EQ(Fields(), std::string(kStart) + " x-b=2");
}

TEST_F(RequestFieldsTest, AddedFieldsAreMadeHarmless) {
  head_.Append("x-a", " v\r\nx-evil: 1 ");
  head_.Append("x-b", std::string_view("a\0b", 3));
  head_.Append("x-c", "\t c ");
  head_.Append("x bad", "1");
  head_.Append(":path", "/other");
  head_.Append("", "1");
  EXPECT_EQ(Fields(), std::string(kStart) + " x-a=v  x-evil: 1 x-b=a b x-c=c");
}

TEST_F(RequestFieldsTest, CredentialsAreNeverIndexed) {
  head_.Append("Authorization", "Bearer x");
  head_.Append("cookie", "a=b");
  head_.Append("accept", "*/*");
  const std::span<const nghttp2_nv> fields = RequestFields(head_, EndStream::kYes, scratch_);
  EXPECT_EQ(fields[4].flags & NGHTTP2_NV_FLAG_NO_INDEX, NGHTTP2_NV_FLAG_NO_INDEX);
  EXPECT_EQ(fields[5].flags & NGHTTP2_NV_FLAG_NO_INDEX, NGHTTP2_NV_FLAG_NO_INDEX);
  EXPECT_EQ(fields[6].flags & NGHTTP2_NV_FLAG_NO_INDEX, 0);
}

TEST_F(RequestFieldsTest, TrailersOutliveTheirHead) {
  std::span<const nghttp2_nv> fields;
  {
    buffer::Arena arena(pool_);
    http::Head trailers(arena);
    trailers.Append("x-sum", "abc");
    trailers.Append("host", "x");
    trailers.Append(FieldId::kEtag, "e");
    fields = TrailerFields(trailers, scratch_);
    const char* const value = trailers.at(0).value_data;
    std::fill_n(const_cast<char*>(value), 3, '!');
  }
  EXPECT_EQ(Text(fields), "x-sum=abc etag=e");
}

}  // namespace
}  // namespace sluice::http2
