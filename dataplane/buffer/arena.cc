#include "dataplane/buffer/arena.h"

#include <algorithm>
#include <cstring>

namespace sluice::buffer {
namespace {

constexpr size_t kBlockBytes = kBlockSizes[1] - sizeof(Block);
// A request above this that does not fit gets a block of its own, so that the rest of the current
// block is not lost.
constexpr size_t kOwnBlockAbove = kBlockBytes / 4;

}  // namespace

void* Arena::AllocateSlow(size_t bytes, size_t align) {
  // Block data may be aligned to 8 only; `align` spare bytes cover the difference.
  const size_t needed = bytes + align;
  const bool own_block = cursor_ != nullptr && bytes > kOwnBlockAbove;
  Block* block = pool_.Take(own_block ? needed : std::max(needed, kBlockBytes));
  block->next_free = blocks_;
  blocks_ = block;
  const uintptr_t at = (reinterpret_cast<uintptr_t>(block->data()) + align - 1) & ~(align - 1);
  if (!own_block) {
    cursor_ = reinterpret_cast<char*>(at + bytes);
    end_ = block->data() + block->capacity;
  }
  return reinterpret_cast<void*>(at);
}

std::string_view Arena::Copy(std::string_view bytes) { return Concat(bytes, {}); }

std::string_view Arena::Concat(std::string_view a, std::string_view b, std::string_view c) {
  const size_t size = a.size() + b.size() + c.size();
  if (size == 0) return {};
  char* const out = static_cast<char*>(Allocate(size, 1));
  char* at = out;
  for (const std::string_view part : {a, b, c}) {
    if (part.empty()) continue;
    std::memcpy(at, part.data(), part.size());
    at += part.size();
  }
  return {out, size};
}

void Arena::Reset() {
  while (blocks_ != nullptr) {
    Block* block = std::exchange(blocks_, blocks_->next_free);
    BlockPool::Release(block);
  }
  cursor_ = end_ = nullptr;
}

}  // namespace sluice::buffer
