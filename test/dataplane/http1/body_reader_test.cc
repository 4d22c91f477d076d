#include "dataplane/http1/body_reader.h"

#include <gtest/gtest.h>

namespace sluice::http1 {
namespace {

using http::BodyFraming;
using Progress = BodyReader::Progress;

class BodyReaderTest : public ::testing::Test {
 protected:
  Progress Read(std::string_view bytes) {
    in_.AppendCopy(pool_, bytes);
    return reader_.Read(in_, out_, {});
  }

  buffer::BlockPool pool_;
  buffer::Buffer in_, out_;
  BodyReader reader_;
};

TEST_F(BodyReaderTest, LengthTakesExactlyThatMuch) {
  reader_.Start(BodyFraming::kLength, 5);
  EXPECT_EQ(Read("he"), Progress::kMore);
  EXPECT_EQ(Read("lloGET"), Progress::kComplete);
  EXPECT_EQ(out_.ToString(), "hello");
  EXPECT_EQ(in_.ToString(), "GET");
}

TEST_F(BodyReaderTest, ChunksEndInTheTrailerSection) {
  reader_.Start(BodyFraming::kChunked, 0);
  EXPECT_EQ(Read("2\r\nhi\r"), Progress::kMore);
  EXPECT_EQ(Read("\n0\r\n\r\n"), Progress::kTrailers);
  EXPECT_EQ(out_.ToString(), "hi");
  EXPECT_EQ(in_.ToString(), "\r\n");
}

TEST_F(BodyReaderTest, BadChunksAreErrors) {
  reader_.Start(BodyFraming::kChunked, 0);
  EXPECT_EQ(Read("x"), Progress::kError);
  reader_.Start(BodyFraming::kChunked, 0);
  in_.Clear();
  EXPECT_EQ(Read("0\r\n"), Progress::kTrailers) << "a new body starts afresh";
}

TEST_F(BodyReaderTest, UntilCloseTakesAll) {
  reader_.Start(BodyFraming::kUntilClose, 0);
  EXPECT_EQ(Read("anything"), Progress::kMore);
  EXPECT_EQ(out_.ToString(), "anything");
}

TEST_F(BodyReaderTest, NoBodyTakesNothing) {
  reader_.Start(BodyFraming::kNone, 0);
  EXPECT_EQ(Read("GET"), Progress::kComplete);
  EXPECT_TRUE(out_.empty());
}

}  // namespace
}  // namespace sluice::http1
