// What the tests of worker/ share: real workers on threads of their own, a listener with one route
// that answers by itself, and blocking clients.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/net/listen_sockets.h"
#include "dataplane/proxy/access_log.h"
#include "dataplane/worker/worker_set.h"

namespace sluice::worker {

// A snapshot whose listeners answer everything with `body`.
std::shared_ptr<const config::Snapshot> Answering(const std::vector<std::string>& listeners,
                                                  std::string_view body,
                                                  const std::shared_ptr<stats::HttpStatsSet>& stats);

// A blocking client socket; closed by its destructor.
class BlockingClient final {
 public:
  explicit BlockingClient(const net::Address& to);
  // One keep-alive request; the body of the answer, "" when the connection ended.
  std::string Ask();
  // Waits for the end of the connection.
  bool WaitForEnd();

 private:
  net::Fd fd_;
};

class WorkerFixture {
 public:
  explicit WorkerFixture(uint32_t count);
  ~WorkerFixture();

  // Makes all workers serve `snapshot`, and waits for it. The sockets of `worker`s in `accepting`
  // are used; the others know the listener but accept nothing.
  void Adopt(std::shared_ptr<const config::Snapshot> snapshot, std::vector<uint32_t> accepting);
  // Turns main's loop until `done`.
  void RunUntil(const std::atomic<bool>& done);
  net::Address AddressOf(const std::string& listener);

  base::SystemClock clock;
  event::Loop main_loop;
  upstream::Registry registry;
  proxy::LogWriter log_writer;
  std::unique_ptr<net::ListenSockets> sockets;
  std::shared_ptr<stats::HttpStatsSet> stats;
  WorkerSet workers;
};

}  // namespace sluice::worker
