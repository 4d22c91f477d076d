// All workers of the process, and what is done to them together.
//
// Owner and thread: main, but for Confirm, which any thread may call. `Adopt`, `Drain` and `Confirm`
// post to every worker and call back on a loop when the last one has answered: a worker that is
// delayed delays the answer, never the other workers.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "dataplane/event/loop.h"
#include "dataplane/worker/worker.h"

namespace sluice::worker {

class WorkerSet final {
 public:
  struct Options {
    uint32_t count = 1;
    const base::Clock& clock;
    upstream::Registry& registry;
    proxy::LogWriter& log_writer;
    event::Loop& main_loop;
  };
  explicit WorkerSet(const Options& options);

  void Start();
  // Ends all threads.
  void Join();

  // `sockets[i]` are worker i's. `done` runs on main when every worker serves the snapshot.
  void Adopt(const std::shared_ptr<const config::Snapshot>& snapshot,
             const std::vector<std::vector<ListenerSocket>>& sockets, std::function<void()> done);
  // `done` runs on main when no worker has a connection left.
  void Drain(std::function<void()> done);
  // `done` runs on `on` when every worker has finished what was posted to it before by the calling
  // thread, and reads what the caller published before. Thread-safe while the workers run.
  void Confirm(event::Loop& on, std::function<void()> done);

  size_t size() const { return workers_.size(); }
  const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }

 private:
  // Counts answers on `on`; calls `done` with the last.
  std::function<void()> Gather(event::Loop& on, std::function<void()> done);

  const Options options_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace sluice::worker
