#include "dataplane/grpc/message.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::grpc {
namespace {

using Result = MessageReader::Result;

class MessageTest : public ::testing::Test {
 protected:
  std::string Framed(std::string_view message) {
    buffer::Buffer in;
    buffer::Buffer out;
    in.AppendCopy(pool_, message);
    AppendMessage(pool_, in, out);
    EXPECT_TRUE(in.empty());
    return out.ToString();
  }
  void Append(MessageReader& reader, std::string_view bytes) {
    buffer::Buffer data;
    data.AppendCopy(pool_, bytes);
    reader.Append(data);
  }

  buffer::BlockPool pool_;
};

TEST_F(MessageTest, PutsFlagsAndLengthInFront) {
  EXPECT_EQ(Framed("abc"), std::string("\0\0\0\0\x03" "abc", 8));
  EXPECT_EQ(Framed(""), std::string(5, '\0'));
  EXPECT_EQ(Framed(std::string(0x10203, 'x')).substr(0, 5), std::string("\0\0\1\2\3", 5));
}

TEST_F(MessageTest, ReadsMessagesCutAnywhere) {
  const std::vector<std::string> messages = {"first", "", std::string(300, 'x'), "last"};
  std::string body;
  for (const std::string& message : messages) body += Framed(message);
  for (size_t step = 1; step <= body.size(); ++step) {
    MessageReader reader(pool_, 1000);
    std::vector<std::string> read;
    for (size_t at = 0; at < body.size(); at += step) {
      Append(reader, std::string_view(body).substr(at, step));
      buffer::Buffer message;
      Result result;
      while ((result = reader.Next(message)) == Result::kMessage) {
        read.push_back(message.ToString());
      }
      ASSERT_EQ(result, Result::kIncomplete);
    }
    EXPECT_EQ(read, messages) << step;
    EXPECT_FALSE(reader.inside_message());
  }
}

TEST_F(MessageTest, KnowsThatAMessageWasCut) {
  MessageReader reader(pool_, 1000);
  EXPECT_FALSE(reader.inside_message());
  buffer::Buffer message;
  for (const char c : std::string("\0\0\0\0\2x", 6)) {
    Append(reader, {&c, 1});
    EXPECT_EQ(reader.Next(message), Result::kIncomplete);
    EXPECT_TRUE(reader.inside_message());
  }
  Append(reader, "y");
  EXPECT_EQ(reader.Next(message), Result::kMessage);
  EXPECT_FALSE(reader.inside_message());
}

TEST_F(MessageTest, RefusesALengthOverTheLimitBeforeItsBytesCome) {
  MessageReader reader(pool_, 100);
  buffer::Buffer message;
  Append(reader, Framed(std::string(100, 'x')));
  EXPECT_EQ(reader.Next(message), Result::kMessage);
  Append(reader, std::string("\0\0\0\0\x65", 5));
  EXPECT_EQ(reader.Next(message), Result::kTooLarge);

  MessageReader huge(pool_, 100 * 1024 * 1024);
  const size_t before = pool_.bytes_in_use();
  Append(huge, std::string("\0\xff\xff\xff\xff", 5));
  EXPECT_EQ(huge.Next(message), Result::kTooLarge);
  EXPECT_LE(pool_.bytes_in_use(), before + 1024);
}

TEST_F(MessageTest, RefusesCompressionAndUnknownFlags) {
  buffer::Buffer message;
  MessageReader compressed(pool_, 100);
  Append(compressed, std::string("\1\0\0\0\0", 5));
  EXPECT_EQ(compressed.Next(message), Result::kCompressed);
  for (int flags = 2; flags < 256; ++flags) {
    MessageReader reader(pool_, 100);
    const char first = static_cast<char>(flags);
    Append(reader, {&first, 1});
    EXPECT_EQ(reader.Next(message), Result::kBadFlags);
  }
}

TEST_F(MessageTest, MovesLongMessagesWithoutCopying) {
  MessageReader reader(pool_, 1 << 20);
  buffer::Slice slice = buffer::Slice::Copy(pool_, std::string(60'000, 'x'));
  const char* const bytes = slice.data();
  buffer::Buffer payload;
  payload.Append(std::move(slice));
  buffer::Buffer framed;
  AppendMessage(pool_, payload, framed);
  reader.Append(framed);
  buffer::Buffer message;
  ASSERT_EQ(reader.Next(message), Result::kMessage);
  EXPECT_EQ(message.front().data(), bytes);
}

}  // namespace
}  // namespace sluice::grpc
