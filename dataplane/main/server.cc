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
#include "dataplane/config/bootstrap.h"
#include "dataplane/config/admin_address.h"
#include "dataplane/config/snapshot_assembly.h"
#include "dataplane/main/version.h"

namespace sluice::main {

namespace {

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
    : flags_(flags), args_(std::move(args)),
      workers_count_(flags.concurrency != 0 ? flags.concurrency : CpusOfThisProcess()),
      main_(clock_), config_(clock_), stats_(workers_count_),
      registry_({.workers = workers_count_, .share_idle = flags.share_idle_connections}),
      drain_timer_(main_.loop().timers(), drain_limit_) {}

// Threads first, then what they used; the registry outlives snapshots and workers.
Server::~Server() {
  signals_.reset();
  admin_.reset();
  if (workers_ != nullptr) workers_->Join();
  config_.Stop();
  config_.Join();
  dns_.reset();
  workers_.reset();
  if (log_writer_ != nullptr) log_writer_->Stop();
  snapshot_.reset();
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
  compiler_ = std::make_unique<config::Compiler>(bootstrap_, stats_);
  const auto draft = compiler_->CompileStatics(errors);
  if (draft == nullptr) return errors.ToStatus();
  snapshot_ = config::AssembleSnapshot(*draft, nullptr, registry_);
  return absl::OkStatus();
}

absl::Status Server::Bind() {
  auto sockets = net::ListenSockets::Create({.workers = workers_count_, .bind_host = flags_.bind_host});
  if (!sockets.ok()) return sockets.status();
  sockets_ = *std::move(sockets);
  worker_sockets_.resize(workers_count_);
  std::string errors;
  for (const auto& spec : snapshot_->listeners) {
    const net::ListenSockets::SocketOptions options{.backlog = static_cast<int>(spec->backlog),
                                                    .ipv4_too = spec->ipv4_too};
    auto entry = sockets_->Bind(spec->name, spec->address, options);
    absl::Status status = entry.status();
    if (entry.ok()) status = sockets_->Listen(**entry);
    if (!status.ok()) {
      const std::string message(status.message());
      errors += errors.empty() ? message : "\n" + message;
      continue;
    }
    for (uint32_t i = 0; i < workers_count_; ++i) {
      worker_sockets_[i].push_back({spec->name, (*entry)->fd(i)});
    }
  }
  if (errors.empty()) return absl::OkStatus();
  return absl::UnavailableError(errors);
}

absl::Status Server::Serve() {
  event::Signals::BlockAndIgnorePipe({SIGTERM, SIGINT, SIGUSR1});
  base::LogInBackground();
  if (absl::Status status = Bind(); !status.ok()) return status;
  log_writer_ = std::make_unique<proxy::LogWriter>();
  admin_ = std::make_unique<admin::Admin>(main_.loop(), AdminSources());
  if (admin_address_.is_ip()) {
    if (absl::Status status = admin_->Listen(admin_address_); !status.ok()) return status;
  }
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
  workers_ = std::make_unique<worker::WorkerSet>(worker::WorkerSet::Options{
      .count = workers_count_, .clock = clock_, .registry = registry_, .log_writer = *log_writer_,
      .main_loop = main_.loop()});
  workers_->Start();
  config_.Start({.name = "config", .cpu = {}, .nice = 0});
  // Names are resolved before the first request, for at most warm_timeout; what is not there then
  // is served cold.
  config_.loop().mailbox().Post([this] {
    dns_ = std::make_unique<upstream::DnsClusters>(config_.loop(), registry_);
    std::vector<std::shared_ptr<upstream::Cluster>> clusters;
    for (const auto& entry : snapshot_->clusters->entries) clusters.push_back(entry.cluster);
    dns_->Follow(clusters, [this] {
      main_.loop().mailbox().Post([this] { AdoptFirst(); });
    });
  });
}

void Server::AdoptFirst() {
  workers_->Adopt(snapshot_, worker_sockets_, [this] { AnnounceReady(); });
}

void Server::AnnounceReady() {
  for (const admin::BoundListener& listener : BoundListeners()) {
    PrintLine(fmt::format(R"({{"listener":{},"address":{}}})", JsonText(listener.name),
                          JsonText(listener.address.ToString())));
  }
  if (admin_address_.is_ip()) {
    PrintLine(fmt::format(R"({{"listener":"admin","address":{},"admin":true}})",
                          JsonText(admin_->bound().ToString())));
  }
  state_ = admin::State::kLive;
  PrintLine(R"({"ready":true})");
}

void Server::BeginDrain() {
  // Before the start nothing is served, and a second signal does not want to wait.
  if (state_ != admin::State::kLive) return FinishDrain();
  state_ = admin::State::kDraining;
  base::LogInfo("draining: at most {} s", std::chrono::duration_cast<std::chrono::seconds>(kDrainTime).count());
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
  workers_->Confirm(main_.loop(), [this] {
    for (const auto& spec : snapshot_->listeners) {
      const auto* entry = sockets_->Find(spec->name, spec->address);
      if (entry != nullptr) sockets_->Close(*entry);
    }
  });
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

std::vector<admin::BoundListener> Server::BoundListeners() const {
  std::vector<admin::BoundListener> bound;
  for (const auto& spec : snapshot_->listeners) {
    const auto* entry = sockets_->Find(spec->name, spec->address);
    if (entry != nullptr) bound.push_back({spec->name, entry->bound()});
  }
  return bound;
}

admin::Sources Server::AdminSources() {
  return {
      .state = [this] { return state_; },
      .snapshot = [this] { return snapshot_; },
      .listeners = [this] { return BoundListeners(); },
      .drain_listeners = [this] { DrainListeners(); },
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
