#include "dataplane/buffer/buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sluice::buffer {
namespace {

// What the largest pooled block holds: copies are cut into pieces of this size.
constexpr size_t kLargestPooled = kBlockSizes.back() - sizeof(Block);

}  // namespace

Buffer::Buffer(Buffer&& other) noexcept { TakeFrom(other); }

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  if (this != &other) {
    Clear();
    if (ring_ != inline_) FreeRing();
    TakeFrom(other);
  }
  return *this;
}

void Buffer::TakeFrom(Buffer& other) {
  if (other.ring_ == other.inline_) {
    ring_ = inline_;
    for (uint32_t i = 0; i < other.count_; ++i) {
      inline_[(other.first_ + i) & (kInlineSlices - 1)].Overwrite(other.at(i));
    }
  } else {
    ring_ = std::exchange(other.ring_, other.inline_);
  }
  mask_ = std::exchange(other.mask_, kInlineSlices - 1);
  first_ = std::exchange(other.first_, 0);
  count_ = std::exchange(other.count_, 0);
  bytes_ = std::exchange(other.bytes_, 0);
  reserve_ = std::exchange(other.reserve_, nullptr);
  reserve_begin_ = std::exchange(other.reserve_begin_, 0);
}

void Buffer::Append(Buffer& from) {
  base::Check(&from != this, "a buffer is not appended to itself");
  for (uint32_t i = 0; i < from.count_; ++i) Append(std::move(from.at(i)));
  from.first_ = from.count_ = 0;
  from.bytes_ = 0;
}

void Buffer::AppendCopy(BlockPool& pool, std::string_view bytes) {
  AdoptLastTail();
  while (!bytes.empty()) {
    if (reserve_ == nullptr || reserve_begin_ == reserve_->capacity) {
      Reserve(pool, std::min(bytes.size(), kLargestPooled));
    }
    const size_t n = std::min<size_t>(bytes.size(), reserve_->capacity - reserve_begin_);
    std::memcpy(reserve_->data() + reserve_begin_, bytes.data(), n);
    Commit(n);
    bytes.remove_prefix(n);
  }
}

void Buffer::MoveFrom(Buffer& from, size_t n) {
  base::Check(n <= from.bytes_ && &from != this, "MoveFrom moves what the other buffer has");
  while (n > 0) {
    Slice& head = from.at(0);
    if (head.size() <= n) {
      n -= head.size();
      Append(from.PopFront());
      continue;
    }
    Slice part = head.Share();
    part.RemoveSuffix(part.size() - n);
    head.RemovePrefix(n);
    from.bytes_ -= n;
    Append(std::move(part));
    n = 0;
  }
}

std::span<char> Buffer::Reserve(BlockPool& pool, size_t min_bytes) {
  // Only we hold it: what was committed from it has gone, so all of it is free again.
  if (reserve_ != nullptr && reserve_->refs == 1) reserve_begin_ = 0;
  if (reserve_ == nullptr || reserve_->capacity - reserve_begin_ < min_bytes) {
    ReleaseReserve();
    reserve_ = pool.Take(min_bytes);
  }
  return {reserve_->data() + reserve_begin_, reserve_->capacity - reserve_begin_};
}

void Buffer::Commit(size_t n) {
  if (n == 0) return;
  base::Check(reserve_ != nullptr && n <= reserve_->capacity - reserve_begin_,
              "only reserved memory is committed");
  const char* begin = reserve_->data() + reserve_begin_;
  const uint32_t end = reserve_begin_ + static_cast<uint32_t>(n);
  if (count_ > 0 && at(count_ - 1).block() == reserve_ &&
      at(count_ - 1).data() + at(count_ - 1).size() == begin) {
    at(count_ - 1).size_ += n;
    bytes_ += n;
  } else {
    ++reserve_->refs;
    Append(Slice::Adopt(reserve_, reserve_begin_, end));
  }
  reserve_begin_ = end;
}

void Buffer::AdoptLastTail() {
  if (reserve_ != nullptr || count_ == 0) return;
  const Slice& last = at(count_ - 1);
  Block* block = last.block();
  // A single reference means nobody else sees, or has reserved, the bytes behind this slice.
  if (block == nullptr || block->refs != 1) return;
  ++block->refs;
  reserve_ = block;
  reserve_begin_ = static_cast<uint32_t>(last.data() + last.size() - block->data());
}

void Buffer::Drain(size_t n) {
  base::Check(n <= bytes_, "a buffer is not drained below empty");
  while (n > 0) {
    Slice& head = at(0);
    if (head.size() > n) {
      head.RemovePrefix(n);
      bytes_ -= n;
      return;
    }
    n -= head.size();
    PopFront();
  }
}

std::string_view Buffer::Flatten(BlockPool& pool, size_t n) {
  base::Check(n <= bytes_, "Flatten views what the buffer has");
  if (n == 0) return {};
  if (at(0).size() >= n) return at(0).view().substr(0, n);
  Block* block = pool.Take(n);
  size_t copied = 0;
  while (copied < n) {
    const std::string_view bytes = front().substr(0, n - copied);
    std::memcpy(block->data() + copied, bytes.data(), bytes.size());
    copied += bytes.size();
    Drain(bytes.size());
  }
  if (count_ == mask_ + 1) Grow();
  first_ = (first_ - 1) & mask_;
  ++count_;
  bytes_ += n;
  Slice whole = Slice::Adopt(block, 0, static_cast<uint32_t>(n));
  at(0).Overwrite(whole);
  return at(0).view();
}

size_t Buffer::FillIovecs(std::span<iovec> out) const {
  const size_t n = std::min<size_t>(count_, out.size());
  for (uint32_t i = 0; i < n; ++i) {
    out[i] = {const_cast<char*>(at(i).data()), at(i).size()};
  }
  return n;
}

std::string Buffer::ToString() const {
  std::string text;
  text.reserve(bytes_);
  for (uint32_t i = 0; i < count_; ++i) text += at(i).view();
  return text;
}

void Buffer::Grow() {
  const uint32_t capacity = mask_ + 1;
  Slice* bigger = new Slice[size_t{capacity} * 2];
  for (uint32_t i = 0; i < count_; ++i) bigger[i] = std::move(at(i));
  if (ring_ != inline_) FreeRing();
  ring_ = bigger;
  mask_ = capacity * 2 - 1;
  first_ = 0;
}

void Buffer::FreeRing() { delete[] ring_; }

}  // namespace sluice::buffer
