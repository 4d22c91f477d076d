// Signals as events of main's loop: SIGTERM becomes a drain, not an interrupted thread.
//
//   Signals::BlockAndIgnorePipe({SIGTERM, SIGINT});    // first thing in main, before any thread
//   Signals signals(loop, {SIGTERM, SIGINT}, [&](int signal) { Drain(); });
//
// Thread: the loop's; the block is inherited by threads started later, so nobody else gets them.
#pragma once

#include <functional>
#include <initializer_list>

#include "dataplane/event/loop.h"

namespace sluice::event {

class Signals final : private IoHandler {
 public:
  // Blocks `signals` in the calling thread and those it starts, and ignores SIGPIPE in the process
  // (a peer that closed is an error value of a write).
  static void BlockAndIgnorePipe(std::initializer_list<int> signals);

  // Calls `on_signal` on the loop, once per delivered signal; equal ones may be merged by the
  // kernel. `loop` outlives this.
  Signals(Loop& loop, std::initializer_list<int> signals, std::function<void(int)> on_signal);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  void OnIo(uint32_t ready) override;

  Loop& loop_;
  std::function<void(int)> on_signal_;
  int fd_;
  IoToken token_;
};

}  // namespace sluice::event
