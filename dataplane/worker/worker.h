// One worker: a loop on its own thread, with the connections, pools and buffers that live there.
//
// Owner: WorkerSet. Threads: the constructor, Start and the destructor on main; Post* from any
// thread (they only put a message into the mailbox); everything else on the worker.
// State: the current snapshot (by a ListenerBinding per listener), downstream connections, the
// worker's view of clusters. Revision change: Adopt swaps the bindings between two events; requests
// under way keep the snapshot they began with; then `done` is called, on the worker. A delayed
// worker confirms late, and nobody but the caller of Adopt waits. A silent peer is the connections'
// business. Restart: nothing survives.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/base/random.h"
#include "dataplane/buffer/block_pool.h"
#include "dataplane/config/snapshot.h"
#include "dataplane/event/loop_thread.h"
#include "dataplane/net/socket.h"
#include "dataplane/proxy/access_log.h"
#include "dataplane/proxy/downstream_connection.h"
#include "dataplane/upstream/registry.h"
#include "dataplane/worker/acceptor.h"
#include "dataplane/worker/pool_trimmer.h"

namespace sluice::worker {

class Worker;

// A listener's socket for one worker; the descriptor stays main's.
struct ListenerSocket {
  std::string listener;
  int fd = -1;
};

class Worker final : private Acceptor::Sink {
 public:
  // Everything borrowed outlives the worker. `peers` is complete before Start.
  struct Options {
    uint32_t index = 0;
    const base::Clock& clock;
    upstream::Registry& registry;
    proxy::LogWriter& log_writer;
    const std::vector<std::unique_ptr<Worker>>& peers;
  };
  explicit Worker(const Options& options);
  ~Worker();

  void Start();
  // Thread-safe: the loop ends after its turn.
  void Stop() { thread_.Stop(); }
  // Waits for the thread; connections are dropped.
  void Join();

  // Serves `snapshot` on `sockets`; listeners that are not in it stop accepting and drain. `done` is
  // called on the worker; after it the worker watches no other socket.
  void PostAdopt(std::shared_ptr<const config::Snapshot> snapshot,
                 std::vector<ListenerSocket> sockets, std::function<void()> done);
  // Stops accepting, closes idle connections, ends the others after their response. `done` is
  // called on the worker when the last connection is gone.
  void PostDrain(std::function<void()> done);
  // A connection accepted by a more loaded worker.
  void PostConnection(net::Fd fd, std::string listener);

  // Connections here or on their way; any thread.
  uint32_t load() const { return load_.load(std::memory_order_relaxed); }
  event::Loop& loop() { return thread_.loop(); }
  uint32_t index() const { return options_.index; }
  // On the worker.
  buffer::BlockPool& pool() { return pool_; }

 private:
  // One listener: what it serves and the socket it accepts on.
  struct Listener {
    std::string name;
    proxy::ListenerBinding binding;
    std::unique_ptr<Acceptor> acceptor;
  };
  class TurnEnd final : public event::Task {
   public:
    explicit TurnEnd(Worker& worker) : worker_(worker) {}
    void Run() override { worker_.EndTurn(); }

   private:
    Worker& worker_;
  };

  void OnAccepted(net::Fd fd, const net::Address& peer, Acceptor& from) override;
  void Adopt(const std::shared_ptr<const config::Snapshot>& snapshot,
             const std::vector<ListenerSocket>& sockets);
  // Accepts on exactly these sockets, each for its listener.
  void AdoptSockets(const std::vector<ListenerSocket>& sockets);
  void StopListener(Listener& listener);
  void Drain(std::function<void()> done);
  void Serve(net::Fd fd, const net::Address& peer, Listener& listener);
  Listener* Find(std::string_view name);
  Worker* LessLoaded();
  void EndTurn();

  const Options options_;
  buffer::BlockPool pool_;  // outlives the loop, which frees connections at its end
  event::LoopThread thread_;
  PoolTrimmer trimmer_;
  base::Random random_;
  std::unique_ptr<upstream::WorkerUpstream> upstream_;
  proxy::ExchangePool exchanges_;
  proxy::AccessLogs access_logs_;
  proxy::DateCache date_;
  proxy::WorkerContext context_;
  TurnEnd turn_end_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::unique_ptr<Listener>> retired_;  // removed, with connections left
  base::IntrusiveList<proxy::DownstreamConnection, proxy::ConnectionTag> connections_;
  std::atomic<uint32_t> load_{0};
  std::function<void()> on_drained_;
};

}  // namespace sluice::worker
