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

uint8_t ClassFor(size_t bytes) {
  for (uint8_t c = 0; c < kBlockSizes.size(); ++c) {
    if (bytes <= kBlockSizes[c] - sizeof(Block)) return c;
  }
  return kOversize;
}

Block* Make(BlockPool* pool, size_t capacity, uint8_t size_class) {
  base::Check(capacity <= UINT32_MAX, "a block is smaller than 4 GiB");
  void* memory = ::operator new(sizeof(Block) + capacity);
  return new (memory) Block{pool, nullptr, 1, static_cast<uint32_t>(capacity), size_class};
}

void Destroy(Block* block) {
  Unpoison(*block);
  ::operator delete(block);
}

size_t WholeSize(const Block& block) { return sizeof(Block) + block.capacity; }

}  // namespace

BlockPool::~BlockPool() {
#ifndef NDEBUG
  base::Check(bytes_in_use_ == 0, "no block outlives its pool");
#endif
  for (Block* head : free_) {
    while (head != nullptr) Destroy(std::exchange(head, head->next_free));
  }
}

Block* BlockPool::Take(size_t bytes) {
  const uint8_t size_class = ClassFor(bytes);
  Block* block;
  if (size_class == kOversize) {
    block = Make(this, bytes, kOversize);
  } else if (free_[size_class] != nullptr) {
    block = free_[size_class];
    free_[size_class] = block->next_free;
    low_water_[size_class] = std::min(low_water_[size_class], --free_count_[size_class]);
    bytes_free_ -= kBlockSizes[size_class];
    block->next_free = nullptr;
    block->refs = 1;
    Unpoison(*block);
  } else {
    low_water_[size_class] = 0;
    block = Make(this, kBlockSizes[size_class] - sizeof(Block), size_class);
  }
  bytes_in_use_ += WholeSize(*block);
  return block;
}

void BlockPool::Release(Block* block) {
  if (--block->refs == 0) block->pool->Return(block);
}

void BlockPool::Return(Block* block) {
  bytes_in_use_ -= WholeSize(*block);
  if (block->size_class == kOversize) {
    Destroy(block);
    return;
  }
  Poison(*block);
  block->next_free = free_[block->size_class];
  free_[block->size_class] = block;
  ++free_count_[block->size_class];
  bytes_free_ += WholeSize(*block);
}

void BlockPool::Trim() {
  for (size_t c = 0; c < kBlockSizes.size(); ++c) {
    for (uint32_t n = low_water_[c]; n > 0; --n) {
      Block* block = free_[c];
      free_[c] = block->next_free;
      --free_count_[c];
      bytes_free_ -= kBlockSizes[c];
      Destroy(block);
    }
    low_water_[c] = free_count_[c];
  }
}

}  // namespace sluice::buffer
