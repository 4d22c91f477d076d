#include "dataplane/http1/head_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::http1 {
namespace {

constexpr size_t kHead = 32 * 1024, kLine = 8 * 1024;

class HeadReaderTest : public ::testing::Test {
 protected:
  void Add(std::string_view piece) { in_.Append(buffer::Slice::Copy(pool_, piece)); }
  std::string_view Ready(size_t max_head = kHead, size_t max_line = kLine) {
    return reader_.Ready(pool_, in_, max_head, max_line);
  }

  buffer::BlockPool pool_;
  buffer::Buffer in_;
  HeadReader reader_;
};

TEST_F(HeadReaderTest, GivesOutAWholeHeadWithoutMovingIt) {
  Add("GET / HTTP/1.1\r\nA: b\r\n\r\n");
  const char* before = in_.front().data();
  const std::string_view bytes = Ready();
  EXPECT_EQ(bytes.data(), before);
  EXPECT_EQ(bytes.size(), 24u);
  const buffer::Slice head = reader_.Take(in_, 24);
  EXPECT_EQ(head.data(), before);
  EXPECT_TRUE(in_.empty());
}

TEST_F(HeadReaderTest, TakesTheHeadAndLeavesTheBody) {
  Add("GET / HTTP/1.1\r\n\r\nbody");
  EXPECT_EQ(Ready(), "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(reader_.Take(in_, 18).view(), "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(in_.ToString(), "body");
}

TEST_F(HeadReaderTest, MakesAHeadInManyPiecesContiguous) {
  const std::string head = "GET / HTTP/1.1\r\nA: b\r\n\r\n";
  for (size_t i = 0; i + 1 < head.size(); ++i) {
    Add(head.substr(i, 1));
    EXPECT_EQ(Ready(), "");
    EXPECT_LE(in_.slice_count(), 9u) << "a slice per byte would let a peer multiply its bytes";
  }
  Add("\nrest");
  EXPECT_EQ(Ready(), head);
  EXPECT_EQ(reader_.Take(in_, head.size()).view(), head);
  EXPECT_EQ(in_.ToString(), "rest");
  Add(" GET");
  EXPECT_EQ(Ready(), "") << "the next head begins afresh";
}

TEST_F(HeadReaderTest, GivesOutWhatIsOverALimit) {
  Add(std::string(50, 'a'));
  EXPECT_EQ(Ready(100, 60), "");
  Add(std::string(12, 'a'));
  EXPECT_EQ(Ready(100, 60), std::string(62, 'a'));
  EXPECT_EQ(Ready(100, 200), "");
  Add(std::string(39, 'a'));
  EXPECT_EQ(Ready(100, 200), std::string(101, 'a'));
}

TEST_F(HeadReaderTest, ALineOverTheLimitCountsEvenIfItEnded) {
  Add(std::string(70, 'a') + "\r\nb");
  EXPECT_EQ(Ready(1000, 60).size(), 73u);
}

TEST_F(HeadReaderTest, ALimitOnTheFirstLineDoesNotCountTheOthers) {
  Add("GET / HTTP/1.1\r\n" + std::string(200, 'a'));
  EXPECT_EQ(Ready(1000, 60), "");
}

}  // namespace
}  // namespace sluice::http1
