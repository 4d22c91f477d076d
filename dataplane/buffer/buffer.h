// Byte chains: `Slice` is a view that keeps its block alive, `Buffer` a FIFO of slices.
//
// A body moves from the socket it was read from to the socket it is written to as slices; bytes
// are copied only where a head is rewritten. Thread: one loop, like the blocks below them. What a
// request does dozens of times is inline: out of line these few instructions were a tenth of it.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "dataplane/base/check.h"
#include "dataplane/buffer/block_pool.h"

namespace sluice::buffer {

// A run of bytes in a pool block, or in memory that lives for ever (`Static`). Move-only;
// `Share` makes a second view of the same bytes. Bytes under a shared block are never changed.
class Slice final {
 public:
  Slice() = default;
  Slice(Slice&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Slice& operator=(Slice&& other) noexcept {
    if (this != &other) {
      if (block_ != nullptr) BlockPool::Release(block_);
      Overwrite(other);
    }
    return *this;
  }
  Slice(const Slice&) = delete;
  Slice& operator=(const Slice&) = delete;
  ~Slice() {
    if (block_ != nullptr) BlockPool::Release(block_);
  }

  // Takes over the caller's reference to `block`; the view is [begin, end) of its bytes.
  static Slice Adopt(Block* block, uint32_t begin, uint32_t end);
  // `bytes` must outlive every holder (string literals, compiled configuration of the process).
  static Slice Static(std::string_view bytes);
  static Slice Copy(BlockPool& pool, std::string_view bytes);

  // A second view; costs one count, no copy.
  Slice Share() const {
    if (block_ != nullptr) ++block_->refs;
    Slice slice;
    slice.block_ = block_;
    slice.data_ = data_;
    slice.size_ = size_;
    return slice;
  }
  std::string_view view() const { return {data_, size_}; }
  const char* data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // n <= size().
  void RemovePrefix(size_t n) {
    base::Check(n <= size_, "a slice is not cut beyond its end");
    data_ += n;
    size_ -= n;
  }
  void RemoveSuffix(size_t n) {
    base::Check(n <= size_, "a slice is not cut beyond its start");
    size_ -= n;
  }
  // nullptr for a static slice.
  Block* block() const { return block_; }

 private:
  friend class Buffer;
  // Takes what `other` holds; this slice holds no block.
  void Overwrite(Slice& other) {
    block_ = std::exchange(other.block_, nullptr);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  Block* block_ = nullptr;
  const char* data_ = nullptr;
  size_t size_ = 0;
};

// FIFO of slices. Up to kInlineSlices need no memory of their own; beyond that a ring on the heap
// that keeps its capacity until the Buffer dies (so reuse Buffers).
class Buffer final {
 public:
  static constexpr uint32_t kInlineSlices = 4;

  Buffer() {}  // not defaulted: the slots stay unwritten
  Buffer(Buffer&&) noexcept;
  Buffer& operator=(Buffer&&) noexcept;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() {
    Clear();
    if (ring_ != inline_) FreeRing();
  }

  // Bytes, and pieces they lie in.
  size_t size() const { return bytes_; }
  bool empty() const { return bytes_ == 0; }
  size_t slice_count() const { return count_; }

  // Appends; empty slices are dropped.
  void Append(Slice&& slice) {
    if (slice.empty()) return;
    if (count_ == mask_ + 1) [[unlikely]] Grow();
    bytes_ += slice.size();
    at(count_++).Overwrite(slice);
  }
  // Moves every slice of `from` here; `from` is empty afterwards.
  void Append(Buffer& from);
  // Copies into the free tail of the last block when it is not shared, else into a new block.
  void AppendCopy(BlockPool& pool, std::string_view bytes);
  // Moves the first `n` <= from.size() bytes of `from` here, splitting a slice if needed.
  void MoveFrom(Buffer& from, size_t n);

  // Writable memory at the tail of at least `min_bytes` contiguous bytes; valid until the next
  // call on this Buffer. `Commit(n)` makes the first n bytes of it part of the buffer.
  std::span<char> Reserve(BlockPool& pool, size_t min_bytes);
  void Commit(size_t n);
  // Forgets reserved memory that was not committed (an idle connection holds none).
  void ReleaseReserve() {
    if (reserve_ != nullptr) BlockPool::Release(std::exchange(reserve_, nullptr));
    reserve_begin_ = 0;
  }

  // The first slice's bytes; the buffer must not be empty.
  std::string_view front() const {
    base::Check(count_ > 0, "an empty buffer has no front");
    return at(0).view();
  }
  // Takes the first slice out, with the reference it has.
  Slice PopFront() {
    base::Check(count_ > 0, "an empty buffer has no front");
    Slice slice = std::move(at(0));
    first_ = (first_ + 1) & mask_;
    --count_;
    bytes_ -= slice.size();
    return slice;
  }
  // Takes the first n > 0 bytes, which lie in one slice.
  Slice TakeFront(size_t n) {
    base::Check(count_ > 0 && n <= at(0).size(), "TakeFront takes from the first slice");
    if (n == at(0).size()) return PopFront();
    Slice part = at(0).Share();
    part.size_ = n;
    at(0).RemovePrefix(n);
    bytes_ -= n;
    return part;
  }
  // Drops the first n <= size() bytes.
  void Drain(size_t n);
  // Lets go of all bytes and of the reserve; a ring on the heap stays for the next use.
  void Clear() {
    while (count_ > 0) PopFront();
    ReleaseReserve();
  }
  // Makes the first n <= size() bytes contiguous (copies only if they are not) and views them.
  std::string_view Flatten(BlockPool& pool, size_t n);
  // Fills `out` from the front; returns how many entries were set.
  size_t FillIovecs(std::span<iovec> out) const;
  // `f(const Slice&)` for each piece, from the front.
  template <typename F>
  void ForEachSlice(F&& f) const {
    for (uint32_t i = 0; i < count_; ++i) f(at(i));
  }
  // For tests and cold paths.
  std::string ToString() const;

 private:
  // Slots outside [first_, first_ + count_) hold nothing, and inline ones may never have been
  // written: a slot is filled by Overwrite, not by assignment.
  Slice& at(uint32_t i) { return ring_[(first_ + i) & mask_]; }
  const Slice& at(uint32_t i) const { return ring_[(first_ + i) & mask_]; }
  void Grow();
  void FreeRing();
  void TakeFrom(Buffer& other);
  // Makes the bytes behind the last slice the reserve, if nobody else can see them.
  void AdoptLastTail();

  union {  // else each of a request's many Buffers would write and look at 96 bytes for nothing
    Slice inline_[kInlineSlices];
  };
  Slice* ring_ = inline_;
  uint32_t mask_ = kInlineSlices - 1;
  uint32_t first_ = 0;
  uint32_t count_ = 0;
  // Block whose bytes from reserve_begin_ on belong to this Buffer alone (one reference is ours);
  // slices may hold the bytes before.
  uint32_t reserve_begin_ = 0;
  Block* reserve_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace sluice::buffer
