#include "test/dataplane/admin/admin_world.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace sluice::admin {

Client::Client(const net::Address& to) : fd_(socket(to.family(), SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  EXPECT_EQ(connect(fd_, to.sockaddr_ptr(), to.sockaddr_size()), 0);
}

Client::~Client() { close(fd_); }

void Client::Send(std::string_view bytes) {
  EXPECT_EQ(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

const std::string& Client::Received() {
  char chunk[65536];
  for (;;) {
    const ssize_t n = recv(fd_, chunk, sizeof chunk, MSG_DONTWAIT);
    if (n > 0) {
      received_.append(chunk, static_cast<size_t>(n));
      continue;
    }
    if (n == 0 || errno != EAGAIN) closed_ = true;
    return received_;
  }
}

World::World() {
  admin = std::make_unique<Admin>(
      main,
      Sources{
          .state = [this] { return state; },
          .snapshot = {},
          .listeners =
              [] {
                return std::vector<BoundListener>{{"web", *net::Address::Parse("127.0.0.1:8080")}};
              },
          .drain_listeners = [this] { ++drained; },
          .configuration = [this] { return configuration; },
          .loops = {{"config", &config}},
          .bootstrap = &bootstrap,
          .http_stats = &http_stats,
          .log_stats = &log_stats,
          .registry = &registry,
          .config_loop = &config,
          .version = "1.2.3",
          .command_line = {"-c", "a \"b\".yaml"},
          .workers = 2,
          .started = main.now(),
      });
  EXPECT_TRUE(admin->Listen(*net::Address::Parse("127.0.0.1:0")).ok());
}

void World::Turn() {
  for (int i = 0; i < 4; ++i) {
    main.RunUntilIdle();
    config.RunUntilIdle();
  }
}

std::string World::Exchange(std::string_view request) {
  Client client(admin->bound());
  client.Send(request);
  for (int i = 0; i < 1000 && !client.closed(); ++i) {
    Turn();
    client.Received();
  }
  EXPECT_TRUE(client.closed()) << client.Received();
  return client.Received();
}

std::string World::Get(std::string_view target) {
  return Exchange("GET " + std::string(target) +
                  " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
}

std::string World::Post(std::string_view target) {
  return Exchange("POST " + std::string(target) +
                  " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
}

upstream::Cluster& World::AddCluster(const std::string& name) {
  auto spec = std::make_shared<upstream::ClusterSpec>();
  spec->name = name;
  clusters.push_back(registry.Prepare(spec));
  upstream::EndpointSet set;
  for (uint16_t port : {8001, 8002}) {
    upstream::EndpointSpec endpoint;
    endpoint.address = *net::Address::FromIp("127.0.0.1", port);
    endpoint.weight = 3;
    endpoint.hostname = "h<b>";
    if (port == 8002) endpoint.health = balance::Health::kUnhealthy;
    set.endpoints.push_back(endpoint);
  }
  registry.SetEndpoints(*clusters.back(), set);
  return *clusters.back();
}

std::string BodyOf(const std::string& answer) {
  const size_t end = answer.find("\r\n\r\n");
  EXPECT_NE(end, answer.npos) << answer;
  return end == answer.npos ? "" : answer.substr(end + 4);
}

std::string StatusLineOf(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}

}  // namespace sluice::admin
