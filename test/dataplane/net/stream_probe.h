// An owner of a ByteStream for tests: reads as told, keeps what came and how it ended.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "dataplane/net/byte_stream.h"

namespace sluice::net {

class StreamProbe final : public StreamEvents {
 public:
  StreamProbe(ByteStream& stream, buffer::BlockPool& pool) : stream_(stream), pool_(pool) {
    stream_.SetEvents(this);
  }

  void OnReadable() override {
    ++readable_calls;
    if (reading) static_cast<void>(ReadOnce());
    if (on_readable) on_readable();
  }
  void OnWritable() override {
    ++writable_calls;
    Flush();
  }
  void OnConnected(bool ok) override {
    ++connected_calls;
    connected = ok;
  }

  // One Read of `read_size`. The owner of a real connection does no more per callback either.
  IoResult ReadOnce() {
    buffer::Buffer into;
    const IoResult result = stream_.Read(into, read_size);
    EXPECT_EQ(into.size(), result.bytes);
    EXPECT_LE(result.bytes, read_size);
    largest_read = std::max(largest_read, result.bytes);
    if (result.status == IoStatus::kEnd || result.status == IoStatus::kError) {
      EXPECT_EQ(result.bytes, 0u) << "an end comes alone";
      end = result.status;
    }
    received += into.ToString();
    return result;
  }

  // Writes `text` after what still waits.
  void Send(std::string_view text) {
    unsent.AppendCopy(pool_, text);
    Flush();
  }
  void Flush() {
    const size_t before = unsent.size();
    const IoResult result = stream_.Write(unsent);
    EXPECT_EQ(before - result.bytes, unsent.size());
    if (result.status != IoStatus::kError) {
      EXPECT_EQ(result.status == IoStatus::kOk, unsent.empty());
    }
    last_write = result.status;
  }

  bool reading = true;
  size_t read_size = 1 << 20;
  std::string received;
  IoStatus end = IoStatus::kOk;  // kEnd or kError once Read said so
  IoStatus last_write = IoStatus::kOk;
  buffer::Buffer unsent;
  size_t largest_read = 0;
  int readable_calls = 0;
  int writable_calls = 0;
  int connected_calls = 0;
  bool connected = false;
  std::function<void()> on_readable;

 private:
  ByteStream& stream_;
  buffer::BlockPool& pool_;
};

// Text in which a lost, doubled or moved byte shows.
inline std::string Pattern(size_t size) {
  std::string text(size, ' ');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

}  // namespace sluice::net
