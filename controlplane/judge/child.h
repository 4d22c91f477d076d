// A child process that is ended with its owner, and whose end is told.
//
// Owner: who started it. Threads: Start and the destructor on any one thread; `on_exit` is called
// once, on a thread of the child's own, and not after the destructor has returned. The child gets
// SIGTERM when our process ends, however that ends.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"

namespace sluice::judge {

class Child final {
 public:
  // `command[0]` is a path. NOT_FOUND if it cannot be run. stdin and stdout are /dev/null, stderr is
  // ours. `on_exit`: the status of waitpid.
  static absl::StatusOr<std::unique_ptr<Child>> Start(const std::vector<std::string>& command,
                                                      std::function<void(int)> on_exit);
  // Kills it (SIGKILL) and waits.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void Kill();
  pid_t pid() const { return pid_; }

 private:
  Child(pid_t pid, int pidfd) : pid_(pid), pidfd_(pidfd) {}
  const pid_t pid_;
  const int pidfd_;
  std::thread waiter_;
};

}  // namespace sluice::judge
