#include "test/dataplane/worker/worker_fixture.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dataplane/base/check.h"

namespace sluice::worker {

namespace {
constexpr int kPatienceMs = 20'000;

// Receives until `stop` says so or the peer ended; false at the end.
bool Receive(int fd, std::string& into) {
  pollfd one{fd, POLLIN, 0};
  if (poll(&one, 1, kPatienceMs) <= 0) return false;
  char bytes[4096];
  const ssize_t n = recv(fd, bytes, sizeof bytes, 0);
  if (n <= 0) return false;
  into.append(bytes, static_cast<size_t>(n));
  return true;
}
}  // namespace

std::shared_ptr<const config::Snapshot> Answering(const std::vector<std::string>& listeners,
                                                  std::string_view body,
                                                  const std::shared_ptr<stats::HttpStatsSet>& stats,
                                                  uint16_t port) {
  auto snapshot = std::make_shared<config::Snapshot>();
  for (const std::string& name : listeners) {
    route::Route route;
    route.action = route::DirectResponse{.status = 200, .body = std::string(body)};
    auto host = std::make_shared<const route::VirtualHost>(
        "all", std::vector<std::string>{"*"}, route::TlsRequirement::kNone, std::vector<route::Route>{route});
    auto http = std::make_shared<config::HttpConfig>();
    http->stats = stats;
    http->routes = std::make_shared<const route::Table>(
        route::TableOptions{}, std::vector<std::shared_ptr<const route::VirtualHost>>{host},
        std::vector<route::ClusterReference>{});
    auto listener = std::make_shared<config::ListenerSpec>();
    listener->name = name;
    listener->address = *net::Address::FromIp("127.0.0.1", port);
    listener->http = http;
    snapshot->listeners.push_back(listener);
  }
  return snapshot;
}

BlockingClient::BlockingClient(const net::Address& to)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  base::Check(connect(fd_.get(), to.sockaddr_ptr(), to.sockaddr_size()) == 0, "the listener accepts");
}

std::string BlockingClient::Ask() {
  constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  if (send(fd_.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) return "";
  std::string all;
  for (;;) {
    const size_t end = all.find("\r\n\r\n");
    if (end != std::string::npos) {
      const size_t at = all.find("content-length: ");
      const size_t length = std::stoul(all.substr(at + 16));
      if (all.size() >= end + 4 + length) return all.substr(end + 4);
    }
    if (!Receive(fd_.get(), all)) return "";
  }
}

bool BlockingClient::WaitForEnd() {
  pollfd one{fd_.get(), POLLIN, 0};
  if (poll(&one, 1, kPatienceMs) <= 0) return false;
  char byte;
  return recv(fd_.get(), &byte, 1, 0) <= 0;
}

WorkerFixture::WorkerFixture(uint32_t count)
    : main_loop(clock), registry({.workers = count, .share_idle = true}),
      sockets(*net::ListenSockets::Create({.workers = count, .bind_host = ""})),
      stats(std::make_shared<stats::HttpStatsSet>("test", count)),
      workers({.count = count, .clock = clock, .registry = registry, .log_writer = log_writer,
               .main_loop = main_loop}) {
  workers.Start();
}

WorkerFixture::~WorkerFixture() { workers.Join(); }

void WorkerFixture::RunUntil(const std::atomic<bool>& done) {
  while (!done) main_loop.RunOnce(std::chrono::milliseconds(100));
}

std::vector<std::vector<ListenerSocket>> WorkerFixture::SocketsFor(
    const config::Snapshot& snapshot, const std::vector<uint32_t>& accepting) {
  std::vector<std::vector<ListenerSocket>> given(workers.size());
  for (const auto& spec : snapshot.listeners) {
    const auto entry = sockets->Bind(spec->name, spec->address, {});
    base::Check(entry.ok() && sockets->Listen(**entry).ok(), "the listener is bound");
    for (uint32_t i : accepting) given[i].push_back({spec->name, (*entry)->fd(i)});
  }
  return given;
}

void WorkerFixture::Adopt(std::shared_ptr<const config::Snapshot> snapshot,
                          std::vector<uint32_t> accepting) {
  std::atomic<bool> done{false};
  workers.Adopt(snapshot, SocketsFor(*snapshot, accepting), [&done] { done = true; });
  RunUntil(done);
}

net::Address WorkerFixture::AddressOf(const std::string& listener, uint16_t port) {
  return sockets->Find(listener, *net::Address::FromIp("127.0.0.1", port))->bound();
}

net::Fd WorkerFixture::HoldPort(uint16_t port) {
  net::Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const net::Address address = *net::Address::FromIp("127.0.0.1", port);
  base::Check(bind(fd.get(), address.sockaddr_ptr(), address.sockaddr_size()) == 0 &&
                  listen(fd.get(), 1) == 0,
              "the port is free");
  return fd;
}

// Without SO_REUSEADDR, so that sockets that only are bound are noticed too.
bool WorkerFixture::IsBound(uint16_t port) {
  const net::Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const net::Address address = *net::Address::FromIp("127.0.0.1", port);
  return bind(fd.get(), address.sockaddr_ptr(), address.sockaddr_size()) != 0;
}

uint16_t WorkerFixture::FreePort() {
  const net::FdResult probe =
      net::BindSocket(*net::Address::FromIp("127.0.0.1", 0), net::PortSharing::kExclusive, false);
  base::Check(probe.fd.valid(), "there is a free port");
  return net::LocalAddress(probe.fd.get()).port();
}

}  // namespace sluice::worker
