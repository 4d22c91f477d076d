// The client of the control plane: keeps one ADS stream open, decodes what comes on it, and leaves
// the meaning to Discovery.
//
// Thread: config, on whose loop it lives; large messages are decoded on the build thread. Owner:
// main; made when the clusters of the bootstrap are published, destroyed before the WorkerUpstream.
// A lost stream is opened again after 0.5 s to 30 s with full jitter, reset by the first response
// of a stream and not by its connection (R69); configuration stays in force meanwhile. A half-open
// link is found by PINGs (R70). The cluster may be changed, or have no endpoint yet: each attempt
// looks it up.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "dataplane/base/random.h"
#include "dataplane/upstream/worker_cluster.h"
#include "dataplane/xds/ads_stream.h"
#include "dataplane/xds/backoff.h"
#include "dataplane/xds/discovery.h"

namespace sluice::xds {

struct AdsOptions {
  // Where the server is: xDS: ads_config.grpc_services[0].envoy_grpc. An empty authority is the
  // name of the cluster. The cluster must speak HTTP/2.
  std::string cluster;
  std::string authority;
  uint32_t max_message = 64u << 20;  // bytes
  upstream::Keepalive keepalive{.interval = std::chrono::seconds(30),
                                .timeout = std::chrono::seconds(5)};
  // False: the client does not say that it can stage (a fault point: what a standard client gets).
  bool stages = true;
  // `discovery.node` is that of the bootstrap: the client adds who it is and what it can do.
  DiscoveryOptions discovery;
  // Runs a task on the build thread. Tasks may wait for a compile; those still there when the
  // client dies do nothing.
  std::function<void(std::function<void()>)> post_build;
};

class AdsClient final : private AdsStream::Events,
                        private Discovery::Sender,
                        private event::Timer::Handler {
 public:
  // `upstream` (of the config thread: an index of its own in the Registry) and `consumer` outlive
  // the client. `random` spreads attempts to connect.
  AdsClient(upstream::WorkerUpstream& upstream, Consumer& consumer, AdsOptions options,
            base::Random random = base::Random::FromSystem());
  ~AdsClient();
  AdsClient(const AdsClient&) = delete;
  AdsClient& operator=(const AdsClient&) = delete;

  // Opens the first stream; once.
  void Start();

  // Any thread, while the client lives.
  const DiscoveryStats& stats() const { return record_.stats; }
  Status status() const { return record_.status(); }

 private:
  // AdsStream::Events
  void OnMessage(std::string message) override;
  void OnStreamEnd(const grpc::Status& status) override;
  // Discovery::Sender
  void Send(std::string message) override;
  void OnRoom() override;
  void OnTimer(event::Timer& timer) override;

  void Open();
  void OnDecoded(absl::StatusOr<Response> response);
  void Lose(const std::string& why);

  upstream::WorkerUpstream& upstream_;
  const AdsOptions options_;
  const std::string authority_;
  DiscoveryRecord record_;
  base::Random random_;
  Backoff backoff_{std::chrono::milliseconds(500), std::chrono::seconds(30)};
  event::Timer retry_timer_;
  std::shared_ptr<upstream::Cluster> cluster_;  // of the open stream
  AdsStream stream_;
  Discovery discovery_;
  // What the build thread brings back finds the stream it belongs to, or nobody.
  uint64_t streams_ = 0;
  bool decoding_ = false;  // a message of this stream
  std::shared_ptr<AdsClient*> self_ = std::make_shared<AdsClient*>(this);
};

}  // namespace sluice::xds
