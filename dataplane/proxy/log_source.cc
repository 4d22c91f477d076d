#include "dataplane/proxy/log_source.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "dataplane/base/check.h"

namespace sluice::proxy {

LogWake::LogWake() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  base::Check(fd_ >= 0, "an eventfd can be made");
}

LogWake::~LogWake() { close(fd_); }

void LogWake::Write() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(fd_, &one, sizeof one);
}

void LogWake::Sleep(int milliseconds) {
  sleeping_.store(true, std::memory_order_seq_cst);
  pollfd wait{fd_, POLLIN, 0};
  if (poll(&wait, 1, milliseconds) > 0) {
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t taken = read(fd_, &count, sizeof count);
  }
  sleeping_.store(false, std::memory_order_relaxed);
}

void LogSource::HoldOther(const std::shared_ptr<const config::AccessLogSpec>& spec) {
  auto it = held_.find(spec.get());
  if (it == held_.end()) {
    DropUnused();
    it = held_.try_emplace(spec.get(), Held{spec, std::make_unique<uint64_t>()}).first;
  }
  last_spec_ = spec.get();
  last_position_ = it->second.position.get();
  *last_position_ = ring_.produced();
}

// A spec that only we hold belongs to no snapshot any more, so no new record of it can come; once
// the ring has passed its last record nobody will look at it.
void LogSource::DropUnused() {
  const uint64_t consumed = ring_.consumed();
  absl::erase_if(held_, [&](const auto& entry) {
    const Held& held = entry.second;
    return held.spec.use_count() == 1 && *held.position < consumed;
  });
  last_spec_ = nullptr;
}

}  // namespace sluice::proxy
