#include "test/support/system_call_counter.h"

#include <dlfcn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdarg>
#include <cstddef>

namespace sluice::test {
namespace {

thread_local SystemCalls calls;

using SystemCall = long (*)(long number, ...);

// The C library's `syscall`, which is counted here too: the proxy passes by its recv and send.
SystemCall Uncounted() {
  static const auto next = reinterpret_cast<SystemCall>(dlsym(RTLD_NEXT, "syscall"));
  return next;
}

template <typename... Arguments>
long Count(uint64_t& counter, long number, Arguments... arguments) {
  ++counter;
  return Uncounted()(number, arguments...);
}

}  // namespace

SystemCalls SystemCallsOfThisThread() { return calls; }

}  // namespace sluice::test

using sluice::test::calls;
using sluice::test::Count;

// The signatures are the C library's, without its headers, whose declarations differ in attributes.
extern "C" {

long syscall(long number, ...) noexcept {
  va_list list;
  va_start(list, number);
  long a[6];
  for (long& one : a) one = va_arg(list, long);
  va_end(list);
  const bool data = number == SYS_recvfrom || number == SYS_sendto;
  uint64_t uncounted = 0;
  return Count(data ? calls.data : uncounted, number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
ssize_t read(int fd, void* to, size_t n) { return Count(calls.data, SYS_read, fd, to, n); }
ssize_t write(int fd, const void* from, size_t n) {
  return Count(calls.data, SYS_write, fd, from, n);
}
ssize_t readv(int fd, const void* parts, int n) {
  return Count(calls.data, SYS_readv, fd, parts, n);
}
ssize_t writev(int fd, const void* parts, int n) {
  return Count(calls.data, SYS_writev, fd, parts, n);
}
ssize_t recv(int fd, void* to, size_t n, int flags) {
  return Count(calls.data, SYS_recvfrom, fd, to, n, flags, nullptr, nullptr);
}
ssize_t send(int fd, const void* from, size_t n, int flags) {
  return Count(calls.data, SYS_sendto, fd, from, n, flags, nullptr, 0);
}
ssize_t recvmsg(int fd, void* message, int flags) {
  return Count(calls.data, SYS_recvmsg, fd, message, flags);
}
ssize_t sendmsg(int fd, const void* message, int flags) {
  return Count(calls.data, SYS_sendmsg, fd, message, flags);
}
int epoll_wait(int fd, void* events, int n, int timeout) {
  return static_cast<int>(
      Count(calls.wait, SYS_epoll_pwait, fd, events, n, timeout, nullptr, size_t{8}));
}
int poll(void* fds, unsigned long n, int timeout) {
  struct {
    long seconds, nanoseconds;
  } wait{timeout / 1000, timeout % 1000 * 1'000'000L};
  void* const at_most = timeout < 0 ? nullptr : &wait;
  return static_cast<int>(Count(calls.wait, SYS_ppoll, fds, n, at_most, nullptr, size_t{8}));
}
int epoll_ctl(int fd, int operation, int watched, void* event) noexcept {
  return static_cast<int>(Count(calls.other, SYS_epoll_ctl, fd, operation, watched, event));
}
int accept4(int fd, void* address, void* size, int flags) {
  return static_cast<int>(Count(calls.other, SYS_accept4, fd, address, size, flags));
}
int close(int fd) { return static_cast<int>(Count(calls.other, SYS_close, fd)); }
int shutdown(int fd, int how) noexcept {
  return static_cast<int>(Count(calls.other, SYS_shutdown, fd, how));
}
int getsockopt(int fd, int level, int name, void* value, void* size) noexcept {
  return static_cast<int>(Count(calls.other, SYS_getsockopt, fd, level, name, value, size));
}
int setsockopt(int fd, int level, int name, const void* value, unsigned size) noexcept {
  return static_cast<int>(Count(calls.other, SYS_setsockopt, fd, level, name, value, size));
}
int getsockname(int fd, void* address, void* size) noexcept {
  return static_cast<int>(Count(calls.other, SYS_getsockname, fd, address, size));
}

}  // extern "C"
