#include "dataplane/http1/body_writer.h"

#include <gtest/gtest.h>

namespace sluice::http1 {
namespace {

using Kind = BodyWriter::Kind;

class BodyWriterTest : public ::testing::Test {
 protected:
  void Write(std::string_view bytes) {
    buffer::Buffer data;
    data.AppendCopy(pool_, bytes);
    writer_.Write(pool_, data, out_);
    EXPECT_TRUE(data.empty());
  }

  buffer::BlockPool pool_;
  buffer::Buffer out_;
  BodyWriter writer_;
};

TEST_F(BodyWriterTest, LengthPassesTheBytesOn) {
  writer_.Start(Kind::kLength, 5);
  Write("he");
  Write("llo");
  EXPECT_TRUE(writer_.End(pool_, nullptr, out_));
  EXPECT_EQ(out_.ToString(), "hello");
}

TEST_F(BodyWriterTest, ABodyOfAnotherLengthLeavesTheConnectionUnusable) {
  writer_.Start(Kind::kLength, 5);
  Write("hell");
  EXPECT_FALSE(writer_.End(pool_, nullptr, out_));
  writer_.Start(Kind::kLength, 5);
  Write("hello!!");
  EXPECT_FALSE(writer_.End(pool_, nullptr, out_));
  EXPECT_EQ(out_.ToString(), "hellhello") << "no byte beyond the length goes out";
}

TEST_F(BodyWriterTest, ChunksCarryTheirSize) {
  writer_.Start(Kind::kChunked);
  Write("0123456789abcdefg");
  Write("");
  Write("hi");
  EXPECT_TRUE(writer_.End(pool_, nullptr, out_));
  EXPECT_EQ(out_.ToString(), "11\r\n0123456789abcdefg\r\n2\r\nhi\r\n0\r\n\r\n");
}

TEST_F(BodyWriterTest, TrailersFollowTheLastChunk) {
  buffer::Arena arena(pool_);
  http::Head trailers(arena);
  trailers.Append("X-Sum", "1");
  trailers.Append("Content-Length", "7");
  writer_.Start(Kind::kChunked);
  EXPECT_TRUE(writer_.End(pool_, &trailers, out_));
  EXPECT_EQ(out_.ToString(), "0\r\nX-Sum: 1\r\n\r\n");
  out_.Clear();
  writer_.Start(Kind::kLength, 0);
  EXPECT_TRUE(writer_.End(pool_, &trailers, out_));
  EXPECT_EQ(out_.ToString(), "");
}

TEST_F(BodyWriterTest, DropsBytesWhereNoBodyMayBe) {
  writer_.Start(Kind::kNone);
  Write("hello");
  EXPECT_TRUE(writer_.End(pool_, nullptr, out_));
  EXPECT_EQ(out_.ToString(), "");
}

TEST_F(BodyWriterTest, RawIsAsItComes) {
  writer_.Start(Kind::kRaw);
  Write("hello");
  EXPECT_TRUE(writer_.End(pool_, nullptr, out_));
  EXPECT_EQ(out_.ToString(), "hello");
}

}  // namespace
}  // namespace sluice::http1
