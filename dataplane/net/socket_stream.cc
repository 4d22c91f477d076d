#include "dataplane/net/socket_stream.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "dataplane/base/check.h"
#include "dataplane/net/socket.h"

namespace sluice::net {
namespace {

// What to ask Buffer::Reserve for at each step. One byte more than a smaller block holds gives a
// new block of the next size, yet uses the tail of the present one while it is worth a system call;
// a peer that sends single bytes fills blocks instead of pinning one per byte.
constexpr std::array<size_t, 3> kReserveAtStep = {
    buffer::kBlockSizes[0] - sizeof(buffer::Block) + 1,
    buffer::kBlockSizes[1] - sizeof(buffer::Block) + 1,
    buffer::kBlockSizes[2] - sizeof(buffer::Block) + 1,
};
constexpr size_t kSmallRead = 4096;
constexpr size_t kMaxIovecs = 64;

// The C library's recv and send may end the thread (pthread_cancel), and pay for it at each call
// with more instructions than all else here; nobody cancels ours. The sanitizers know only those.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(__clang__)
ssize_t CallReceive(int fd, char* into, size_t max) { return recv(fd, into, max, 0); }
ssize_t CallSend(int fd, const char* from, size_t size) {
  return send(fd, from, size, MSG_NOSIGNAL);
}
#else
ssize_t CallReceive(int fd, char* into, size_t max) {
  return syscall(SYS_recvfrom, fd, into, max, 0, nullptr, nullptr);
}
ssize_t CallSend(int fd, const char* from, size_t size) {
  return syscall(SYS_sendto, fd, from, size, MSG_NOSIGNAL, nullptr, size_t{0});
}
#endif

ssize_t Receive(int fd, char* into, size_t max) {
  ssize_t n;
  do {
    n = CallReceive(fd, into, max);
  } while (n < 0 && errno == EINTR);
  return n;
}

ssize_t SendOnce(int fd, std::string_view bytes) {
  ssize_t n;
  do {
    n = CallSend(fd, bytes.data(), bytes.size());
  } while (n < 0 && errno == EINTR);
  return n;
}

ssize_t SendMessage(int fd, const buffer::Buffer& from, size_t& offered) {
  if (from.slice_count() == 1) {
    // Most messages; the kernel has no list of pieces to copy and check.
    offered = from.size();
    return SendOnce(fd, from.front());
  }
  iovec parts[kMaxIovecs];
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = from.FillIovecs(parts);
  offered = 0;
  for (size_t i = 0; i < message.msg_iovlen; ++i) offered += parts[i].iov_len;
  ssize_t n;
  do {
    n = sendmsg(fd, &message, MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  return n;
}

}  // namespace

std::unique_ptr<SocketStream> SocketStream::Connect(event::Loop& loop, buffer::BlockPool& pool,
                                                    const Address& to, event::IoPass pass,
                                                    const std::optional<Address>& source) {
  std::unique_ptr<SocketStream> stream(new SocketStream(loop, pool, to));
  stream->state_ = State::kConnecting;
  FdResult started = StartConnect(to, source);
  if (started.fd.valid()) {
    stream->Watch(started.fd.Release(), pass);
  } else {
    stream->error_ = started.error;
    stream->CallAgain();
  }
  return stream;
}

std::unique_ptr<SocketStream> SocketStream::Adopt(event::Loop& loop, buffer::BlockPool& pool,
                                                  int fd, const Address& peer,
                                                  event::IoPass pass) {
  std::unique_ptr<SocketStream> stream(new SocketStream(loop, pool, peer));
  stream->writable_ = true;
  stream->Watch(fd, pass);
  return stream;
}

SocketStream::~SocketStream() { Close(); }

void SocketStream::Watch(int fd, event::IoPass pass) {
  fd_ = fd;
  token_ = loop_.Add(fd, *this, pass);
  if (token_.valid()) return;
  error_ = ENOMEM;
  read_failed_ = write_failed_ = true;
  CallAgain();
}

void SocketStream::OnIo(uint32_t ready) {
  if (ready & event::kWritable) writable_ = true;
  if (ready & (event::kReadable | event::kPeerClosed | event::kFailed)) readable_ = true;
  // After an error the next call must reach the kernel to learn which.
  if (ready & event::kFailed) writable_ = true;
  if (ready & (event::kPeerClosed | event::kFailed)) peer_closed_ = true;
  if (state_ == State::kConnecting) {
    FinishConnect(ready);
    if (state_ != State::kConnected || closed()) return;
  }
  if (events_ == nullptr) return;
  if (ready & (event::kReadable | event::kPeerClosed | event::kFailed)) {
    events_->OnReadable();
    if (closed() || events_ == nullptr) return;
  }
  if (want_write_ && writable_) {
    want_write_ = false;
    events_->OnWritable();
  }
}

void SocketStream::FinishConnect(uint32_t ready) {
  // A refusal and the like come as an error; a connection that was made and closed again at once
  // is connected, and Read tells the rest.
  if (ready & event::kFailed) error_ = TakeError(fd_);
  if (error_ == 0 && !(ready & event::kWritable)) return;
  state_ = error_ == 0 ? State::kConnected : State::kFailed;
  if (events_ != nullptr) events_->OnConnected(error_ == 0);
}

void SocketStream::CallAgain() {
  again_turn_ = ThisTurn();
  loop_.Post(*this);
}

void SocketStream::Run() {
  // Posted by this turn's I/O, a task runs in this turn still.
  if (again_turn_ == ThisTurn()) return loop_.Post(*this);
  if (events_ == nullptr) return;
  if (state_ == State::kConnecting) {
    state_ = State::kFailed;
    events_->OnConnected(false);
    return;
  }
  events_->OnReadable();
}

IoResult SocketStream::Read(buffer::Buffer& into, size_t max) {
  if (read_failed_ || state_ == State::kFailed || closed()) return {0, IoStatus::kError};
  if (ended_) return {0, IoStatus::kEnd};
  if (!readable_ || state_ == State::kConnecting) return {0, IoStatus::kBlocked};
  if (share_turn_ != ThisTurn()) {
    share_turn_ = ThisTurn();
    share_left_ = kMaxReadPerTurn;
  }
  size_t bytes = 0;
  while (bytes < max && share_left_ > 0) {
    const std::span<char> room = into.Reserve(pool_, kReserveAtStep[read_step_]);
    const size_t offered = std::min({room.size(), max - bytes, size_t{share_left_}});
    const ssize_t n = Receive(fd_, room.data(), offered);
    if (n <= 0) {
      into.ReleaseReserve();
      return ReadStopped(bytes, n == 0 ? 0 : errno);
    }
    into.Commit(static_cast<size_t>(n));
    bytes += static_cast<size_t>(n);
    share_left_ -= static_cast<uint32_t>(n);
    if (static_cast<size_t>(n) == room.size() && read_step_ + 1u < kReserveAtStep.size()) {
      ++read_step_;
    }
    if (static_cast<size_t>(n) < offered && !peer_closed_) {
      if (bytes <= kSmallRead) read_step_ = 0;
      return ReadStopped(bytes, EAGAIN);
    }
  }
  CallAgain();
  return {bytes, bytes == max ? IoStatus::kOk : IoStatus::kBlocked};
}

IoResult SocketStream::ReadStopped(size_t bytes, int error) {
  readable_ = false;
  if (error == EAGAIN || error == EWOULDBLOCK) {
    Unlink();
    return {bytes, IoStatus::kBlocked};
  }
  ended_ = error == 0;
  if (!ended_) {
    error_ = error;
    read_failed_ = true;
  }
  if (bytes == 0) return {0, ended_ ? IoStatus::kEnd : IoStatus::kError};
  CallAgain();
  return {bytes, IoStatus::kOk};
}

IoResult SocketStream::Write(buffer::Buffer& from) {
  if (closed() || write_failed_ || state_ == State::kFailed) return {0, IoStatus::kError};
  size_t bytes = 0;
  while (!from.empty()) {
    if (!writable_ || state_ == State::kConnecting) {
      want_write_ = true;
      return {bytes, IoStatus::kBlocked};
    }
    size_t offered;
    const ssize_t n = SendMessage(fd_, from, offered);
    if (n < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        writable_ = false;
        continue;
      }
      error_ = errno;
      write_failed_ = true;
      return {bytes, IoStatus::kError};
    }
    from.Drain(static_cast<size_t>(n));
    bytes += static_cast<size_t>(n);
    if (static_cast<size_t>(n) < offered) writable_ = false;
  }
  return {bytes, IoStatus::kOk};
}

void SocketStream::ShutdownWrite() {
  if (!closed()) shutdown(fd_, SHUT_WR);
}

void SocketStream::Forget() {
  Unlink();
  fd_ = -1;
}

void SocketStream::Close() {
  if (closed()) return Forget();
  loop_.Remove(fd_, token_);
  close(fd_);
  Forget();
}

void SocketStream::Abort() {
  if (!closed()) ResetOnClose(fd_);
  Close();
}

int SocketStream::Release() {
  base::Check(!closed() && state_ == State::kConnected, "only a connected socket is handed on");
  loop_.Remove(fd_, token_);
  const int fd = fd_;
  Forget();
  return fd;
}

void SocketStream::Disown() {
  loop_.Forget(token_);
  Forget();
}

const Address& SocketStream::local() const {
  if (local_.family() == AF_UNSPEC && !closed()) local_ = LocalAddress(fd_);
  return local_;
}

}  // namespace sluice::net
