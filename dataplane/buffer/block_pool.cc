#include "dataplane/buffer/block_pool.h"

#include <algorithm>
#include <new>
#include <utility>

#include "dataplane/base/check.h"

#if defined(__SANITIZE_ADDRESS__)
#define SLUICE_POISON_BLOCKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLUICE_POISON_BLOCKS 1
#endif
#endif
#ifdef SLUICE_POISON_BLOCKS
#include <sanitizer/asan_interface.h>
#endif

namespace sluice::buffer {
namespace {

constexpr uint8_t kOversize = kBlockSizes.size();

// A free block is still the pool's memory, so without this the sanitizer would not see a read
// through a Slice that has died.
void Poison([[maybe_unused]] Block& block) {
#ifdef SLUICE_POISON_BLOCKS
  ASAN_POISON_MEMORY_REGION(block.data(), block.capacity);
#endif
}
void Unpoison([[maybe_unused]] Block& block) {
#ifdef SLUICE_POISON_BLOCKS
  ASAN_UNPOISON_MEMORY_REGION(block.data(), block.capacity);
#endif
}

// Counts the classes that are too small: no branch, since sizes come in no order.
uint8_t ClassFor(size_t bytes) {
  static_assert(kBlockSizes.size() == 4);
  const size_t whole = bytes + sizeof(Block);
  return static_cast<uint8_t>((whole > kBlockSizes[0]) + (whole > kBlockSizes[1]) +
                              (whole > kBlockSizes[2]) + (whole > kBlockSizes[3]));
}

size_t WholeSize(const Block& block) { return sizeof(Block) + block.capacity; }

}  // namespace

BlockPool::~BlockPool() {
#ifndef NDEBUG
  base::Check(bytes_in_use() == 0, "no block outlives its pool");
#endif
  for (Block* head : free_) {
    while (head != nullptr) Destroy(std::exchange(head, head->next_free));
  }
}

size_t BlockPool::bytes_free() const {
  size_t bytes = 0;
  for (size_t c = 0; c < kBlockSizes.size(); ++c) bytes += size_t{free_count_[c]} * kBlockSizes[c];
  return bytes;
}

Block* BlockPool::Make(size_t capacity, uint8_t size_class) {
  base::Check(capacity <= UINT32_MAX, "a block is smaller than 4 GiB");
  bytes_made_ += sizeof(Block) + capacity;
  void* memory = ::operator new(sizeof(Block) + capacity);
  return new (memory) Block{this, nullptr, 1, static_cast<uint32_t>(capacity), size_class};
}

void BlockPool::Destroy(Block* block) {
  bytes_made_ -= WholeSize(*block);
  Unpoison(*block);
  ::operator delete(block);
}

Block* BlockPool::Take(size_t bytes) {
  const uint8_t size_class = ClassFor(bytes);
  if (size_class == kOversize) [[unlikely]] return Make(bytes, kOversize);
  Block* const block = free_[size_class];
  if (block == nullptr) [[unlikely]] {
    low_water_[size_class] = 0;
    return Make(kBlockSizes[size_class] - sizeof(Block), size_class);
  }
  free_[size_class] = block->next_free;
  if (--free_count_[size_class] < low_water_[size_class]) --low_water_[size_class];
  block->next_free = nullptr;
  block->refs = 1;
  Unpoison(*block);
  return block;
}

void BlockPool::Return(Block* block) {
  const uint8_t size_class = block->size_class;
  if (size_class == kOversize) return Destroy(block);
  Poison(*block);
  block->next_free = free_[size_class];
  free_[size_class] = block;
  ++free_count_[size_class];
}

void BlockPool::Trim(size_t keep) {
  size_t free = bytes_free();
  for (size_t c = kBlockSizes.size(); c-- > 0;) {
    for (uint32_t n = low_water_[c]; n > 0 && free > keep; --n) {
      Block* block = free_[c];
      free_[c] = block->next_free;
      --free_count_[c];
      free -= kBlockSizes[c];
      Destroy(block);
    }
    low_water_[c] = free_count_[c];
  }
}

}  // namespace sluice::buffer
