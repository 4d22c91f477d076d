#include "dataplane/grpc/message.h"

#include <string_view>

namespace sluice::grpc {
namespace {

uint32_t Byte(char c) { return static_cast<uint8_t>(c); }

}  // namespace

void AppendMessage(buffer::BlockPool& pool, buffer::Buffer& message, buffer::Buffer& out) {
  const uint32_t size = static_cast<uint32_t>(message.size());
  const char prefix[kMessagePrefix] = {0, static_cast<char>(size >> 24),
                                       static_cast<char>(size >> 16), static_cast<char>(size >> 8),
                                       static_cast<char>(size)};
  out.AppendCopy(pool, {prefix, sizeof(prefix)});
  out.Append(message);
}

MessageReader::Result MessageReader::Next(buffer::Buffer& message) {
  message.Clear();
  if (!has_length_) {
    // A wrong flag is told before the length has come.
    if (!in_.empty() && Byte(in_.front().front()) > 1) return Result::kBadFlags;
    if (in_.size() < kMessagePrefix) return Result::kIncomplete;
    const std::string_view prefix = in_.Flatten(pool_, kMessagePrefix);
    if (prefix[0] == 1) return Result::kCompressed;
    length_ =
        Byte(prefix[1]) << 24 | Byte(prefix[2]) << 16 | Byte(prefix[3]) << 8 | Byte(prefix[4]);
    if (length_ > max_message_) return Result::kTooLarge;
    in_.Drain(kMessagePrefix);
    has_length_ = true;
  }
  if (in_.size() < length_) return Result::kIncomplete;
  has_length_ = false;
  message.MoveFrom(in_, length_);
  return Result::kMessage;
}

}  // namespace sluice::grpc
