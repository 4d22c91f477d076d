// What the tests of proxy/ share: one worker on the test's thread, a client at the other end of a
// TLS-like stream, a real loopback upstream, virtual time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dataplane/config/snapshot_ref.h"
#include "dataplane/proxy/access_log.h"
#include "dataplane/proxy/downstream_connection.h"
#include "dataplane/upstream/registry.h"
#include "test/support/fake_upstream.h"
#include "test/support/holding_stream.h"
#include "test/support/manual_clock.h"

namespace sluice::proxy {

class ProxyWorld : private event::Task {
 public:
  ProxyWorld();
  ~ProxyWorld();

  // Configuration; change it before Publish.
  config::HttpConfig http;
  size_t buffer_limit = 32 * 1024;
  upstream::ClusterSpec cluster_spec;
  std::vector<net::Address> more_endpoints;  // beside `service`
  std::vector<route::Route> routes;  // empty: everything to cluster "service"
  std::vector<std::shared_ptr<const filter::Filter>> filters;
  // Makes it what the listener serves from now on.
  void Publish();

  // A client connection; several may be open at once.
  class Client final : private net::StreamEvents {
   public:
    Client(ProxyWorld& world, std::unique_ptr<test::HoldingStream> stream);
    void Send(std::string_view bytes);
    void End() { stream_->ShutdownWrite(); }
    void Reset() { stream_->Abort(); }
    void PauseReading(bool paused);
    // What was received so far and not yet taken.
    std::string Take() { return std::exchange(received_, {}); }
    const std::string& received() const { return received_; }
    bool closed() const { return ended_ || failed_; }
    bool failed() const { return failed_; }

   private:
    void OnReadable() override;
    void OnWritable() override {}
    void OnConnected(bool) override {}
    ProxyWorld& world_;
    std::unique_ptr<test::HoldingStream> stream_;
    std::string received_;
    bool paused_ = false;
    bool ended_ = false;
    bool failed_ = false;
  };
  std::unique_ptr<Client> Connect();
  // Only the client's end of a new connection.
  std::unique_ptr<test::HoldingStream> ConnectStream();
  // Sends one request, lets everything happen, returns what came back.
  std::string Ask(std::string_view request);

  void Settle() { loop.RunUntilIdle(); }
  void Advance(base::Duration by);
  size_t connections();
  void DrainAll() { connections_.ForEach([](DownstreamConnection& c) { c.Drain(); }); }
  stats::HttpStats& stats() { return http.stats->of(0); }

  test::ManualClock clock;
  buffer::BlockPool pool;  // outlives the loop
  event::Loop loop;
  base::Random random{7};
  upstream::Registry registry;
  std::unique_ptr<upstream::WorkerUpstream> worker_upstream;
  test::FakeUpstream service;
  LogWriter log_writer;
  AccessLogs access_logs;
  ExchangePool exchanges;
  DateCache date;
  std::atomic<uint32_t> load{0};
  WorkerContext context;
  ListenerBinding binding;

 private:
  void Run() override { worker_upstream->EndTurn(); }

  std::vector<std::shared_ptr<upstream::Cluster>> clusters_;
  base::IntrusiveList<DownstreamConnection, ConnectionTag> connections_;
};

// A route for every path.
route::Route RouteTo(std::string_view cluster);
inline constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

}  // namespace sluice::proxy
