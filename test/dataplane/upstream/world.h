// What the tests of upstream/ share: one worker with its loop and registry, and a client that makes
// one call and writes down what happened.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dataplane/buffer/arena.h"
#include "dataplane/upstream/call.h"
#include "dataplane/upstream/pool.h"
#include "dataplane/upstream/registry.h"
#include "dataplane/upstream/worker_cluster.h"
#include "test/support/manual_clock.h"

namespace sluice::upstream {

inline constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

// A worker on the calling thread.
class TestWorker final : private event::Task {
 public:
  TestWorker(uint32_t index, Registry& registry, const base::Clock& clock)
      : loop(clock), upstream(index, registry, loop, blocks, /*seed=*/index + 1) {
    loop.SetTurnHook(this);
  }
  ~TestWorker() { loop.SetTurnHook(nullptr); }

 private:
  void Run() override { upstream.EndTurn(); }

 public:
  buffer::BlockPool blocks;  // outlives the loop, which frees connections at its end
  event::Loop loop;
  WorkerUpstream upstream;
};

class Client final : public CallEvents {
 public:
  explicit Client(buffer::BlockPool& blocks)
      : arena(blocks), request(arena), response(arena), informational(arena), trailers(arena) {
    request.method = http::Method::kGet;
    request.method_text = "GET";
    request.path = "/";
    request.authority = "service";
  }

  void Get(WorkerCluster& cluster) { call.Start(cluster, request, http::EndStream::kYes, *this); }
  // A body of unknown length; Send follows.
  void Post(WorkerCluster& cluster) {
    request.method = http::Method::kPost;
    request.method_text = "POST";
    request.framing = http::BodyFraming::kChunked;
    call.Start(cluster, request, http::EndStream::kNo, *this);
  }
  void Send(std::string_view bytes, http::EndStream end = http::EndStream::kNo) {
    buffer::Buffer data;
    data.AppendCopy(arena.pool(), bytes);
    call.SendBody(data, end);
  }
  // Ready for another call.
  void Forget();

  // "200 ok." for a complete response, "200 o" for a part, "!3" for CallError 3, "" for nothing.
  std::string Result() const;
  bool ended() const { return ended_; }
  bool failed() const { return failed_; }

  http::Head& NewResponseHead(http::StreamEvents::HeadKind kind) override;
  void OnResponseHead(http::EndStream) override;
  void OnResponseBody(buffer::Buffer& data) override;
  void OnResponseTrailers() override {}
  void OnResponseEnd() override;
  void OnFailed(const CallFailure& f) override;
  void OnCallSendable() override { ++sendable; }

  buffer::Arena arena;
  http::Head request, response, informational, trailers;
  std::string body;
  bool keep_body = true;
  size_t body_bytes = 0;
  CallFailure failure;
  int sendable = 0;
  // Called inside the event.
  std::function<void()> on_head, on_end, on_failed;
  Call call;

 private:
  bool ended_ = false;
  bool failed_ = false;
};

// One worker, one cluster "service" on it.
class World {
 public:
  explicit World(Registry::Options options = {})
      : registry((options.clock = &clock, options)), worker(0, registry, clock) {}

  // Publishes a cluster; connections to `addresses`.
  WorkerCluster& Serve(ClusterSpec spec, std::vector<net::Address> addresses);
  static EndpointSet SetOf(const std::vector<net::Address>& addresses);
  Endpoint& EndpointAt(size_t i) { return *cluster->endpoints()->endpoints().at(i); }
  // A turn may end with a close that the other side hears of in the next one.
  void Run() {
    for (int i = 0; i < 3; ++i) worker.loop.RunUntilIdle();
  }
  void Advance(base::Duration by);
  uint64_t Count(stats::Counter PoolStats::* counter) const { return cluster->Total(counter); }
  int64_t Count(stats::Gauge PoolStats::* gauge) const { return cluster->Total(gauge); }

  test::ManualClock clock;
  Registry registry;
  std::shared_ptr<Cluster> cluster;
  TestWorker worker;
};

inline ClusterSpec Spec() {
  ClusterSpec spec;
  spec.name = "service";
  return spec;
}

}  // namespace sluice::upstream
