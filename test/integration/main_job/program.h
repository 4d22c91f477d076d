// One of our programs as a child process: its JSON lines on stdout are read, it ends with us.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <mutex>
#include <condition_variable>
#include <string>
#include <thread>
#include <vector>

namespace sluice::mainjob {

class Program final {
 public:
  // Starts `command`; stderr goes to `log_path`. Dies with a message if it cannot be started.
  Program(std::string name, const std::vector<std::string>& command, const std::string& log_path);
  // SIGKILL if it still runs.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // True when {"ready":true} came within `most`.
  bool WaitReady(std::chrono::milliseconds most);
  // Of a listener that was announced; "" if it was not.
  std::string AddressOf(const std::string& listener);
  // Waits for the announcement of a listener.
  std::string WaitAddress(const std::string& listener, std::chrono::milliseconds most);
  void Signal(int signal);
  // The exit code, or 128 + signal.
  int Wait();
  pid_t pid() const { return pid_; }
  const std::string& name() const { return name_; }

 private:
  void Read(int fd);
  const std::string name_;
  pid_t pid_ = -1;
  std::mutex mutex_;
  std::condition_variable said_;
  std::map<std::string, std::string> addresses_;  // guarded by mutex_
  bool ready_ = false;                            // guarded by mutex_
  bool ended_ = false;                            // guarded by mutex_
  bool waited_ = false;
  std::thread reader_;
};

}  // namespace sluice::mainjob
