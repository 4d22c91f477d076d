#include <cstring>
#include <utility>

#include "dataplane/base/check.h"
#include "dataplane/buffer/buffer.h"

namespace sluice::buffer {

Slice::Slice(Slice&& other) noexcept
    : block_(std::exchange(other.block_, nullptr)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

Slice& Slice::operator=(Slice&& other) noexcept {
  if (this != &other) {
    if (block_ != nullptr) BlockPool::Release(block_);
    block_ = std::exchange(other.block_, nullptr);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Slice::~Slice() {
  if (block_ != nullptr) BlockPool::Release(block_);
}

Slice Slice::Adopt(Block* block, uint32_t begin, uint32_t end) {
  Slice slice;
  slice.block_ = block;
  slice.data_ = block->data() + begin;
  slice.size_ = end - begin;
  return slice;
}

Slice Slice::Static(std::string_view bytes) {
  Slice slice;
  slice.data_ = bytes.data();
  slice.size_ = bytes.size();
  return slice;
}

Slice Slice::Copy(BlockPool& pool, std::string_view bytes) {
  if (bytes.empty()) return {};
  Block* block = pool.Take(bytes.size());
  std::memcpy(block->data(), bytes.data(), bytes.size());
  return Adopt(block, 0, static_cast<uint32_t>(bytes.size()));
}

Slice Slice::Share() const {
  Slice slice;
  slice.block_ = block_;
  slice.data_ = data_;
  slice.size_ = size_;
  if (block_ != nullptr) ++block_->refs;
  return slice;
}

void Slice::RemovePrefix(size_t n) {
  base::Check(n <= size_, "a slice is not cut beyond its end");
  data_ += n;
  size_ -= n;
}

void Slice::RemoveSuffix(size_t n) {
  base::Check(n <= size_, "a slice is not cut beyond its start");
  size_ -= n;
}

}  // namespace sluice::buffer
