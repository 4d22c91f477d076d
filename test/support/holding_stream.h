// An in-memory ByteStream that behaves like TLS where TLS is least like a socket:
//  * bytes come as one arrival and then lie inside the stream, where no edge tells of them;
//  * a write may have to wait for a read (HoldWrites), and OnWritable then follows an arrival;
//  * there is no descriptor.
// Streams come in pairs; what one writes the other reads. A direction has a capacity, so writes
// block until the other side reads. Thread: one loop for both.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "dataplane/event/loop.h"
#include "dataplane/net/byte_stream.h"

namespace sluice::test {

class HoldingStream final : public net::ByteStream, private event::Task {
 public:
  using Pair = std::pair<std::unique_ptr<HoldingStream>, std::unique_ptr<HoldingStream>>;
  static constexpr size_t kDefaultCapacity = 65536;

  // `capacity`: bytes that may lie unread in one direction.
  static Pair MakePair(event::Loop& loop, size_t capacity = kDefaultCapacity);
  ~HoldingStream() override;

  // From now on Write blocks until something arrives from the other side.
  void HoldWrites() { writes_held_ = true; }
  void set_addresses(const net::Address& peer, const net::Address& local);

  void SetEvents(net::StreamEvents* events) override { events_ = events; }
  net::IoResult Read(buffer::Buffer& into, size_t max) override;
  net::IoResult Write(buffer::Buffer& from) override;
  void ShutdownWrite() override;
  void Close() override;
  void Abort() override;
  bool closed() const override { return closed_; }
  const net::Address& peer() const override { return peer_; }
  const net::Address& local() const override { return local_; }
  int plain_fd() const override { return -1; }

 private:
  HoldingStream(event::Loop& loop, size_t capacity) : loop_(loop), capacity_(capacity) {}
  void Run() override;
  void CallLater();
  // The other side did something that this one may have waited for.
  void OnArrival();
  void OnRoom();
  void Leave(bool reset);

  event::Loop& loop_;
  const size_t capacity_;
  HoldingStream* other_ = nullptr;  // nullptr once it was closed
  net::StreamEvents* events_ = nullptr;
  net::Address peer_;
  net::Address local_;
  buffer::Buffer held_;  // arrived, not yet read
  uint64_t asked_in_turn_ = 0;
  bool owes_readable_ = false;
  bool owes_writable_ = false;
  bool want_write_ = false;
  bool writes_held_ = false;
  bool shut_ = false;
  bool peer_ended_ = false;
  bool peer_reset_ = false;
  bool closed_ = false;
};

}  // namespace sluice::test
