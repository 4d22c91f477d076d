#include "controlplane/judge/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sluice::judge {

namespace {

// What the waiter tells of its fork.
struct Started {
  pid_t pid = -1;
  int error = 0;
  int pidfd = -1;
};

// Between fork and exec: only async-signal-safe calls. Never returns.
[[noreturn]] void Exec(char* const* arguments, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (getppid() != parent) _exit(126);  // it died before prctl
  const int null = open("/dev/null", O_RDWR);
  dup2(null, STDIN_FILENO);
  dup2(null, STDOUT_FILENO);
  execv(arguments[0], arguments);
  _exit(127);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Child>> Child::Start(const std::vector<std::string>& command,
                                                    std::function<void(int)> on_exit) {
  if (access(command[0].c_str(), X_OK) != 0) {
    return absl::NotFoundError(fmt::format("'{}': {}", command[0], std::strerror(errno)));
  }
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  // The waiter thread is the forking one too: PR_SET_PDEATHSIG goes by thread, and it lives as long
  // as the child does.
  auto started = std::make_shared<Started>();
  std::unique_ptr<Child> child;
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) != 0) return absl::ResourceExhaustedError(std::strerror(errno));
  auto exit = std::make_shared<std::function<void(int)>>(std::move(on_exit));
  std::thread waiter([arguments, parent, started, ready_fd = ready[1], exit] {
    const pid_t pid = fork();
    if (pid == 0) Exec(arguments.data(), parent);
    *started = {pid, errno, pid < 0 ? -1 : static_cast<int>(syscall(SYS_pidfd_open, pid, 0))};
    const char byte = 0;
    (void)!write(ready_fd, &byte, 1);
    close(ready_fd);
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) return;
    (*exit)(status);
  });
  char byte;
  (void)!read(ready[0], &byte, 1);
  close(ready[0]);
  if (started->pid < 0) {
    waiter.join();
    return absl::ResourceExhaustedError(fmt::format("fork: {}", std::strerror(started->error)));
  }
  child.reset(new Child(started->pid, started->pidfd));
  child->waiter_ = std::move(waiter);
  return child;
}

// By descriptor: the number may belong to another process once the child was waited for.
void Child::Kill() { syscall(SYS_pidfd_send_signal, pidfd_, SIGKILL, nullptr, 0); }

Child::~Child() {
  Kill();
  waiter_.join();
  close(pidfd_);
}

}  // namespace sluice::judge
