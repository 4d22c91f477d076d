// One listen socket of one worker: accepts connections, a few per turn.
//
// The socket belongs to main (net/listen_sockets.h), which closes it after every worker let go; the
// acceptor only borrows the descriptor. Level-triggered, so that what is not accepted now is
// reported again. When the process is out of descriptors or memory, accepting pauses for a moment
// instead of spinning (reliability F24). Thread: one worker.
#pragma once

#include "dataplane/event/loop.h"
#include "dataplane/net/socket.h"

namespace sluice::worker {

class Acceptor final : private event::IoHandler, private event::Timer::Handler {
 public:
  // Receives each accepted connection.
  class Sink {
   public:
    virtual void OnAccepted(net::Fd fd, const net::Address& peer, Acceptor& from) = 0;

   protected:
    ~Sink() = default;
  };
  static constexpr int kPerEvent = 4;
  static constexpr base::Duration kPause = std::chrono::milliseconds(100);

  // `loop` and `sink` outlive the acceptor.
  Acceptor(event::Loop& loop, int listen_fd, Sink& sink);
  ~Acceptor();
  // Takes everything that already waits in the backlog; before the socket is given back.
  void AcceptRest();
  int fd() const { return fd_; }

 private:
  void OnIo(uint32_t ready) override;
  void OnTimer(event::Timer& timer) override;
  // False when nothing is left to accept or accepting paused.
  bool AcceptOne();
  void Watch();
  void Unwatch();

  event::Loop& loop_;
  const int fd_;
  Sink& sink_;
  event::IoToken token_;
  event::Timer pause_;
};

}  // namespace sluice::worker
