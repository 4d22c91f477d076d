#include "dataplane/event/signals.h"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "dataplane/base/check.h"

namespace sluice::event {
namespace {

sigset_t SetOf(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : signals) sigaddset(&set, signal);
  return set;
}

}  // namespace

void Signals::BlockAndIgnorePipe(std::initializer_list<int> signals) {
  const sigset_t set = SetOf(signals);
  base::Check(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0, "signals can be blocked");
  std::signal(SIGPIPE, SIG_IGN);
}

Signals::Signals(Loop& loop, std::initializer_list<int> signals,
                 std::function<void(int)> on_signal)
    : loop_(loop), on_signal_(std::move(on_signal)) {
  const sigset_t set = SetOf(signals);
  fd_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  base::Check(fd_ >= 0, "a signalfd can be made");
  token_ = loop_.Add(fd_, *this, IoPass::kDownstream, Trigger::kLevel);
  base::Check(token_.valid(), "signals can be watched");
}

Signals::~Signals() {
  loop_.Remove(fd_, token_);
  close(fd_);
}

void Signals::OnIo(uint32_t) {
  signalfd_siginfo info;
  if (read(fd_, &info, sizeof(info)) != sizeof(info)) return;
  on_signal_(static_cast<int>(info.ssi_signo));
}

}  // namespace sluice::event
