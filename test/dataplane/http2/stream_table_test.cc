#include "dataplane/http2/stream_table.h"

#include <gtest/gtest.h>

#include <set>

#include "test/support/stream_recorder.h"

namespace sluice::http2 {
namespace {

class StreamTableTest : public ::testing::Test {
 protected:
  buffer::BlockPool pool_;
  test::StreamRecorder recorder_{pool_};
  StreamTable table_{pool_, 3};
};

TEST_F(StreamTableTest, FindsStreamsByTheirNumber) {
  ClientStream* const a = table_.Open(recorder_);
  ClientStream* const b = table_.Open(recorder_);
  ASSERT_NE(a, nullptr);
  EXPECT_NE(a->id, 0u);
  EXPECT_NE(a->id, b->id);
  EXPECT_EQ(table_.Find(a->id), a);
  EXPECT_EQ(table_.Find(b->id), b);
  EXPECT_EQ(table_.Find(0), nullptr);
  EXPECT_EQ(table_.Find(0xffffffff), nullptr);
  EXPECT_EQ(table_.open(), 2u);
}

TEST_F(StreamTableTest, AnOldNumberFindsNobody) {
  std::set<http::StreamId> used;
  for (int i = 0; i < 1000; ++i) {
    ClientStream* const stream = table_.Open(recorder_);
    const http::StreamId id = stream->id;
    EXPECT_TRUE(used.insert(id).second);
    table_.Free(*stream);
    EXPECT_EQ(table_.Find(id), nullptr);
  }
  EXPECT_EQ(table_.open(), 0u);
}

TEST_F(StreamTableTest, AFreedStreamIsClean) {
  ClientStream* stream = table_.Open(recorder_);
  stream->body.AppendCopy(pool_, "left over");
  stream->wire_id = 7;
  stream->paused = true;
  table_.Free(*stream);
  EXPECT_EQ(pool_.bytes_in_use(), 0u);
  stream = table_.Open(recorder_);
  EXPECT_EQ(stream->wire_id, 0);
  EXPECT_FALSE(stream->paused);
  EXPECT_TRUE(stream->body.empty());
}

TEST_F(StreamTableTest, HasRoomForSoManyAndNoMore) {
  ClientStream* last = nullptr;
  for (uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(table_.room(), 3 - i);
    last = table_.Open(recorder_);
    ASSERT_NE(last, nullptr);
  }
  EXPECT_EQ(table_.room(), 0u);
  EXPECT_EQ(table_.Open(recorder_), nullptr);
  table_.Uncount(*last);
  EXPECT_EQ(table_.room(), 0u);
  table_.Free(*last);
  EXPECT_EQ(table_.room(), 1u);
}

TEST_F(StreamTableTest, AnUncountedStreamKeepsItsPlace) {
  ClientStream* const stream = table_.Open(recorder_);
  table_.Uncount(*stream);
  table_.Uncount(*stream);
  EXPECT_EQ(table_.open(), 0u);
  EXPECT_EQ(table_.Find(stream->id), stream);
  table_.Free(*stream);
  EXPECT_EQ(table_.open(), 0u);
}

TEST_F(StreamTableTest, StreamsMayBeFreedAndOpenedWhileAllAreVisited) {
  for (int i = 0; i < 3; ++i) table_.Open(recorder_);
  int visited = 0;
  table_.ForEach([&](ClientStream& stream) {
    ++visited;
    table_.Free(stream);
    if (visited == 1) table_.Open(recorder_);
  });
  EXPECT_EQ(visited, 3);
  EXPECT_EQ(table_.open(), 1u);
}

}  // namespace
}  // namespace sluice::http2
