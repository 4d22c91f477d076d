#include "test/dataplane/main/live_world.h"

#include <sys/socket.h>

namespace sluice::main {

using config::ResourceType;

LiveWorld::LiveWorld(LiveConfig::Options options, const std::string& text, Faults faults)
    : bootstrap(config::FromText<envoy::config::bootstrap::v3::Bootstrap>(text)),
      sockets(*net::ListenSockets::Create({.workers = kWorkers, .bind_host = ""})),
      workers({.count = kWorkers,
               .clock = clock,
               .registry = registry,
               .log_writer = log_writer,
               .main_loop = loop}),
      listeners(
          {.sockets = *sockets,
           .workers = workers,
           .faults = faults,
           .announce = [this](const admin::BoundListener& l) { announced.push_back(l.name); }}),
      clusters(threads, registry, workers),
      live({.threads = threads, .compiler = compiler, .clusters = clusters, .listeners = listeners},
           options) {
  config::ErrorList errors;
  statics = compiler.CompileStatics(errors);
  EXPECT_NE(statics, nullptr) << errors.ToStatus();
  workers.Start();
}

LiveWorld::~LiveWorld() {
  workers.Join();
  loop.mailbox().DropAll();
}

void LiveWorld::Until(const std::function<bool()>& is_true) {
  for (int turn = 0; turn < 1000 && !is_true(); ++turn) loop.RunOnce(std::chrono::milliseconds(20));
  EXPECT_TRUE(is_true()) << "nothing happens any more";
}

void LiveWorld::Settle() {
  // Longer than any chain of messages from thread to thread.
  for (int round = 0; round < 8; ++round) {
    bool confirmed = false;
    workers.Confirm(loop, [&confirmed] { confirmed = true; });
    Until([&confirmed] { return confirmed; });
    loop.RunUntilIdle();
  }
}

void LiveWorld::Pass(base::Duration time) {
  constexpr base::Duration kStep = std::chrono::milliseconds(100);
  for (; time > base::Duration::zero(); time -= kStep) {
    clock.Advance(std::min(time, kStep));
    loop.RunUntilIdle();
  }
  Settle();
}

void LiveWorld::Start() {
  live.Start(statics, [this] { ++firsts; });
  Settle();
}

xds::TypeChange LiveWorld::Change(ResourceType type, std::vector<config::ResourceRef> changed,
                                  std::vector<std::string> removed) {
  xds::TypeChange change;
  change.type = type;
  change.changed = std::move(changed);
  change.removed = std::move(removed);
  return change;
}

std::vector<std::string> LiveWorld::Apply(ResourceType type,
                                          std::vector<config::ResourceRef> changed,
                                          std::vector<std::string> removed) {
  std::optional<config::Problems> answer;
  live.ApplyTypes(Change(type, std::move(changed), std::move(removed)),
                  [&answer](config::Problems problems) { answer = std::move(problems); });
  Until([&answer] { return answer.has_value(); });
  return config::ProblemLines(*answer);
}

std::vector<std::string> LiveWorld::Endpoints(std::vector<config::ResourceRef> changed) {
  std::optional<config::Problems> answer;
  live.ApplyEndpoints(Change(ResourceType::kEndpoint, std::move(changed)),
                      [&answer](config::Problems problems) { answer = std::move(problems); });
  Until([&answer] { return answer.has_value(); });
  return config::ProblemLines(*answer);
}

xds::Revision LiveWorld::RevisionOf(uint64_t number, const config::ResourceSet& set) {
  xds::Revision revision;
  revision.number = number;
  revision.group = "g";
  revision.digest = {static_cast<uint8_t>(number)};
  revision.resources = set;
  return revision;
}

LiveConfig::Report LiveWorld::Prepare(uint64_t revision, const config::ResourceSet& set) {
  std::optional<LiveConfig::Report> answer;
  live.Prepare(RevisionOf(revision, set),
               [&answer](LiveConfig::Report report) { answer = std::move(report); });
  Until([&answer] { return answer.has_value(); });
  return *answer;
}

LiveConfig::Report LiveWorld::Serve(uint64_t revision) {
  std::optional<LiveConfig::Report> answer;
  live.Serve(revision, [&answer](LiveConfig::Report report) { answer = std::move(report); });
  Until([&answer] { return answer.has_value(); });
  return *answer;
}

net::Address LiveWorld::AddressOf(const std::string& listener) const {
  for (const admin::BoundListener& bound : listeners.Bound()) {
    if (bound.name == listener) return bound.address;
  }
  return {};
}

std::string LiveWorld::AskAt(const net::Address& address) {
  if (!address.is_ip()) return "refused";
  const net::Fd probe(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(probe.get(), address.sockaddr_ptr(), address.sockaddr_size()) != 0) return "refused";
  return worker::BlockingClient(address).Ask();
}

std::string LiveWorld::Ask(const std::string& listener) { return AskAt(AddressOf(listener)); }

int LiveWorld::PortOf(const std::string& cluster) const {
  const auto found = registry.FindByName(cluster);
  if (found == nullptr) return -1;
  const upstream::EndpointTable* table = found->endpoints();
  return table == nullptr || table->endpoints().empty() ? 0
                                                        : table->endpoints()[0]->address().port();
}

config::ResourceSet LiveWorld::Answering(const std::string& body, int port) {
  config::ResourceSet set;
  config::Put(set, ResourceType::kListener,
              config::ListenerOf(config::RdsListenerText("l", "r", port)));
  config::Put(set, ResourceType::kRoute, config::RoutesOf(config::AnsweringRoutes("r", body)));
  return set;
}

}  // namespace sluice::main
