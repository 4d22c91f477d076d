// Issue: a request on a warmed worker costs four data system calls (receive and send on each side)
// and nothing but the waits beside them.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>
#include <thread>

#include "test/dataplane/worker/worker_fixture.h"
#include "test/support/system_call_counter.h"

namespace sluice::worker {
namespace {

constexpr int kPatienceMs = 20'000;
constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

// Answers each request on one connection after the other; a thread of its own.
class BlockingService final {
 public:
  BlockingService()
      : listener_(net::BindSocket(*net::Address::FromIp("127.0.0.1", 0),
                                  net::PortSharing::kExclusive, false)
                      .fd) {
    EXPECT_EQ(listen(listener_.get(), 8), 0);
    thread_ = std::thread([this] { Serve(); });
  }
  ~BlockingService() {
    shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  net::Address address() const { return net::LocalAddress(listener_.get()); }

 private:
  static bool Wait(int fd) {
    pollfd one{fd, POLLIN, 0};
    return poll(&one, 1, kPatienceMs) > 0;
  }
  void Serve() {
    while (Wait(listener_.get())) {
      const net::Fd client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!client.valid()) return;
      Answer(client.get());
    }
  }
  void Answer(int fd) {
    std::string head;
    char bytes[4096];
    while (Wait(fd)) {
      const ssize_t n = recv(fd, bytes, sizeof bytes, 0);
      if (n <= 0) return;
      head.append(bytes, static_cast<size_t>(n));
      if (!head.ends_with("\r\n\r\n")) continue;
      head.clear();
      if (send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL) <= 0) return;
    }
  }

  net::Fd listener_;
  std::thread thread_;
};

// A snapshot whose listener "web" sends everything to `service`.
std::shared_ptr<const config::Snapshot> Forwarding(WorkerFixture& fixture,
                                                   const net::Address& service) {
  auto spec = std::make_shared<upstream::ClusterSpec>();
  spec->name = "service";
  auto cluster = fixture.registry.Prepare(spec);
  fixture.registry.Publish(*cluster, spec);
  upstream::EndpointSet endpoints;
  endpoints.endpoints.emplace_back().address = service;
  fixture.registry.SetEndpoints(*cluster, endpoints);
  route::Forward forward;
  forward.cluster = "service";
  route::Route route;
  route.action = forward;
  auto host = std::make_shared<const route::VirtualHost>(
      "all", std::vector<std::string>{"*"}, route::TlsRequirement::kNone,
      std::vector<route::Route>{route});
  auto http = std::make_shared<config::HttpConfig>();
  http->stats = fixture.stats;
  http->max_requests_per_connection = 0;
  http->routes = std::make_shared<const route::Table>(
      route::TableOptions{}, std::vector<std::shared_ptr<const route::VirtualHost>>{host},
      std::vector<route::ClusterReference>{});
  auto listener = std::make_shared<config::ListenerSpec>();
  listener->name = "web";
  listener->address = *net::Address::FromIp("127.0.0.1", 0);
  listener->http = http;
  auto clusters = std::make_shared<config::ClusterDirectory>();
  clusters->entries.push_back({spec, cluster});
  clusters->ids["service"] = cluster->id();
  auto snapshot = std::make_shared<config::Snapshot>();
  snapshot->listeners.push_back(listener);
  snapshot->clusters = clusters;
  return snapshot;
}

// What the worker's thread has called so far.
test::SystemCalls CallsOfWorker(WorkerFixture& fixture) {
  test::SystemCalls calls;
  std::atomic<bool> done{false};
  fixture.workers.workers()[0]->loop().mailbox().Post([&] {
    calls = test::SystemCallsOfThisThread();
    done = true;
  });
  fixture.RunUntil(done);
  return calls;
}

TEST(SystemCallsTest, AForwardedRequestCostsFourDataCallsAndItsWaits) {
  constexpr uint64_t kRequests = 500;
  BlockingService service;
  WorkerFixture fixture(1);
  fixture.Adopt(Forwarding(fixture, service.address()), {0});
  BlockingClient client(fixture.AddressOf("web"));
  for (int i = 0; i < 50; ++i) ASSERT_EQ(client.Ask(), "hello");
  const test::SystemCalls before = CallsOfWorker(fixture);
  for (uint64_t i = 0; i < kRequests; ++i) ASSERT_EQ(client.Ask(), "hello");
  const test::SystemCalls after = CallsOfWorker(fixture);
  EXPECT_EQ(after.data - before.data, 4 * kRequests);
  EXPECT_EQ(after.other - before.other, 0u);
  // Two waits per request, when no other is under way; some more for our own questions and timers.
  EXPECT_LE(after.wait - before.wait, 2 * kRequests + 50);
}

}  // namespace
}  // namespace sluice::worker
