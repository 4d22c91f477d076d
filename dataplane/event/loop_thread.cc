#include "dataplane/event/loop_thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <utility>

#include "dataplane/base/check.h"

namespace sluice::event {
namespace {

void ApplyToThisThread(const LoopThread::Options& options) {
  pthread_setname_np(pthread_self(), options.name.substr(0, 15).c_str());
  if (options.cpu.has_value() && *options.cpu >= 0 && *options.cpu < CPU_SETSIZE) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(*options.cpu, &cpus);
    // Refused inside a smaller cpuset: then the kernel places the thread, which is only slower.
    pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
  }
  // On Linux a niceness belongs to a thread, whatever POSIX says.
  if (options.nice != 0) setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), options.nice);
}

}  // namespace

LoopThread::~LoopThread() {
  if (!thread_.joinable()) return;
  Stop();
  Join();
}

void LoopThread::Start(Options options) {
  base::Check(!thread_.joinable(), "a loop thread is started once");
  thread_ = std::thread([this, options = std::move(options)] {
    ApplyToThisThread(options);
    RunAsOwner();
  });
}

void LoopThread::RunHere() { RunAsOwner(); }

void LoopThread::RunAsOwner() {
  runner_.store(std::this_thread::get_id(), std::memory_order_release);
  loop_.Run();
  runner_.store(std::thread::id(), std::memory_order_release);
}

void LoopThread::Join() {
  if (thread_.joinable()) thread_.join();
}

bool LoopThread::IsCurrent() const {
  const std::thread::id runner = runner_.load(std::memory_order_acquire);
  return runner == std::thread::id() || runner == std::this_thread::get_id();
}

void LoopThread::AssertCurrent() const {
  base::Check(IsCurrent(), "an object is used on its own loop only");
}

}  // namespace sluice::event
