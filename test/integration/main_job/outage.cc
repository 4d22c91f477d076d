// The control plane dies and comes back, a proxy is started meanwhile, writes are cut in the middle.
//
//   outage --control PATH --proxy PATH [--kills 200] [--rate 1000] [--serve-seconds 32]
//          [--outage-seconds 2]
//
//  1. sluice-control is killed (SIGKILL) under load and started again: no failed request, proxies
//     come back, registered endpoints are still there
//  2. a proxy that is killed and started while the control plane is away serves from its state
//     directory, endpoints included, and says how old that is
//  3. sluice-control is killed `kills` times while revisions are written: none that was acknowledged
//     is lost
#include <csignal>
#include <cstdio>
#include <random>
#include <string>
#include <thread>

#include "test/integration/main_job/load.h"
#include "test/integration/main_job/settings.h"
#include "test/integration/main_job/world.h"

namespace sluice::mainjob {
namespace {

constexpr std::chrono::seconds kServed{15};
constexpr int kRegistered = 3;  // the number of the registered backend

void Expect(bool holds, const std::string& what) {
  if (!holds) Die("not true that " + what);
  std::printf("ok: %s\n", what.c_str());
  std::fflush(stdout);
}

void ApplyRegistered(World& world) {
  sluice::v1::ApplyRequest request;
  auto& service = *request.add_upserts();
  service.set_kind("Service");
  service.set_name("demo/registered");
  service.mutable_service()->mutable_registered()->mutable_ttl()->set_seconds(5);
  auto& object = *request.add_upserts();
  object.set_kind("Route");
  object.set_name("demo/registered");
  auto& route = *object.mutable_route();
  route.set_api("demo/main");
  route.mutable_match()->set_prefix("/registered");
  route.mutable_forward()->set_service("demo/registered");
  (*route.mutable_response_headers()->mutable_set())["rev"] = std::to_string(kRegistered);
  if (!world.api().Wait(world.api().Apply(request), kServed).all_served()) Die("the registered service is not served");
}

// Keeps a lease alive, through outages of the control plane too: its channel finds the way back.
class Instance final {
 public:
  explicit Instance(World& world)
      : api_(world.control().AddressOf("api")),
        lease_(api_.Register("demo/registered", world.backends().port(kRegistered))) {
    thread_ = std::thread([this] {
      while (!stop_) {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        api_.Heartbeat(lease_);
      }
    });
  }
  ~Instance() {
    stop_ = true;
    thread_.join();
  }

 private:
  ApiClient api_;
  const std::string lease_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

bool Answers(const std::string& address, const std::string& path, int64_t number) {
  const Response response = Client(address).Get(path);
  return response.status == 200 && response.body == number;
}

int Connected(World& world) {
  int connected = 0;
  const sluice::v1::ListProxiesResponse response = world.api().Proxies();
  for (const auto& proxy : response.proxies()) connected += proxy.connected() ? 1 : 0;
  return connected;
}

// The admin page of a proxy; "" if it does not answer.
std::string ServerInfo(Program& proxy) { return Client(proxy.AddressOf("admin")).GetText("/server_info"); }

void KilledWhileWriting(World& world, int kills) {
  std::mt19937 random(7);
  uint64_t acknowledged = world.api().Head();
  uint64_t lost = 0;
  for (int i = 0; i < kills; ++i) {
    std::atomic<bool> stop{false};
    std::thread writer([&] {
      while (!stop) {
        sluice::v1::ApplyRequest request;
        auto& service = *request.add_upserts();
        service.set_kind("Service");
        service.set_name("demo/written");
        auto& endpoint = *service.mutable_service()->mutable_static_()->add_endpoints();
        endpoint.set_address("127.0.0.1");
        endpoint.set_port(static_cast<uint32_t>(1 + (acknowledged + 1) % 60000));
        sluice::v1::ApplyResponse response;
        if (world.api().TryApply(request, &response).ok()) acknowledged = response.revision();
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 60));
    world.control().Signal(SIGKILL);
    stop = true;
    writer.join();
    world.StartControl();
    if (world.api().Head() < acknowledged) ++lost;
    acknowledged = world.api().Head();
  }
  Expect(lost == 0, std::to_string(kills) + " kills during writes lose no acknowledged revision (head " +
                        std::to_string(acknowledged) + ")");
}

int Run(const Settings& settings) {
  World world(settings.binaries(), 10);
  world.StartControl();
  for (int i = 0; i < 2; ++i) world.StartProxy(i);
  world.ApplyBase();
  const std::vector<std::string> addresses = {world.Listener(0), world.Listener(1)};
  ApplyRegistered(world);
  Instance instance(world);
  for (const std::string& address : addresses) {
    Await("the registered endpoint serves", kServed, [&] { return Answers(address, "/registered", kRegistered); });
  }
  // A revision becomes what a start begins from once it was served for 30 s.
  const auto serve = std::chrono::seconds(static_cast<int>(settings.Number("--serve-seconds", 32)));
  std::printf("serving for %lld s before the outage\n", static_cast<long long>(serve.count()));
  std::fflush(stdout);
  std::this_thread::sleep_for(serve);

  const double rate = settings.Number("--rate", 1000);
  Load first({.addresses = {addresses[0]}, .threads = 4, .requests_per_second = rate});
  Load registered({.addresses = {addresses[0]}, .threads = 2, .requests_per_second = rate / 2, .path = "/registered"});
  world.control().Signal(SIGKILL);
  world.control().Wait();
  std::printf("sluice-control is dead\n");
  world.proxy(1).Signal(SIGKILL);
  world.proxy(1).Wait();
  world.StartProxy(1);
  Await("a proxy started without control plane serves", kServed, [&] { return Answers(addresses[1], "/", 1); });
  Expect(true, "a proxy started without control plane serves from its state directory");
  Expect(Answers(addresses[1], "/registered", kRegistered), "its endpoints included");
  const std::string info = ServerInfo(world.proxy(1));
  Expect(info.find("cached rev") != std::string::npos, "it says that what it serves is cached, and how old");
  const size_t at = info.find("cached rev");
  std::printf("    %s\n", info.substr(at, info.find('"', at) - at).c_str());
  std::this_thread::sleep_for(std::chrono::seconds(static_cast<int>(settings.Number("--outage-seconds", 2))));
  world.StartControl();
  Await("both proxies are back", std::chrono::seconds(60), [&] { return Connected(world) == 2; });
  Await("both serve the head", kServed, [&] { return world.api().Wait(world.api().Head(), kServed).all_served(); });
  Expect(Answers(addresses[0], "/registered", kRegistered) && Answers(addresses[1], "/registered", kRegistered),
         "registered endpoints survived");
  first.Stop();
  registered.Stop();
  for (const std::string& error : first.errors()) std::printf("failed: %s\n", error.c_str());
  for (const std::string& error : registered.errors()) std::printf("failed: %s\n", error.c_str());
  Expect(first.failures() + registered.failures() == 0,
         "0 of " + std::to_string(first.requests() + registered.requests()) + " requests failed meanwhile");
  KilledWhileWriting(world, static_cast<int>(settings.Number("--kills", 200)));
  return 0;
}

}  // namespace
}  // namespace sluice::mainjob

int main(int argc, char** argv) { return sluice::mainjob::Run(sluice::mainjob::Settings(argc, argv)); }
