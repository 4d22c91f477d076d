#include "controlplane/main/control.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>

#include <filesystem>
#include <future>

#include "controlplane/main/insist.h"
#include "controlplane/service/config_service.h"
#include "controlplane/service/insight_service.h"
#include "controlplane/service/registry_service.h"
#include "controlplane/service/revision_service.h"
#include "controlplane/store/memory_store.h"
#include "controlplane/store/retention.h"
#include "controlplane/store/sqlite_store.h"
#include "dataplane/base/log.h"
#include "dataplane/base/status_macros.h"

namespace sluice::main {

namespace {

constexpr int kMaxMessage = 64 * 1024 * 1024;

// "127.0.0.1:0" was asked for; `port` is what it became.
std::string WithPort(const std::string& address, int port) {
  if (address.starts_with("unix:")) return address;
  return fmt::format("{}:{}", address.substr(0, address.rfind(':')), port);
}

std::string BesideThisProgram(std::string_view name) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return (self.parent_path() / name).string();
}

}  // namespace

Control::Control(Flags flags) : flags_(std::move(flags)) {}

Control::~Control() { Stop(); }

absl::Status Control::Start() {
  SLUICE_ASSIGN_OR_RETURN(runtime_dir_, RuntimeDir::Make());
  SLUICE_RETURN_IF_ERROR(OpenStore());
  older_ = std::make_unique<OlderServices>(*store_);
  SLUICE_ASSIGN_OR_RETURN(const StartState state, ReadStartState(*store_));
  SLUICE_ASSIGN_OR_RETURN(const uint64_t epoch, store_->BeginEpoch(EndpointFeed::kLog));
  assignments_ = std::make_unique<snapshot::Assignments>(epoch);
  feed_ = std::make_unique<EndpointFeed>(
      EndpointFeed::Options{.clock = clock_, .strand = strand_, .disk = disk_, .store = *store_,
                            .assignments = *assignments_,
                            .changed = [this] { fleet_ads_->OnAssignments(); },
                            .in_use = [this] { return InUse(); }},
      epoch);
  MakeRollout(state.live);
  MakeWriter(state.head);
  strand_.Start();
  targets_.Start();
  disk_.Start();
  disk_.Post([this] { Retain(); });
  SLUICE_RETURN_IF_ERROR(feed_->Start());
  Resume(state);
  return StartServers();
}

absl::Status Control::OpenStore() {
  if (flags_.store == "memory") {
    store_ = std::make_unique<store::MemoryStore>();
    return absl::OkStatus();
  }
  SLUICE_ASSIGN_OR_RETURN(store_, store::SqliteStore::Open(flags_.store.substr(sizeof("sqlite:") - 1)));
  return absl::OkStatus();
}

// What the end of the process before cut short.
void Control::Resume(const StartState& state) {
  if (state.head == state.live) return;
  strand_.Post([this, state] {
    if (state.head_withdrawn) return OnWithdraw(state.head->number(), state.live->number());
    rollout_->Resume(state.head, flags_.return_window);
  });
}

void Control::MakeRollout(revision::ViewRef live) {
  rollout_ = std::make_unique<rollout::Rollout>(
      rollout::Rollout::Options{
          .strand = strand_, .fleet = fleet_,
          .zones_changed = [this] {
            if (assignments_->SetProxies(fleet_.ProxiesPerZone())) fleet_ads_->OnAssignments();
          },
          .in_use_changed = [this] { disk_.Post([this] { feed_->Follow(); }); },
          .decide = [this](uint64_t revision,
                           std::function<void()> stored) { OnDecide(revision, std::move(stored)); },
          .withdraw = [this](uint64_t revision, uint64_t live) { OnWithdraw(revision, live); }},
      std::move(live));
  judge_ = std::make_unique<judge::Judge>(judge::Judge::Options{
      .strand = strand_,
      .proxy_binary = flags_.proxy_binary.empty() ? BesideThisProgram("sluice-proxy") : flags_.proxy_binary,
      .socket_path = JudgeSocket()});
  fleet_ads_ = std::make_unique<xds::AdsService>(xds::AdsService::Options{
      .strand = strand_, .driver = *rollout_, .assignments = *assignments_, .identifier = "sluice-control"});
  judge_ads_ = std::make_unique<xds::AdsService>(xds::AdsService::Options{
      .strand = strand_, .driver = *judge_, .assignments = *assignments_, .identifier = "sluice-control"});
}

void Control::MakeWriter(revision::ViewRef head) {
  writer_ = std::make_unique<revision::Writer>(
      revision::Writer::Options{
          .store = *store_,
          .judge = [this](std::vector<snapshot::GroupSnapshotRef> snapshots) {
            return judge_->Ask(std::move(snapshots));
          },
          .members = [this] {
            std::promise<std::vector<snapshot::Member>> members;
            strand_.Post([&] { members.set_value(rollout_->Members()); });
            return members.get_future().get();
          },
          .publish = [this](revision::ViewRef view) { OnHead(view); }},
      std::move(head));
}

void Control::Retain() {
  if (const auto oldest = store::ApplyRetention(*store_, absl::Now()); !oldest.ok()) {
    base::LogError("old revisions cannot be forgotten: {}", std::string(oldest.status().message()));
  }
  disk_.After(kRetain, [this] { Retain(); });
}

std::vector<model::Config> Control::InUse() {
  std::promise<rollout::InUse> promise;
  strand_.Post([&] { promise.set_value(rollout_->InUse()); });
  const rollout::InUse in_use = promise.get_future().get();
  std::vector<model::Config> configs = {in_use.live->config()};
  for (const rollout::ViewRef& view : in_use.ahead) configs.push_back(view->config());
  configs.push_back(writer_->head()->config());  // on its way to the roll-out
  for (model::Config& services : older_->Of(in_use.older)) configs.push_back(std::move(services));
  return configs;
}

void Control::OnHead(const revision::ViewRef& view) {
  feed_->Follow();
  strand_.Post([this, view] { rollout_->Publish(view); });
}

void Control::OnDecide(uint64_t revision, std::function<void()> stored) {
  if (stopping_) return;  // streams that end now decide nothing
  Insist(
      targets_, fmt::format("that revision {} is live", revision),
      [this, revision] { return store_->SetTarget(kAllGroups, revision); },
      [this, stored = std::move(stored)] { strand_.Post(stored); });
}

void Control::OnWithdraw(uint64_t revision, uint64_t live) {
  if (stopping_) return;
  auto instead = std::make_shared<uint64_t>(0);
  Insist(
      disk_, fmt::format("what takes the place of revision {}", revision),
      [this, revision, live, instead]() -> absl::Status {
        SLUICE_ASSIGN_OR_RETURN(*instead, writer_->Restore(revision, live));
        return absl::OkStatus();
      },
      [this, revision, live, instead] {
        strand_.Post([this, revision, live, instead] {
          for (uint64_t n = live + 1; n <= revision; ++n) fleet_.Withdrawn(n, *instead);
        });
      });
}

absl::Status Control::StartServers() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  SLUICE_RETURN_IF_ERROR(ServeXds());
  return ServeApi();
}

absl::Status Control::ServeXds() {
  struct Place { const char* name; std::string address; xds::AdsService& ads; };
  for (const Place& place : {Place{"xds", flags_.xds, *fleet_ads_},
                             Place{"judge", "unix:" + JudgeSocket(), *judge_ads_}}) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(place.address, grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&place.ads.grpc_service());
    builder.SetMaxReceiveMessageSize(kMaxMessage);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // A proxy whose machine is gone is noticed within these.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    servers_.push_back(builder.BuildAndStart());
    if (servers_.back() == nullptr) {
      servers_.pop_back();
      return absl::UnavailableError(fmt::format("--{}: '{}' cannot be listened on", place.name, place.address));
    }
    if (port > 0 && place.name == std::string_view("xds")) {
      bound_.push_back({place.name, WithPort(place.address, port)});
    }
  }
  return absl::OkStatus();
}

absl::Status Control::ServeApi() {
  services_.push_back(std::make_unique<service::ConfigService>(*writer_, *store_, stopping_));
  services_.push_back(std::make_unique<service::RevisionService>(service::RevisionService::Options{
      .writer = *writer_, .store = *store_, .fleet = reader_, .stopping = stopping_,
      .endpoints = [this] { return feed_->position(); }}));
  services_.push_back(std::make_unique<service::InsightService>(*writer_, reader_, stopping_));
  services_.push_back(
      std::make_unique<service::RegistryService>(feed_->registry(), [this] { feed_->LeasesChanged(); }));
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(flags_.api, grpc::InsecureServerCredentials(), &port);
  for (const auto& service : services_) builder.RegisterService(service.get());
  builder.SetMaxReceiveMessageSize(kMaxMessage);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  servers_.push_back(builder.BuildAndStart());
  if (servers_.back() == nullptr) {
    servers_.pop_back();
    return absl::UnavailableError(fmt::format("--api: '{}' cannot be listened on", flags_.api));
  }
  bound_.push_back({"api", WithPort(flags_.api, port)});
  return absl::OkStatus();
}

void Control::Stop() {
  if (stopping_.exchange(true)) return;
  strand_.Post([this] {
    if (judge_ != nullptr) judge_->Stop();
    if (fleet_ads_ != nullptr) fleet_ads_->CloseAll();
    if (judge_ads_ != nullptr) judge_ads_->CloseAll();
  });
  // Calls that wait for the strand or the disk end while both still run.
  const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(2);
  for (const auto& server : servers_) server->Shutdown(deadline);
  servers_.clear();
  disk_.Stop();
  targets_.Stop();
  strand_.Stop();
  runtime_dir_.reset();
}

}  // namespace sluice::main
