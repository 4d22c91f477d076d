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

// A snapshot whose listeners answer everything with `body`; they listen on `port` of 127.0.0.1.
std::shared_ptr<const config::Snapshot> Answering(const std::vector<std::string>& listeners,
                                                  std::string_view body,
                                                  const std::shared_ptr<stats::HttpStatsSet>& stats,
                                                  uint16_t port = 0);

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
  // The sockets of the listeners of `snapshot`, bound and listening, for the workers in `accepting`.
  std::vector<std::vector<ListenerSocket>> SocketsFor(const config::Snapshot& snapshot,
                                                      const std::vector<uint32_t>& accepting);
  // Turns main's loop until `done`.
  void RunUntil(const std::atomic<bool>& done);
  // Where a listener that asked for `port` is bound.
  net::Address AddressOf(const std::string& listener, uint16_t port = 0);
  // A port of 127.0.0.1 that nobody has.
  static uint16_t FreePort();
  // Listens there, until the descriptor is closed.
  static net::Fd HoldPort(uint16_t port);
  // Somebody has bound it, listening or not.
  static bool IsBound(uint16_t port);

  base::SystemClock clock;
  event::Loop main_loop;
  upstream::Registry registry;
  proxy::LogWriter log_writer;
  std::unique_ptr<net::ListenSockets> sockets;
  std::shared_ptr<stats::HttpStatsSet> stats;
  WorkerSet workers;
};

}  // namespace sluice::worker
