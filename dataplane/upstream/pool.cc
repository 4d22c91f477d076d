#include "dataplane/upstream/pool.h"

#include <algorithm>
#include <utility>

#include "dataplane/base/check.h"

namespace sluice::upstream {
namespace {

// What a connection that is not up yet is good for: RFC 9113 6.5.2 recommends that servers allow
// no fewer.
constexpr uint32_t kStreamsExpected = 100;
constexpr auto kLookAgain = std::chrono::milliseconds(100);
// A message between workers takes less, unless the receiver is held up.
constexpr auto kPromptly = std::chrono::milliseconds(2);

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
  ShowWaiting();
  // One may have been parked between our look and our bit.
  if (waiting_ == 1 && ServeByClaim(call)) {
    LeaveQueue(call);
  } else {
    worker().loop().Post(*this);
  }
  return CallError::kNone;
}

bool Pool::CanBeShared() const {
  return cluster_.worker().shares_idle() && spec().protocol == Protocol::kHttp1;
}

void Pool::ShowWaiting() {
  if (!CanBeShared()) return;
  const uint32_t self = worker().index();
  const bool waits = waiting_ > 0;
  const bool starves = waits && connections_.empty();
  if (waits != endpoint_->wanted().Has(self)) {
    waits ? endpoint_->wanted().Set(self) : endpoint_->wanted().Clear(self);
  }
  if (starves != endpoint_->starving().Has(self)) {
    starves ? endpoint_->starving().Set(self) : endpoint_->starving().Clear(self);
  }
}

void Pool::Abandon(Call& call) {
  call.Unlink();
  LeaveQueue(call);
}

void Pool::LeaveQueue(Call& call) {
  --waiting_;
  call.pending_ticket_.Release();
  stats().rq_pending_active.Add(-1);
  if (waiting_ > 0) return;
  SetRoomless(false);
  ShowWaiting();
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
  if (!CanBeShared()) return false;
  while (const uint64_t word = endpoint_->claims().TakeForeign(worker().index())) {
    const ParkedConnection parked = worker().Detach(word);
    ClientConnection& connection = Adopt(parked);
    if (connection.Attach(call)) return true;
    connection.Close();
  }
  return false;
}

ClientConnection& Pool::Adopt(const ParkedConnection& parked) {
  ClientConnection& connection = Add(std::make_unique<ClientConnection>(*this, spec(), parked));
  if (parked.counted) connection.ticket.Adopt(cluster_.cluster().breaker().connections);
  if (parked.host_counted) connection.host_ticket.Adopt(endpoint_->connections());
  stats().cx_stolen.Add();
  return connection;
}

void Pool::Receive(HandedConnection& handed) {
  if (waiting_ > 0 && worker().loop().now() - handed.sent() > kPromptly) {
    stats().rq_beside_idle.Add();
  }
  Offer(Adopt(handed.Take()));
}

bool Pool::HandOver(ClientConnection& connection, const Wanted& whose) {
  if (!whose.Any()) return false;
  Registry& registry = worker().registry();
  const uint32_t to = whose.NextAfter(worker().index(), registry.options().workers);
  const int fd = to == Wanted::kNobody ? -1 : connection.claimable_fd();
  if (fd < 0 || static_cast<uint32_t>(fd) >= ParkedConnection::kMaxFd) return false;
  auto handed = std::make_shared<HandedConnection>(cluster_.cluster(), endpoint_,
                                                   Describe(connection, fd), worker().loop().now());
  worker().Unwatch(fd);
  stats().cx_handed.Add();
  Disown(connection);
  registry.PostTo(to, [handed](WorkerUpstream& upstream) {
    if (WorkerCluster* there = upstream.Find(handed->cluster())) there->Receive(*handed);
  });
  return true;
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
  if (count > 0) SetRoomless(false);
  if (ConnectionsWanted() > 0) worker().loop().Post(*this);
}

bool Pool::OpenOne() {
  Ticket ticket;
  InUse& in_use = cluster_.cluster().breaker().connections;
  const uint32_t limit = spec().breaker.max_connections;
  if (!ticket.Take(in_use, limit) && !(cluster_.EvictIdle() && ticket.Take(in_use, limit))) {
    return false;
  }
  Ticket host_ticket;
  if (!host_ticket.Take(endpoint_->connections(), spec().breaker.max_connections_per_host)) {
    return false;
  }
  ClientConnection& connection = Add(std::make_unique<ClientConnection>(*this, spec()));
  if (ticket.counted()) connection.ticket.Adopt(in_use);
  if (host_ticket.counted()) connection.host_ticket.Adopt(endpoint_->connections());
  ticket.Forget();
  host_ticket.Forget();
  ++connecting_;
  stats().cx_total.Add();
  stats().cx_active.Add(1);
  return true;
}

void Pool::WaitForRoom() {
  const base::MonoTime now = worker().loop().now();
  const BreakerLimits& limits = spec().breaker;
  const bool never = limits.max_connections == 0 || limits.max_connections_per_host == 0;
  const bool long_since = roomless_ && now - roomless_since_ >= spec().connect_timeout;
  if (connections_.empty() && (never || long_since)) {
    if (!roomless_) stats().cx_overflow.Add();
    for (size_t n = waiting_; n > 0 && !waiters_.empty(); --n) {
      FailOldest(CallError::kConnectionOverflow);
    }
    return;
  }
  if (!roomless_) {
    stats().cx_overflow.Add();
    SetRoomless(true);
    // Room may have come between our try and our bit.
    worker().loop().Post(*this);
  }
  if (!room_timer_.armed()) room_timer_.ArmAt(now + kLookAgain);
}

void Pool::SetRoomless(bool roomless) {
  if (roomless_ == roomless) return;
  roomless_ = roomless;
  roomless_since_ = worker().loop().now();
  cluster_.CountRoomless(roomless ? 1 : -1);
  if (!roomless) room_timer_.Disarm();
}

void Pool::TryRoom() {
  if (roomless_) worker().loop().Post(*this);
}

void Pool::OnTimer(event::Timer&) {
  while (!waiters_.empty()) {
    Call& call = waiters_.front();
    if (!ServeByClaim(call)) return Run();
    stats().rq_beside_idle.Add();
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
  // One that served a call goes to who has none before it serves the next; a new one stays with the
  // calls that it was made for.
  const bool served = connection.requests() > 0 && !connection.has_streams();
  if (served && CanBeShared() && HandOver(connection, endpoint_->starving())) return;
  Offer(connection);
}

void Pool::Offer(ClientConnection& connection) {
  const bool shareable = !connection.has_streams() && CanBeShared();
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
  if (shareable && HandOver(connection, endpoint_->wanted())) return;
  connection.StartIdle(worker().loop().now(), spec().idle_timeout);
  Park(connection);
  // Whoever began to wait meanwhile may not have seen it. And others may wait for room rather.
  const bool wanted = shareable && endpoint_->wanted().Any();
  if (!wanted && !cluster_.cluster().room_wanted().Any()) return;
  if (!Reclaim(connection)) return;
  if (wanted && HandOver(connection, endpoint_->wanted())) return;
  if (cluster_.cluster().room_wanted().Any() && waiters_.empty()) return connection.Close();
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
  const uint64_t word = Describe(connection, fd).Encode();
  const uint32_t slot = endpoint_->claims().Park(word, connection.claim_hint);
  if (slot == Claims::kSlots) return;
  connection.claim_slot = connection.claim_hint = slot;
  connection.claim_word = word;
  ClientConnection* taken = std::exchange(parked_[slot], &connection);
  if (taken != nullptr) Disown(*taken);
}

ParkedConnection Pool::Describe(const ClientConnection& connection, int fd) const {
  ParkedConnection parked;
  parked.fd = static_cast<uint32_t>(fd);
  parked.worker = cluster_.worker().index();
  parked.generation = cluster_.worker().NextGeneration();
  parked.requests = std::min(connection.requests(), ParkedConnection::kMaxRequests);
  parked.counted = connection.ticket.counted();
  parked.host_counted = connection.host_ticket.counted();
  return parked;
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
  connection.host_ticket.Forget();
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
  if (waiting_ > 0) ShowWaiting();
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
  if (waiting_ > 0) ShowWaiting();
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
