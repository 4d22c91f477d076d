#include <cstring>

#include "dataplane/buffer/buffer.h"

namespace sluice::buffer {

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

}  // namespace sluice::buffer
