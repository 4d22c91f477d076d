#include "dataplane/worker/acceptor.h"

#include <cerrno>

#include "dataplane/base/log.h"

namespace sluice::worker {

Acceptor::Acceptor(event::Loop& loop, int listen_fd, Sink& sink)
    : loop_(loop), fd_(listen_fd), sink_(sink), pause_(loop.timers(), *this) {
  Watch();
}

Acceptor::~Acceptor() { Unwatch(); }

void Acceptor::Watch() {
  token_ = loop_.Add(fd_, *this, event::IoPass::kDownstream, event::Trigger::kLevel);
}

void Acceptor::Unwatch() { loop_.Remove(fd_, token_); }

bool Acceptor::AcceptOne() {
  net::Accepted accepted = net::Accept(fd_);
  if (accepted.fd.valid()) {
    sink_.OnAccepted(std::move(accepted.fd), accepted.peer, *this);
    return true;
  }
  if (accepted.error == EAGAIN) return false;
  base::LogWarn("accept: {}; pausing", net::ErrnoText(accepted.error));
  Unwatch();
  pause_.ArmAt(loop_.now() + kPause);
  return false;
}

void Acceptor::OnIo(uint32_t) {
  for (int i = 0; i < kPerEvent && AcceptOne(); ++i) {
  }
}

void Acceptor::AcceptRest() {
  while (AcceptOne()) {
  }
}

void Acceptor::OnTimer(event::Timer&) { Watch(); }

}  // namespace sluice::worker
