#include "dataplane/worker/worker.h"

#include <algorithm>

#include "dataplane/net/socket_stream.h"

namespace sluice::worker {

Worker::Worker(const Options& options)
    : options_(options), thread_(options.clock), trimmer_(thread_.loop(), pool_), random_(base::Random::FromSystem()),
      upstream_(std::make_unique<upstream::WorkerUpstream>(options.index, options.registry,
                                                           thread_.loop(), pool_, random_())),
      access_logs_(options.index, options.log_writer), date_(options.clock),
      context_{thread_.loop(), pool_, random_, *upstream_, exchanges_, access_logs_, date_,
               load_},
      turn_end_(*this) {
  thread_.loop().SetTurnHook(&turn_end_);
}

Worker::~Worker() { Join(); }

void Worker::Start() { thread_.Start({.name = "worker" + std::to_string(options_.index), .cpu = {}, .nice = 0}); }

void Worker::Join() {
  thread_.Stop();
  thread_.Join();
  thread_.loop().SetTurnHook(nullptr);
  // The thread is gone: what it owned is taken down here, callers before what they call.
  for (auto* list : {&listeners_, &retired_}) {
    for (auto& listener : *list) listener->acceptor.reset();
  }
  connections_.ForEach([](proxy::DownstreamConnection& c) { c.CloseNow(); });
  thread_.loop().RunUntilIdle();
  listeners_.clear();
  retired_.clear();
}

void Worker::PostAdopt(std::shared_ptr<const config::Snapshot> snapshot,
                       std::vector<ListenerSocket> sockets, std::function<void()> done) {
  loop().mailbox().Post([this, snapshot = std::move(snapshot), sockets = std::move(sockets),
                         done = std::move(done)] {
    Adopt(snapshot, sockets);
    done();
  });
}

void Worker::PostDrain(std::function<void()> done) {
  loop().mailbox().Post([this, done = std::move(done)] { Drain(done); });
}

void Worker::PostConnection(net::Fd fd, std::string listener) {
  load_.fetch_add(1, std::memory_order_relaxed);
  // std::function wants a copyable closure; if the message is dropped at exit, so is the process.
  loop().mailbox().Post([this, raw = fd.Release(), name = std::move(listener)] {
    net::Fd owned(raw);
    load_.fetch_sub(1, std::memory_order_relaxed);
    Listener* listener = Find(name);
    if (listener == nullptr) return;  // removed meanwhile: closed
    const net::Address peer = net::PeerAddress(owned.get());
    Serve(std::move(owned), peer, *listener);
  });
}

Worker::Listener* Worker::Find(std::string_view name) {
  for (auto& listener : listeners_) {
    if (listener->name == name) return listener.get();
  }
  return nullptr;
}

void Worker::Adopt(const std::shared_ptr<const config::Snapshot>& snapshot,
                   const std::vector<ListenerSocket>& sockets) {
  const config::SnapshotRef ref = config::SnapshotHolder::Hold(snapshot);
  for (const auto& spec : snapshot->listeners) {
    Listener* listener = Find(spec->name);
    if (listener == nullptr) {
      listener = listeners_.emplace_back(std::make_unique<Listener>()).get();
      listener->name = spec->name;
    }
    listener->binding.snapshot = ref;
    listener->binding.spec = spec.get();
    listener->binding.stats = &spec->http->stats->of(options_.index);
  }
  if (!context_.draining) AdoptSockets(sockets);
  const auto gone = std::stable_partition(
      listeners_.begin(), listeners_.end(), [&](const std::unique_ptr<Listener>& listener) {
        return std::any_of(snapshot->listeners.begin(), snapshot->listeners.end(),
                           [&](const auto& spec) { return spec->name == listener->name; });
      });
  for (auto it = gone; it != listeners_.end(); ++it) {
    StopListener(**it);
    retired_.push_back(std::move(*it));
  }
  listeners_.erase(gone, listeners_.end());
}

// Old acceptors go first: a socket whose listener got another name is watched once only, and what
// waits on an address that was given up is still served.
void Worker::AdoptSockets(const std::vector<ListenerSocket>& sockets) {
  for (auto& listener : listeners_) {
    if (listener->acceptor == nullptr) continue;
    const bool stays = std::any_of(sockets.begin(), sockets.end(), [&](const ListenerSocket& s) {
      return s.listener == listener->name && s.fd == listener->acceptor->fd();
    });
    if (stays) continue;
    listener->acceptor->AcceptRest();
    listener->acceptor.reset();
  }
  for (const ListenerSocket& socket : sockets) {
    Listener* listener = Find(socket.listener);
    if (listener == nullptr || listener->acceptor != nullptr) continue;
    listener->acceptor = std::make_unique<Acceptor>(loop(), socket.fd, static_cast<Acceptor::Sink&>(*this));
  }
}

// Its connections keep the binding until they are gone (EndTurn frees it then).
void Worker::StopListener(Listener& listener) {
  if (listener.acceptor != nullptr) listener.acceptor->AcceptRest();
  listener.acceptor.reset();
  listener.binding.draining = true;
  connections_.ForEach([&](proxy::DownstreamConnection& c) {
    if (&c.binding() == &listener.binding) c.Drain();
  });
}

void Worker::Drain(std::function<void()> done) {
  context_.draining = true;
  on_drained_ = std::move(done);
  for (auto& listener : listeners_) {
    if (listener->acceptor != nullptr) listener->acceptor->AcceptRest();
    listener->acceptor.reset();
  }
  connections_.ForEach([](proxy::DownstreamConnection& c) { c.Drain(); });
}

// A hand-off costs a mailbox message and happens only when it pays for a long time (performance
// 4.2): the kernel's spread over the workers is uneven for few long connections.
Worker* Worker::LessLoaded() {
  const size_t n = options_.peers.size();
  if (n < 2) return nullptr;
  size_t other = random_.Below(n - 1);
  if (other >= options_.index) ++other;
  Worker* peer = options_.peers[other].get();
  const double own = load();
  return own > 1.25 * peer->load() + 2 ? peer : nullptr;
}

void Worker::OnAccepted(net::Fd fd, const net::Address& peer, Acceptor& from) {
  for (auto& listener : listeners_) {
    if (listener->acceptor.get() != &from) continue;
    Worker* other = LessLoaded();
    if (other == nullptr) return Serve(std::move(fd), peer, *listener);
    listener->binding.stats->connections_handed_off.Add();
    return other->PostConnection(std::move(fd), listener->name);
  }
}

void Worker::Serve(net::Fd fd, const net::Address& peer, Listener& listener) {
  auto stream = net::SocketStream::Adopt(loop(), pool_, fd.Release(), peer, event::IoPass::kDownstream);
  // The connection owns itself through the loop; the list only finds it.
  auto* connection = new proxy::DownstreamConnection(context_, listener.binding, std::move(stream));
  connections_.PushBack(*connection);
}

void Worker::EndTurn() {
  upstream_->EndTurn();
  trimmer_.EndTurn();
  std::erase_if(retired_, [](const std::unique_ptr<Listener>& l) { return l->binding.connections == 0; });
  if (on_drained_ && connections_.empty()) {
    auto done = std::exchange(on_drained_, nullptr);
    done();
  }
}

}  // namespace sluice::worker
