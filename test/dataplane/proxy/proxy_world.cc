#include "test/dataplane/proxy/proxy_world.h"

namespace sluice::proxy {

route::Route RouteTo(std::string_view cluster) {
  route::Route route;
  route.path.kind = route::PathRule::Kind::kPrefix;
  route::Forward forward;
  forward.cluster = std::string(cluster);
  route.action = forward;
  return route;
}

ProxyWorld::ProxyWorld()
    : loop(clock), registry(upstream::Registry::Options{}),
      worker_upstream(std::make_unique<upstream::WorkerUpstream>(0, registry, loop, pool, 1)),
      service(loop), access_logs(0, log_writer), date(clock),
      context{loop, pool, random, *worker_upstream, exchanges, access_logs, date, load} {
  loop.SetTurnHook(this);
  cluster_spec.name = "service";
  http.stat_prefix = "test";
  http.stats = std::make_shared<stats::HttpStatsSet>("test", 1);
  service.AnswerWith(std::string(kOk));
}

ProxyWorld::~ProxyWorld() {
  connections_.ForEach([](DownstreamConnection& c) { c.CloseNow(); });
  Settle();
  loop.SetTurnHook(nullptr);
  binding.snapshot = {};
  worker_upstream.reset();
}

void ProxyWorld::Publish() {
  auto spec = std::make_shared<const upstream::ClusterSpec>(cluster_spec);
  auto cluster = registry.Prepare(spec);
  registry.Publish(*cluster, spec);
  upstream::EndpointSet set;
  set.endpoints.emplace_back().address = service.address();
  for (const net::Address& more : more_endpoints) set.endpoints.emplace_back().address = more;
  registry.SetEndpoints(*cluster, set);

  if (routes.empty()) routes.push_back(RouteTo("service"));
  auto host = std::make_shared<const route::VirtualHost>(
      "all", std::vector<std::string>{"*"}, route::TlsRequirement::kNone, routes);
  http.routes = std::make_shared<const route::Table>(
      route::TableOptions{}, std::vector<std::shared_ptr<const route::VirtualHost>>{host},
      std::vector<route::ClusterReference>{});
  http.chain = filter::Chain(filters);

  auto listener = std::make_shared<config::ListenerSpec>();
  listener->name = "web";
  listener->buffer_limit = buffer_limit;
  listener->http = std::make_shared<const config::HttpConfig>(http);
  auto snapshot = std::make_shared<config::Snapshot>();
  snapshot->listeners.push_back(listener);
  auto clusters = std::make_shared<config::ClusterDirectory>();
  clusters->entries.push_back({spec, cluster});
  clusters->ids["service"] = cluster->id();
  snapshot->clusters = std::move(clusters);
  clusters_.push_back(cluster);
  binding.snapshot = config::SnapshotHolder::Hold(snapshot);
  binding.spec = listener.get();
  binding.stats = &http.stats->of(0);
}

std::unique_ptr<ProxyWorld::Client> ProxyWorld::Connect() {
  return std::make_unique<Client>(*this, ConnectStream());
}

std::unique_ptr<test::HoldingStream> ProxyWorld::ConnectStream() {
  if (binding.spec == nullptr) Publish();
  auto [near, far] = test::HoldingStream::MakePair(loop);
  far->set_addresses(*net::Address::FromIp("192.0.2.7", 4000), *net::Address::FromIp("192.0.2.1", 80));
  connections_.PushBack(*new DownstreamConnection(context, binding, std::move(far)));
  return std::move(near);
}

std::string ProxyWorld::Ask(std::string_view request) {
  auto client = Connect();
  client->Send(request);
  std::string answer = client->Take();
  client->Reset();
  Settle();
  return answer;
}

void ProxyWorld::Advance(base::Duration by) {
  clock.Advance(by);
  Settle();
}

size_t ProxyWorld::connections() {
  size_t n = 0;
  connections_.ForEach([&n](DownstreamConnection&) { ++n; });
  return n;
}

ProxyWorld::Client::Client(ProxyWorld& world, std::unique_ptr<test::HoldingStream> stream)
    : world_(world), stream_(std::move(stream)) {
  stream_->SetEvents(this);
}

void ProxyWorld::Client::Send(std::string_view bytes) {
  buffer::Buffer data;
  data.AppendCopy(world_.pool, bytes);
  (void)stream_->Write(data);
  world_.Settle();
}

void ProxyWorld::Client::PauseReading(bool paused) {
  paused_ = paused;
  if (!paused) OnReadable();
}

void ProxyWorld::Client::OnReadable() {
  if (paused_) return;
  buffer::Buffer data;
  const net::IoResult result = stream_->Read(data, 1 << 20);
  received_ += data.ToString();
  if (result.status == net::IoStatus::kEnd) ended_ = true;
  if (result.status == net::IoStatus::kError) failed_ = true;
}

}  // namespace sluice::proxy
