#include "dataplane/http2/stream_table.h"

#include <algorithm>
#include <new>
#include <utility>

#include "dataplane/http2/options.h"

namespace sluice::http2 {
namespace {

constexpr uint32_t kGenerations = UINT32_MAX / kMaxStreams;

}  // namespace

StreamTable::StreamTable(buffer::BlockPool& pool, uint32_t max_streams)
    : pool_(pool), max_streams_(std::min(max_streams, kMaxStreams)) {}

ClientStream* StreamTable::Open(http::StreamEvents& events) {
  uint32_t slot = free_ - 1;
  if (free_ == 0) {
    if (slots_.size() == max_streams_) return nullptr;
    slot = static_cast<uint32_t>(slots_.size());
    slots_.push_back(std::make_unique<ClientStream>(pool_));
    generations_.push_back(0);
  } else {
    free_ = slots_[slot]->next_free;
  }
  // Never 0, so that no id is.
  generations_[slot] = generations_[slot] % (kGenerations - 1) + 1;
  ClientStream& stream = *slots_[slot];
  stream.id = generations_[slot] * kMaxStreams + slot;
  stream.events = &events;
  stream.counted = true;
  ++open_;
  ++in_use_;
  return &stream;
}

ClientStream* StreamTable::Find(http::StreamId id) const {
  const uint32_t slot = id % kMaxStreams;
  if (id == 0 || slot >= slots_.size() || slots_[slot]->id != id) return nullptr;
  return slots_[slot].get();
}

void StreamTable::Uncount(ClientStream& stream) {
  if (!stream.counted) return;
  stream.counted = false;
  --open_;
}

void StreamTable::Free(ClientStream& stream) {
  Uncount(stream);
  --in_use_;
  const uint32_t slot = stream.id % kMaxStreams;
  // A long body has made its buffer's ring grow: worth keeping.
  buffer::Buffer body = std::move(stream.body);
  body.Clear();
  stream.~ClientStream();
  new (&stream) ClientStream(pool_);
  stream.body = std::move(body);
  stream.next_free = free_;
  free_ = slot + 1;
}

}  // namespace sluice::http2
