// Counts system calls of each thread, to prove what a request costs a worker. Linking this library
// replaces the C library's functions for data, readiness and the options of sockets by ones that
// count and then call the kernel; other calls are not seen. (clock_gettime is none: it stays in
// user space.)
#pragma once

#include <cstdint>

namespace sluice::test {

struct SystemCalls {
  uint64_t data = 0;   // read, recv, write, send and their relatives
  uint64_t wait = 0;   // epoll_wait, poll
  uint64_t other = 0;  // epoll_ctl, accept4, close, shutdown, fcntl, get/setsockopt, getsockname
};

// Of the calling thread, since it began.
SystemCalls SystemCallsOfThisThread();

}  // namespace sluice::test
