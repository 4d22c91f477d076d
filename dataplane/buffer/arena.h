// Bump allocator for the state of one request: everything dies together by resetting a pointer.
//
// Takes 4 KiB blocks from the loop's BlockPool (larger ones for larger requests) and gives them
// back in Reset or the destructor. Nothing allocated here has its destructor run: only trivially
// destructible types. Thread: one loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include "dataplane/buffer/block_pool.h"

namespace sluice::buffer {

class Arena final {
 public:
  // `pool` outlives the arena. No block is taken before the first allocation.
  explicit Arena(BlockPool& pool) : pool_(pool) {}
  ~Arena() { Reset(); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // `align` is a power of two <= 16. Never returns nullptr.
  void* Allocate(size_t bytes, size_t align = alignof(std::max_align_t)) {
    const uintptr_t at = (reinterpret_cast<uintptr_t>(cursor_) + align - 1) & ~(align - 1);
    if (cursor_ == nullptr || at + bytes > reinterpret_cast<uintptr_t>(end_)) [[unlikely]] {
      return AllocateSlow(bytes, align);
    }
    cursor_ = reinterpret_cast<char*>(at + bytes);
    return reinterpret_cast<void*>(at);
  }

  template <typename T, typename... Args>
  T* New(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (Allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
  }
  // Uninitialised array of a trivial type.
  template <typename T>
  T* NewArray(size_t n) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(Allocate(n * sizeof(T), alignof(T)));
  }
  // A copy of `bytes` that lives as long as the arena.
  std::string_view Copy(std::string_view bytes);
  // `a`, `b` and `c` in one.
  std::string_view Concat(std::string_view a, std::string_view b, std::string_view c = {});

  // Ends the life of everything allocated so far and gives the blocks back.
  void Reset();
  BlockPool& pool() { return pool_; }

 private:
  void* AllocateSlow(size_t bytes, size_t align);
  BlockPool& pool_;
  Block* blocks_ = nullptr;  // chain through next_free, newest first
  char* cursor_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace sluice::buffer
