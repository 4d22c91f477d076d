#include "dataplane/upstream/pool.h"

#include <algorithm>
#include <utility>

#include "dataplane/base/check.h"

namespace sluice::upstream {
namespace {

// What a connection that is not up yet is good for: RFC 9113 6.5.2 recommends that servers allow
// no fewer.
constexpr uint32_t kStreamsExpected = 100;

}  // namespace

Pool::Pool(WorkerCluster& cluster, std::shared_ptr<Endpoint> endpoint)
    : cluster_(cluster),
      endpoint_(std::move(endpoint)),
      room_timer_(cluster.worker().loop().timers(), *this) {}

Pool::~Pool() {
  base::Check(users_ == 0 && waiters_.empty(), "calls end before their pool");
  while (!connections_.empty()) CloseUnused(*connections_.back());
}

CallError Pool::Lend(Call& call) {
  if (waiters_.empty() && (ServeFromHere(call) || ServeByClaim(call))) return CallError::kNone;
  if (!call.pending_ticket_.Take(cluster_.cluster().breaker().pending,
                                 spec().breaker.max_pending_requests)) {
    return CallError::kPendingOverflow;
  }
  stats().rq_pending_total.Add();
  stats().rq_pending_active.Add(1);
  waiters_.PushBack(call);
  ++waiting_;
  worker().loop().Post(*this);
  return CallError::kNone;
}

void Pool::Abandon(Call& call) {
  call.Unlink();
  LeaveQueue(call);
}

void Pool::LeaveQueue(Call& call) {
  --waiting_;
  call.pending_ticket_.Release();
  stats().rq_pending_active.Add(-1);
}

bool Pool::ServeFromHere(Call& call) {
  while (!available_.empty()) {
    ClientConnection& connection = available_.front();
    if (!Reclaim(connection)) continue;
    if (connection.Attach(call)) {
      if (connection.room() == 0) connection.LeaveAvailable();
      return true;
    }
    connection.LeaveAvailable();
    if (!connection.has_streams()) connection.Close();
  }
  return false;
}

bool Pool::ServeByClaim(Call& call) {
  if (!worker().shares_idle() || spec().protocol != Protocol::kHttp1) return false;
  while (const uint64_t word = endpoint_->claims().TakeForeign(worker().index())) {
    const ParkedConnection parked = worker().Detach(word);
    ClientConnection& connection =
        Add(std::make_unique<ClientConnection>(*this, spec(), parked));
    if (parked.counted) connection.ticket.Adopt(cluster_.cluster().breaker().connections);
    stats().cx_stolen.Add();
    if (connection.Attach(call)) return true;
    connection.Close();
  }
  return false;
}

size_t Pool::ConnectionsWanted() const {
  const ClusterSpec& now = spec();
  const size_t streams =
      now.protocol == Protocol::kHttp2 ? std::min(now.max_concurrent_streams, kStreamsExpected) : 1;
  const size_t wanted = (waiting_ + streams - 1) / streams;
  return wanted > connecting_ ? wanted - connecting_ : 0;
}

void Pool::Run() {
  const size_t allowed = std::max<size_t>(1, waiting_ / 4);
  const size_t count = std::min(allowed, ConnectionsWanted());
  for (size_t i = 0; i < count; ++i) {
    if (!OpenOne()) return WaitForRoom();
  }
  no_room_since_ = base::kNever;
  if (ConnectionsWanted() > 0) worker().loop().Post(*this);
}

bool Pool::OpenOne() {
  Ticket ticket;
  InUse& in_use = cluster_.cluster().breaker().connections;
  const uint32_t limit = spec().breaker.max_connections;
  if (!ticket.Take(in_use, limit) && !(cluster_.EvictIdle() && ticket.Take(in_use, limit))) {
    return false;
  }
  ClientConnection& connection = Add(std::make_unique<ClientConnection>(*this, spec()));
  if (ticket.counted()) connection.ticket.Adopt(in_use);
  ticket.Forget();
  ++connecting_;
  stats().cx_total.Add();
  stats().cx_active.Add(1);
  return true;
}

void Pool::WaitForRoom() {
  event::Loop& loop = worker().loop();
  if (no_room_since_ == base::kNever) {
    no_room_since_ = loop.now();
    stats().cx_overflow.Add();
  }
  const bool hopeless = spec().breaker.max_connections == 0 ||
                        loop.now() - no_room_since_ >= spec().connect_timeout;
  if (connections_.empty() && hopeless) {
    no_room_since_ = base::kNever;
    for (size_t n = waiting_; n > 0 && !waiters_.empty(); --n) {
      FailOldest(CallError::kConnectionOverflow);
    }
    return;
  }
  room_timer_.ArmAt(loop.now() + event::TimerWheel::kTick);
}

void Pool::OnTimer(event::Timer&) {
  while (!waiters_.empty()) {
    Call& call = waiters_.front();
    if (!ServeByClaim(call)) return Run();
    LeaveQueue(call);
  }
}

void Pool::FailOldest(CallError error) {
  if (waiters_.empty()) return;
  Call& call = waiters_.PopFront();
  LeaveQueue(call);
  call.Fail(error);
}

void Pool::OnAvailable(ClientConnection& connection) {
  connection.LeaveAvailable();
  if (!waiters_.empty()) {
    while (!waiters_.empty() && connection.room() > 0) {
      Call& call = waiters_.front();
      if (!connection.Attach(call)) break;
      LeaveQueue(call);
    }
    if (!waiters_.empty()) worker().loop().Post(*this);
    if (connection.room() == 0) return;
  }
  available_.PushFront(connection);
  if (connection.has_streams()) return;
  if (!endpoint_->listed() || cluster_.cluster().withdrawn()) return connection.Close();
  connection.StartIdle(worker().loop().now(), spec().idle_timeout);
  Park(connection);
}

void Pool::OnConnectFailed(ClientConnection& connection, CallError error) {
  stats().cx_connect_fail.Add();
  if (error == CallError::kConnectTimeout) stats().cx_connect_timeout.Add();
  connection.Close();
  FailOldest(error);
}

void Pool::OnClosed(ClientConnection& connection) {
  stats().cx_active.Add(-1);
  stats().cx_destroyed.Add();
  Discard(connection);
  if (!waiters_.empty()) worker().loop().Post(*this);
}

void Pool::Park(ClientConnection& connection) {
  if (!worker().shares_idle()) return;
  const int fd = connection.claimable_fd();
  if (fd < 0 || static_cast<uint32_t>(fd) >= ParkedConnection::kMaxFd ||
      connection.requests() > ParkedConnection::kMaxRequests) {
    return;
  }
  ParkedConnection parked;
  parked.fd = static_cast<uint32_t>(fd);
  parked.worker = worker().index();
  parked.generation = worker().NextGeneration();
  parked.requests = connection.requests();
  parked.counted = connection.ticket.counted();
  const uint64_t word = parked.Encode();
  const uint32_t slot = endpoint_->claims().Park(word, connection.claim_hint);
  if (slot == Claims::kSlots) return;
  connection.claim_slot = connection.claim_hint = slot;
  connection.claim_word = word;
  ClientConnection* taken = std::exchange(parked_[slot], &connection);
  if (taken != nullptr) Disown(*taken);
}

bool Pool::Reclaim(ClientConnection& connection) {
  const uint32_t slot = std::exchange(connection.claim_slot, Claims::kSlots);
  if (slot == Claims::kSlots) return true;
  parked_[slot] = nullptr;
  if (endpoint_->claims().Take(slot, connection.claim_word)) return true;
  Disown(connection);
  return false;
}

void Pool::Disown(ClientConnection& connection) {
  stats().cx_lost.Add();
  connection.ticket.Forget();
  connection.Disown();
  Discard(connection);
}

void Pool::CloseUnused(ClientConnection& connection) {
  if (Reclaim(connection)) connection.Close();
}

void Pool::CloseAvailable() {
  for (size_t i = connections_.size(); i > 0; --i) {
    ClientConnection& connection = *connections_[i - 1];
    if (!connection.connecting() && !connection.has_streams()) CloseUnused(connection);
  }
}

bool Pool::CloseOldest() {
  for (size_t i = connections_.size(); i > 0 && !available_.empty(); --i) {
    ClientConnection& connection = available_.back();
    if (connection.has_streams()) return false;
    if (!Reclaim(connection)) continue;
    connection.Close();
    return true;
  }
  return false;
}

ClientConnection& Pool::Add(std::unique_ptr<ClientConnection> connection) {
  connection->index = connections_.size();
  connections_.push_back(std::move(connection));
  return *connections_.back();
}

void Pool::Discard(ClientConnection& connection) {
  if (connection.connecting()) --connecting_;
  connection.LeaveAvailable();
  std::unique_ptr<ClientConnection>& place = connections_[connection.index];
  std::unique_ptr<ClientConnection> dead = std::move(place);
  if (place != connections_.back()) {
    connections_.back()->index = connection.index;
    place = std::move(connections_.back());
  }
  connections_.pop_back();
  worker().loop().DestroyLater(std::move(dead));
  TidyIfUnused();
}

void Pool::DropUser() {
  --users_;
  TidyIfUnused();
}

void Pool::TidyIfUnused() {
  if (unused() && (!endpoint_->listed() || cluster_.cluster().withdrawn())) {
    worker().TidyLater(cluster_.cluster().id());
  }
}

}  // namespace sluice::upstream
