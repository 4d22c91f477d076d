// Memory for bytes in flight: blocks of four sizes from per-thread free lists.
//
// Thread: a pool and every block it made belong to one loop; reference counts are plain integers.
// After warm-up no call reaches malloc. A block goes back to its pool's free list when its last
// Slice dies; `Trim` gives memory back to the system when a size class stayed unused.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice::buffer {

class BlockPool;

// Header of one block; the bytes follow it in the same allocation.
struct Block {
  BlockPool* pool;      // outlives its blocks
  Block* next_free;     // on the free list; an Arena chains its blocks through it too
  uint32_t refs;        // Slices and Arenas that hold it
  uint32_t capacity;    // bytes after this header
  uint8_t size_class;   // index into kBlockSizes; their number for one made to measure
  char* data() { return reinterpret_cast<char*>(this + 1); }
};

// Whole allocation sizes, header included.
inline constexpr std::array<uint32_t, 4> kBlockSizes = {512, 4096, 16384, 65536};

class BlockPool final {
 public:
  BlockPool() = default;
  ~BlockPool();  // every block must have come home: checked in debug builds
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // A block with refs == 1 and capacity >= `bytes`: the smallest class that fits, else one made to
  // measure that is freed at once when released (heads over 64 KiB do not exist; bodies are cut).
  Block* Take(size_t bytes);
  // Drops one reference; the block is back in the pool after the last one.
  static void Release(Block* block) {
    if (--block->refs == 0) block->pool->Return(block);
  }

  // Frees blocks that the low-water mark since the last Trim says were not needed, the largest
  // first, until no more than `keep` bytes are free.
  void Trim(size_t keep = 0);

  // For tests and /stats: bytes held by live blocks, and bytes waiting on free lists.
  size_t bytes_in_use() const { return bytes_made_ - bytes_free(); }
  size_t bytes_free() const;

 private:
  void Return(Block* block);
  Block* Make(size_t capacity, uint8_t size_class);
  void Destroy(Block* block);
  std::array<Block*, kBlockSizes.size()> free_{};
  std::array<uint32_t, kBlockSizes.size()> free_count_{};
  std::array<uint32_t, kBlockSizes.size()> low_water_{};
  size_t bytes_made_ = 0;  // of all blocks that exist
};

}  // namespace sluice::buffer
