// The connections of one worker to one endpoint, and the calls that wait for one.
//
// A call gets, in this order: an available connection of this pool, the last used first (warm
// caches, and cold ones age out); an idle one of another worker; else it waits, and per turn at
// most max(1, waiters / 4) connections are opened, never more than there are waiters. One that
// comes up and finds nobody waiting is kept. At a limit of connections an idle one of another endpoint
// is closed for room; failing that the calls wait until one is closed or freed anywhere: bits in the
// endpoint and the cluster (wanted.h) tell other workers that we wait, and they hand a connection
// that they free over by mailbox, or tell us that there is room. A worker with calls of its own
// serves those first, unless another one has not one connection. Calls at a limit are refused when
// that lasted for the connect timeout without any connection here; else how long one waits is bounded
// by its owner's timeouts, and how many do by max_pending_requests.
//
// Owner: the WorkerCluster; it is dropped when its endpoint has left the cluster and nothing uses
// it (`users`). It holds its Endpoint. Thread: the worker's loop.
// A change of the spec is seen at the next use. A silent peer is bounded by the connect timeout and
// the idle timeout. Nothing survives a restart.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "dataplane/base/intrusive_list.h"
#include "dataplane/event/loop.h"
#include "dataplane/upstream/call.h"
#include "dataplane/upstream/claims.h"
#include "dataplane/upstream/client_connection.h"
#include "dataplane/upstream/handed_connection.h"
#include "dataplane/upstream/outlier_reporter.h"
#include "dataplane/upstream/worker_cluster.h"

namespace sluice::upstream {

class Pool final : private event::Task, private event::Timer::Handler {
 public:
  Pool(WorkerCluster& cluster, std::shared_ptr<Endpoint> endpoint);
  // Nobody uses it. Closes what is open.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  WorkerCluster& cluster() { return cluster_; }
  const Endpoint& endpoint() const { return *endpoint_; }
  std::atomic<uint32_t>& active_requests() { return endpoint_->state().active; }
  WorkerUpstream& worker() { return cluster_.worker(); }
  PoolStats& stats() { return cluster_.stats(); }
  const ClusterSpec& spec() const { return cluster_.cluster().spec(); }

  // Where calls say how they ended.
  OutlierReporter& outlier() { return outlier_; }

  // Gives `call` a connection now, or puts it into the queue. Not kNone: refused, the call is
  // untouched.
  [[nodiscard]] CallError Lend(Call& call);
  // A waiting call is cancelled.
  void Abandon(Call& call);

  // From connections. `connection` came up.
  void OnConnected() { --connecting_; }
  // `connection` has room: it serves waiters, or is kept for later calls.
  void OnAvailable(ClientConnection& connection);
  // A connect attempt failed: the oldest waiter fails with it.
  void OnConnectFailed(ClientConnection& connection, CallError error);
  // Nothing more comes from `connection`: it is forgotten and destroyed at the end of the turn.
  void OnClosed(ClientConnection& connection);
  // True: no other worker can take `connection` any more. False: one has; its object here is gone
  // and must not be touched.
  [[nodiscard]] bool Reclaim(ClientConnection& connection);
  // Closes an unused connection, unless another worker has taken it.
  void CloseUnused(ClientConnection& connection);

  // Closes the connections that nobody uses now.
  void CloseAvailable();
  // Closes the unused connection that was used longest ago; false if there is none.
  bool CloseOldest();

  // Calls keep their pool, whose endpoint the access log may still want, while they refer to it.
  void AddUser() { ++users_; }
  void DropUser();
  // Nothing is open or waiting and nobody refers to it.
  bool unused() const { return users_ == 0 && connections_.empty() && waiters_.empty(); }

  // There may be room under max_connections now.
  void TryRoom();
  // Another worker gave us a connection: it serves whoever waits here, or is kept.
  void Receive(HandedConnection& handed);

  // For /clusters and tests.
  ClientConnection& connection(size_t i) { return *connections_.at(i); }
  size_t connections() const { return connections_.size(); }

 private:
  void Run() override;  // once per turn while calls wait
  void OnTimer(event::Timer& timer) override;

  // Attaches `call` to a connection that has room, if there is one here.
  bool ServeFromHere(Call& call);
  // The same with an idle connection of another worker.
  bool ServeByClaim(Call& call);
  size_t ConnectionsWanted() const;
  // False: at max_connections.
  bool OpenOne();
  void WaitForRoom();
  void SetRoomless(bool roomless);
  // Tells other workers whether calls wait here, and without any connection.
  void ShowWaiting();
  // To the calls that wait here, else to other workers that wait, else it is kept.
  void Offer(ClientConnection& connection);
  // True: the idle `connection` went to a worker that waits (`whose`: wanted or starving).
  bool HandOver(ClientConnection& connection, const Wanted& whose);
  bool CanBeShared() const;
  ClientConnection& Adopt(const ParkedConnection& parked);
  ParkedConnection Describe(const ClientConnection& connection, int fd) const;
  void FailOldest(CallError error);
  // After `call` has left the list.
  void LeaveQueue(Call& call);
  void Park(ClientConnection& connection);
  // Another worker has taken `connection`: its object goes, its socket does not.
  void Disown(ClientConnection& connection);
  ClientConnection& Add(std::unique_ptr<ClientConnection> connection);
  void Discard(ClientConnection& connection);
  void TidyIfUnused();

  WorkerCluster& cluster_;
  const std::shared_ptr<Endpoint> endpoint_;
  OutlierReporter outlier_{cluster_, endpoint_};
  std::vector<std::unique_ptr<ClientConnection>> connections_;
  base::IntrusiveList<ClientConnection, AvailableTag> available_;  // last used first
  base::IntrusiveList<Call, CallTag> waiters_;                     // oldest first
  size_t waiting_ = 0;
  size_t connecting_ = 0;
  uint32_t users_ = 0;
  // Own connections by claim slot. One that is still here when the slot turns out to be free was
  // taken by another worker.
  std::array<ClientConnection*, Claims::kSlots> parked_{};
  event::Timer room_timer_;  // looks again, should a message have been lost
  bool roomless_ = false;    // calls wait at a limit of connections
  base::MonoTime roomless_since_ = base::kNever;
};

}  // namespace sluice::upstream
