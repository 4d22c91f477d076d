#include "dataplane/main/server.h"

#include <fmt/format.h>
#include <sched.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "api/check/check_resources.h"
#include "dataplane/base/log.h"
#include "dataplane/base/status_macros.h"
#include "dataplane/config/bootstrap.h"
#include "dataplane/config/admin_address.h"
#include "dataplane/main/ads_settings.h"
#include "dataplane/main/judge_process.h"
#include "dataplane/main/version.h"

namespace sluice::main {

namespace {

constexpr uint32_t kMostWorkers = 255;  // as --concurrency

uint32_t CpusOfThisProcess() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<uint32_t>(std::max(1, CPU_COUNT(&set)));
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path)) return absl::NotFoundError(fmt::format("{}: cannot be read", path));
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

// Only asked whether it could be a key: nothing secret is kept yet.
absl::Status CheckKey(const std::string& path) {
  auto key = ReadFile(path);
  if (!key.ok()) return key.status();
  if (key->size() == 32) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("{}: a key is 32 bytes, this has {}", path, key->size()));
}

// One JSON line on stdout (design 4.5); stdout is a contract, so it is flushed line by line.
void PrintLine(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

std::string JsonText(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

Server::Server(const Flags& flags, std::vector<std::string> args)
    : flags_(flags),
      args_(std::move(args)),
      workers_count_(flags.concurrency != 0 ? flags.concurrency
                                            : std::min(CpusOfThisProcess(), kMostWorkers)),
      main_(clock_),
      config_(clock_),
      build_(clock_),
      stats_(workers_count_),
      registry_({.workers = workers_count_ + 1,
                 .share_idle = flags.share_idle_connections,
                 .free_elsewhere = [this](auto objects) {
                   build_.loop().mailbox().Post([objects = std::move(objects)] {});
                 },
                 .near_limit = [this](const std::string& cluster, upstream::Limit limit,
                                      uint32_t in_use, uint32_t most) {
                   limit_watch_.Near(cluster, limit, in_use, most);
                 },
                 .on_trip = [this](upstream::ClusterId id, auto endpoint, upstream::Ejection type) {
                   config_.loop().mailbox().Post([this, id, endpoint = std::move(endpoint), type] {
                     health_->OnTrip(id, *endpoint, type);
                   });
                 }}),
      limit_watch_(config_.loop(), registry_),
      compiler_(bootstrap_, stats_),
      drain_timer_(main_.loop().timers(), drain_limit_) {}

// Threads first, then what they used, users before what they use; the registry outlives snapshots
// and workers.
Server::~Server() {
  signals_.reset();
  admin_.reset();
  if (workers_ != nullptr) workers_->Join();
  for (event::LoopThread* thread : {&config_, &build_}) {
    thread->Stop();
    thread->Join();
  }
  if (state_keeper_ != nullptr) state_keeper_->End();
  control_plane_.reset();
  // Connections of checks are freed at the end of a turn, which must find no message for the dead.
  config_.loop().mailbox().DropAll();
  health_.reset();
  state_keeper_.reset();
  live_.reset();
  clusters_.reset();
  listeners_.reset();
  workers_.reset();
  if (log_writer_ != nullptr) log_writer_->Stop();
  status_ = {};
  statics_.reset();
}

absl::Status Server::Load() {
  std::string text = flags_.config_yaml;
  if (!flags_.config_path.empty()) {
    auto read = ReadFile(flags_.config_path);
    if (!read.ok()) return read.status();
    text = *std::move(read);
  }
  config::ErrorList errors;
  auto bootstrap = config::ReadBootstrap(text, errors);
  if (!bootstrap) return errors.ToStatus();
  bootstrap_ = *std::move(bootstrap);
  ApplyNodeFlags();
  api::CheckBootstrap(bootstrap_, errors);
  if (!errors.empty()) return errors.ToStatus();
  admin_address_ = config::AdminAddress(bootstrap_, errors);
  ads_ = AdsSettings(bootstrap_, errors);
  if (ads_) ads_->stages = !flags_.faults.unstaged;
  statics_ = compiler_.CompileStatics(errors);
  return errors.ToStatus();
}

void Server::Validate() {
  if (ads_) JudgeProcess(clock_, compiler_, statics_, flags_.faults.crash_revision).Run(*std::move(ads_));
}

absl::Status Server::OpenState() {
  if (flags_.state_dir.empty()) return absl::OkStatus();
  if (!flags_.state_key.empty()) SLUICE_RETURN_IF_ERROR(CheckKey(flags_.state_key));
  SLUICE_ASSIGN_OR_RETURN(state_dir_, xds::StateDir::Open(flags_.state_dir));
  state_keeper_ = std::make_unique<StateKeeper>(
      threads(), *state_dir_, std::string(kVersion), [this] { return clusters_->endpoints().Held(); });
  cached_ = state_keeper_->Begin();
  if (!cached_) return absl::OkStatus();
  const uint64_t number = cached_->stored.revision.number;
  cached_text_ = CachedText(number, clock_.WallNow() - cached_->stored.served);
  base::LogWarn("starting from the state directory: {}", cached_text_);
  return absl::OkStatus();
}

absl::Status Server::MakeParts() {
  SLUICE_ASSIGN_OR_RETURN(sockets_, net::ListenSockets::Create(
                                        {.workers = workers_count_, .bind_host = flags_.bind_host}));
  log_writer_ = std::make_unique<proxy::LogWriter>();
  workers_ = std::make_unique<worker::WorkerSet>(
      worker::WorkerSet::Options{.count = workers_count_,
                                 .clock = clock_,
                                 .registry = registry_,
                                 .log_writer = *log_writer_,
                                 .main_loop = main_.loop()});
  listeners_ = std::make_unique<ListenerSwitch>(ListenerSwitch::Parts{
      .sockets = *sockets_,
      .workers = *workers_,
      .faults = flags_.faults,
      .announce = [](const admin::BoundListener& listener) {
        PrintLine(fmt::format(R"({{"listener":{},"address":{}}})", JsonText(listener.name),
                              JsonText(listener.address.ToString())));
      }});
  WatchHealth();
  clusters_ = std::make_unique<LiveClusters>(threads(), registry_, *workers_);
  const auto& dynamic = bootstrap_.dynamic_resources();
  live_ = std::make_unique<LiveConfig>(
      LiveConfig::Parts{threads(), compiler_, *clusters_, *listeners_},
      LiveConfig::Options{
          .workers = workers_count_,
          .waits_for_clusters = ads_ && dynamic.has_cds_config(),
          .waits_for_listeners = ads_ && dynamic.has_lds_config(),
          .first_limit = ads_ ? ads_->discovery.initial_fetch_timeout : LiveConfig::Options().first_limit,
          .crash_prepare = flags_.faults.crash_prepare});
  // Whatever else comes, the bootstrap's own ports must be free: who starts us is told.
  auto bound = std::make_shared<config::Snapshot>();
  bound->listeners = statics_->listeners;
  std::string errors;
  for (const config::Problem& problem : listeners_->Reserve(std::move(bound))) {
    errors += (errors.empty() ? "" : "\n") + problem.text();
  }
  if (errors.empty()) return absl::OkStatus();
  return absl::UnavailableError(errors);
}

void Server::WatchHealth() {
  health_ = std::make_unique<health::HealthWatch>(
      config_.loop(), registry_,
      health::HealthWatch::Options{
          .outlier_log = bootstrap_.cluster_manager().outlier_detection().event_log_path(),
          .post_io = [this](std::function<void()> task) {
            build_.loop().mailbox().Post(std::move(task));
          }});
}

absl::Status Server::Serve() {
  event::Signals::BlockAndIgnorePipe({SIGTERM, SIGINT, SIGUSR1});
  base::LogInBackground();
  SLUICE_RETURN_IF_ERROR(MakeParts());
  SLUICE_RETURN_IF_ERROR(OpenState());
  if (ads_) control_plane_ = std::make_unique<ControlPlane>(threads(), registry_, workers_count_);
  admin_ = std::make_unique<admin::Admin>(main_.loop(), AdminSources());
  if (admin_address_.is_ip()) SLUICE_RETURN_IF_ERROR(admin_->Listen(admin_address_));
  signals_ = std::make_unique<event::Signals>(
      main_.loop(), std::initializer_list<int>{SIGTERM, SIGINT, SIGUSR1}, [this](int signal) {
        if (signal == SIGUSR1) return log_writer_->Reopen();
        BeginDrain();
      });
  StartThreads();
  main_.RunHere();
  return absl::OkStatus();
}

void Server::StartThreads() {
  if (flags_.measure_turns) {
    main_.loop().MeasureTurns();
    config_.loop().MeasureTurns();
    for (const auto& worker : workers_->workers()) worker->loop().MeasureTurns();
  }
  workers_->Start();
  build_.Start({.name = "build", .cpu = {}, .nice = 10});
  config_.Start({.name = "config", .cpu = {}, .nice = 0});
  config_.loop().mailbox().Post([this] { StartConfig(); });
}

void Server::StartConfig() {
  live_->OnStatus([this](const LiveStatus& status) {
    main_.loop().mailbox().Post([this, status] { OnStatus(status); });
  });
  if (state_keeper_ != nullptr) live_->SetGuard(state_keeper_->Guard());
  live_->Start(statics_, [this] { AnnounceReady(); });
  if (cached_) {
    xds::TypeChange endpoints;
    endpoints.type = config::ResourceType::kEndpoint;
    endpoints.changed = cached_->endpoints;
    live_->ApplyEndpoints(std::move(endpoints), [](const config::Problems&) {});
    live_->StartFrom(cached_->stored.revision);
    if (ads_) {
      ads_->discovery.serving = cached_->stored.revision.resources;
      ads_->discovery.serving_revision = cached_->stored.revision.number;
    }
  }
  if (!ads_) return;
  for (const auto& cluster : *statics_->clusters) {
    if (cluster->spec->discovery != upstream::Discovery::kEds) continue;
    ads_->discovery.static_assignments.push_back(cluster->spec->eds_service_name);
  }
  ads_->discovery.static_routes = statics_->missing_routes;
  ads_->discovery.on_initial_fetch = [this] { live_->EndFirstWait(); };
  control_plane_->Connect(*live_, *std::move(ads_));
}

void Server::OnStatus(const LiveStatus& status) {
  status_ = status;
  if (status.source == LiveStatus::Source::kControlPlane) cached_text_.clear();
}

void Server::AnnounceReady() {
  if (admin_address_.is_ip()) {
    PrintLine(fmt::format(R"({{"listener":"admin","address":{},"admin":true}})",
                          JsonText(admin_->bound().ToString())));
  }
  if (state_ == admin::State::kInitializing) state_ = admin::State::kLive;
  PrintLine(R"({"ready":true})");
}

void Server::BeginDrain() {
  // Before the start nothing is served, and a second signal does not want to wait.
  if (state_ != admin::State::kLive) return FinishDrain();
  state_ = admin::State::kDraining;
  base::LogInfo("draining: at most {} s",
                std::chrono::duration_cast<std::chrono::seconds>(kDrainTime).count());
  drain_timer_.ArmAt(main_.loop().now() + kDrainTime);
  workers_->Drain([this] { FinishDrain(); });
  CloseListenersSoon();
}

void Server::FinishDrain() { main_.Stop(); }

void Server::DrainListeners() {
  if (state_ != admin::State::kLive) return;
  base::LogInfo("draining listeners, as the admin asked");
  workers_->Drain([] {});
  CloseListenersSoon();
}

// Once every worker has let go of its sockets; what they had accepted goes on. An open socket that
// nobody accepts from would let new clients hang instead of sending them elsewhere.
void Server::CloseListenersSoon() {
  workers_->Confirm(main_.loop(), [this] { listeners_->CloseAll(); });
}

// The command line fills in what the file leaves open.
void Server::ApplyNodeFlags() {
  auto& node = *bootstrap_.mutable_node();
  if (node.id().empty()) node.set_id(flags_.service_node);
  if (node.cluster().empty()) node.set_cluster(flags_.service_cluster);
  if (node.locality().zone().empty() && !flags_.service_zone.empty()) {
    node.mutable_locality()->set_zone(flags_.service_zone);
  }
}

admin::Configuration Server::AdminConfiguration() const {
  admin::Configuration out;
  out.served = status_.served;
  out.prepared = status_.prepared;
  switch (status_.source) {
    case LiveStatus::Source::kBootstrap: out.source = "bootstrap"; break;
    case LiveStatus::Source::kStateDirectory: out.source = "state_directory"; break;
    case LiveStatus::Source::kControlPlane: out.source = "control_plane"; break;
  }
  out.cached = cached_text_;
  if (control_plane_ != nullptr) {
    out.control_plane = control_plane_->status();
    out.discovery = control_plane_->stats();
  }
  return out;
}

std::vector<admin::MeasuredLoop> Server::MeasuredLoops() {
  std::vector<admin::MeasuredLoop> loops;
  if (!flags_.measure_turns) return loops;
  loops.push_back({"main", &main_.loop()});
  loops.push_back({"config", &config_.loop()});
  for (const auto& worker : workers_->workers()) {
    loops.push_back({fmt::format("worker{}", worker->index()), &worker->loop()});
  }
  return loops;
}

admin::Sources Server::AdminSources() {
  return {
      .state = [this] { return state_; },
      .snapshot = [this] { return listeners_->served(); },
      .listeners = [this] { return listeners_->Bound(); },
      .drain_listeners = [this] { DrainListeners(); },
      .configuration = [this] { return AdminConfiguration(); },
      .loops = MeasuredLoops(),
      .bootstrap = &bootstrap_,
      .http_stats = &stats_,
      .log_stats = &log_writer_->stats(),
      .registry = &registry_,
      .config_loop = &config_.loop(),
      .version = std::string(kVersion),
      .command_line = args_,
      .workers = workers_count_,
      .started = main_.loop().now(),
  };
}

}  // namespace sluice::main
