// A ByteStream over a connected socket: the plain one.
//
// The descriptor is registered once, edge-triggered. Edges only set bits here; a short read or
// write clears its bit without a further system call to be told "nothing more", and a blocked owner
// is called at the next edge. A Read takes what the socket offers, in blocks of 4 KiB that grow to
// 16 and 64 KiB while reads come back full, and at most 64 KiB per turn, so that one busy
// connection cannot hold the turn. Thread: the loop's.
//
// A peer that sends and closes shows both in one edge and no other edge follows: once a close was
// seen, Read goes on to the end in spite of short reads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "dataplane/event/loop.h"
#include "dataplane/net/byte_stream.h"

namespace sluice::net {

class SocketStream final : public ByteStream, private event::IoHandler, private event::Task {
 public:
  static constexpr size_t kMaxReadPerTurn = 65536;

  // `source`: the local address to bind, if any.
  // Starts to connect; OnConnected follows on a later turn, also when it failed at once. Until then
  // Read and Write return kBlocked. `loop` and `pool` (that loop's) outlive the stream.
  static std::unique_ptr<SocketStream> Connect(event::Loop& loop, buffer::BlockPool& pool,
                                               const Address& to, event::IoPass pass,
                                               const std::optional<Address>& source = {});
  // Takes over a connected, non-blocking `fd`. When the kernel has no memory to watch it, the
  // stream's calls return kError and OnReadable tells the owner to find out.
  static std::unique_ptr<SocketStream> Adopt(event::Loop& loop, buffer::BlockPool& pool, int fd,
                                             const Address& peer, event::IoPass pass);
  ~SocketStream() override;

  void SetEvents(StreamEvents* events) override { events_ = events; }
  IoResult Read(buffer::Buffer& into, size_t max) override;
  IoResult Write(buffer::Buffer& from) override;
  void ShutdownWrite() override;
  void Close() override;
  void Abort() override;
  bool closed() const override { return fd_ < 0; }
  const Address& peer() const override { return peer_; }
  // Asked from the kernel at the first call.
  const Address& local() const override;
  int plain_fd() const override { return fd_; }

  // Gives up the descriptor without closing it: the stream is closed(), the caller owns the fd,
  // which is registered nowhere. Only while connected.
  [[nodiscard]] int Release();
  // The same after another loop's thread has deleted the descriptor from this loop's epoll set and
  // owns it: no call touches it (idle sharing; upstream/ has the protocol).
  void Disown();
  // This loop's registration of the idle connection, which a taker needs.
  int epoll_fd() const { return loop_.epoll_fd(); }

  // errno of what ended the stream (a failed connect, read or write); 0 if nothing did.
  int error() const { return error_; }

 private:
  enum class State : uint8_t { kConnecting, kConnected, kFailed };

  SocketStream(event::Loop& loop, buffer::BlockPool& pool, const Address& peer)
      : loop_(loop), pool_(pool), peer_(peer) {}
  void Watch(int fd, event::IoPass pass);
  void OnIo(uint32_t ready) override;
  void FinishConnect(uint32_t ready);
  void Run() override;  // the promised OnReadable of a later turn
  void CallAgain();
  // Ends a Read that took `bytes`: `error` is EAGAIN, 0 for the peer's end, or what failed.
  IoResult ReadStopped(size_t bytes, int error);
  void Forget();
  uint32_t ThisTurn() const { return static_cast<uint32_t>(loop_.turns()); }

  event::Loop& loop_;
  buffer::BlockPool& pool_;
  StreamEvents* events_ = nullptr;
  int fd_ = -1;
  event::IoToken token_;
  Address peer_;
  mutable Address local_;
  int error_ = 0;
  uint32_t share_turn_ = 0;  // the turn (low bits) that `share_left_` is about
  uint32_t share_left_ = 0;  // bytes that Read may still take in it
  uint32_t again_turn_ = 0;  // when a callback was promised for a later turn
  State state_ = State::kConnected;
  uint8_t read_step_ = 0;     // index of the block size to read into
  bool readable_ = false;
  bool writable_ = false;
  bool peer_closed_ = false;  // the kernel said so; the bytes before it may be unread
  bool want_write_ = false;   // a Write returned kBlocked and OnWritable is owed
  bool ended_ = false;        // Read returned or will return kEnd
  bool read_failed_ = false;
  bool write_failed_ = false;
};

}  // namespace sluice::net
