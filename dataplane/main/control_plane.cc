#include "dataplane/main/control_plane.h"

#include <utility>

namespace sluice::main {

ControlPlane::ControlPlane(Threads threads, upstream::Registry& registry, uint32_t index)
    : threads_(threads),
      upstream_(std::make_unique<upstream::WorkerUpstream>(index, registry, threads.config, blocks_,
                                                           base::Random::FromSystem()())) {
  threads_.config.SetTurnHook(this);
}

ControlPlane::~ControlPlane() {
  connected_.store(nullptr, std::memory_order_release);
  client_ = nullptr;
  // Connections are freed at the end of a turn.
  threads_.config.mailbox().DropAll();
  threads_.config.RunUntilIdle();
  threads_.config.SetTurnHook(nullptr);
  upstream_ = nullptr;
  threads_.config.RunUntilIdle();
}

void ControlPlane::Connect(xds::Consumer& consumer, xds::AdsOptions options) {
  options.post_build = [&build = threads_.build](std::function<void()> task) {
    build.mailbox().Post(std::move(task));
  };
  client_ = std::make_unique<xds::AdsClient>(*upstream_, consumer, std::move(options));
  connected_.store(client_.get(), std::memory_order_release);
  client_->Start();
}

xds::Status ControlPlane::status() const {
  const xds::AdsClient* client = connected_.load(std::memory_order_acquire);
  return client == nullptr ? xds::Status() : client->status();
}

const xds::DiscoveryStats* ControlPlane::stats() const {
  const xds::AdsClient* client = connected_.load(std::memory_order_acquire);
  return client == nullptr ? nullptr : &client->stats();
}

}  // namespace sluice::main
