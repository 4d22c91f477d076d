#include "test/integration/main_job/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace sluice::mainjob {

namespace {

// The text value of `key` in a line of our programs' JSON; "" if it has none.
std::string Value(const std::string& line, const std::string& key) {
  const std::string start = "\"" + key + "\":\"";
  const size_t at = line.find(start);
  if (at == std::string::npos) return "";
  const size_t from = at + start.size();
  return line.substr(from, line.find('"', from) - from);
}

}  // namespace

Program::Program(std::string name, const std::vector<std::string>& command, const std::string& log_path)
    : name_(std::move(name)) {
  int out[2];
  if (pipe2(out, O_CLOEXEC) != 0) std::abort();
  const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out[1], STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(out[1]);
  close(log);
  reader_ = std::thread([this, fd = out[0]] { Read(fd); });
}

Program::~Program() {
  Signal(SIGKILL);
  Wait();
  reader_.join();
}

void Program::Read(int fd) {
  FILE* stream = fdopen(fd, "r");
  char* text = nullptr;
  size_t size = 0;
  while (getline(&text, &size, stream) > 0) {
    const std::string line = text;
    const std::lock_guard lock(mutex_);
    if (const std::string listener = Value(line, "listener"); !listener.empty()) {
      addresses_[listener] = Value(line, "address");
    }
    if (line.find("\"ready\":true") != std::string::npos) ready_ = true;
    said_.notify_all();
  }
  std::free(text);
  fclose(stream);
  const std::lock_guard lock(mutex_);
  ended_ = true;
  said_.notify_all();
}

bool Program::WaitReady(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  said_.wait_for(lock, most, [&] { return ready_ || ended_; });
  return ready_;
}

std::string Program::AddressOf(const std::string& listener) {
  return WaitAddress(listener, std::chrono::milliseconds(0));
}

std::string Program::WaitAddress(const std::string& listener, std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  said_.wait_for(lock, most, [&] { return addresses_.contains(listener) || ended_; });
  const auto it = addresses_.find(listener);
  return it == addresses_.end() ? "" : it->second;
}

void Program::Signal(int signal) {
  if (!waited_) kill(pid_, signal);
}

int Program::Wait() {
  if (waited_) return -1;
  int status = 0;
  waitpid(pid_, &status, 0);
  waited_ = true;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace sluice::mainjob
