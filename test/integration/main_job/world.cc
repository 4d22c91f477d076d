#include "test/integration/main_job/world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "test/integration/main_job/bootstrap.h"

namespace sluice::mainjob {

namespace {

constexpr const char* kHosts[] = {"127.0.0.1", "127.0.0.2"};
constexpr const char* kZones[] = {"zone-a", "zone-b"};
constexpr std::chrono::seconds kStart{20};

// A port that is free on both proxies' addresses.
int FreePort() {
  for (int attempt = 0; attempt < 50; ++attempt) {
    int port = 0;
    int fds[2];
    bool good = true;
    for (int i = 0; i < 2; ++i) {
      fds[i] = socket(AF_INET, SOCK_STREAM, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(static_cast<uint16_t>(port));
      inet_pton(AF_INET, kHosts[i], &address.sin_addr);
      socklen_t size = sizeof address;
      good = good && bind(fds[i], reinterpret_cast<sockaddr*>(&address), size) == 0;
      getsockname(fds[i], reinterpret_cast<sockaddr*>(&address), &size);
      port = ntohs(address.sin_port);
    }
    close(fds[0]);
    close(fds[1]);
    if (good) return port;
  }
  Die("no free port");
}

}  // namespace

World::World(Binaries binaries, int backends) : binaries_(std::move(binaries)), backends_(backends) {
  const char* parent = std::getenv("TEST_TMPDIR");
  std::string pattern = std::string(parent != nullptr ? parent : "/tmp") + "/main_job.XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) Die("no temporary folder");
  folder_ = pattern;
  gateway_port_ = FreePort();
}

void World::StartControl(const std::string& judge) {
  control_.reset();
  control_ = std::make_unique<Program>(
      "sluice-control",
      std::vector<std::string>{binaries_.control, "--insecure-loopback", "--api", api_address_, "--xds", xds_address_,
                               "--store", "sqlite:" + folder_ + "/control.db", "--proxy-binary",
                               judge.empty() ? binaries_.proxy : judge},
      folder_ + "/control.log");
  if (!control_->WaitReady(kStart)) Die("sluice-control does not start; see " + folder_);
  api_address_ = control_->AddressOf("api");
  xds_address_ = control_->AddressOf("xds");
  api_ = std::make_unique<ApiClient>(api_address_);
}

void World::StartProxy(int index, const std::vector<std::string>& more_flags) {
  const std::string name = std::string("proxy-") + kZones[index][5];
  std::vector<std::string> command = {
      binaries_.proxy, "--config-yaml", DeltaBootstrap(xds_address_), "--service-node", name,
      "--service-cluster", "demo", "--service-zone", kZones[index], "--bind-host", kHosts[index], "--concurrency", "2",
      "--state-dir", folder_ + "/" + name};
  command.insert(command.end(), more_flags.begin(), more_flags.end());
  proxies_[index].reset();
  proxies_[index] = std::make_unique<Program>(name, command, folder_ + "/" + name + ".log");
}

std::string World::Listener(int index) {
  const std::string address =
      proxies_[index]->WaitAddress("0.0.0.0:" + std::to_string(gateway_port_), kStart);
  if (address.empty()) Die(proxies_[index]->name() + " does not serve the gateway; see " + folder_);
  return address;
}

void World::ApplyBase() {
  sluice::v1::ApplyRequest request = Move(1);
  sluice::v1::Object& gateway = *request.add_upserts();
  gateway.set_kind("Gateway");
  gateway.set_name("web");
  gateway.mutable_gateway()->add_listeners()->set_port(gateway_port_);
  gateway.mutable_gateway()->add_hosts("*");
  gateway.mutable_gateway()->add_admits()->set_team("demo");
  sluice::v1::Object& api = *request.add_upserts();
  api.set_kind("Api");
  api.set_name("demo/main");
  api.mutable_api()->add_gateways("web");
  api.mutable_api()->set_open(true);
  if (api_->Apply(request) != 1) Die("the first revision is not 1");
}

sluice::v1::ApplyRequest World::Move(uint64_t number) const {
  sluice::v1::ApplyRequest request;
  request.set_author("main_job");
  const std::string name = "demo/s" + std::to_string(number);
  sluice::v1::Object& service = *request.add_upserts();
  service.set_kind("Service");
  service.set_name(name);
  auto& endpoint = *service.mutable_service()->mutable_static_()->add_endpoints();
  endpoint.set_address("127.0.0.1");
  endpoint.set_port(backends_.port(static_cast<int>(number)));
  sluice::v1::Object& route = *request.add_upserts();
  route.set_kind("Route");
  route.set_name("demo/main");
  route.mutable_route()->set_api("demo/main");
  route.mutable_route()->mutable_match()->set_prefix("/");
  route.mutable_route()->mutable_forward()->set_service(name);
  (*route.mutable_route()->mutable_response_headers()->mutable_set())["rev"] = std::to_string(number);
  if (number > 2) {
    auto& old = *request.add_deletes();
    old.set_kind("Service");
    old.set_name("demo/s" + std::to_string(number - 2));
  }
  return request;
}

}  // namespace sluice::mainjob
