#include "dataplane/main/judge_process.h"

#include <csignal>
#include <utility>
#include <vector>

#include "dataplane/base/log.h"
#include "dataplane/config/snapshot_assembly.h"
#include "dataplane/event/signals.h"

namespace sluice::main {

JudgeProcess::JudgeProcess(const base::Clock& clock, config::Compiler& compiler,
                           std::shared_ptr<const config::Draft> statics, uint64_t crash_revision)
    : main_(clock),
      config_(clock),
      build_(clock),
      statics_(std::move(statics)),
      registry_({.workers = 1, .share_idle = false}),
      judge_({main_.loop(), config_.loop(), build_.loop()}, compiler, statics_, crash_revision) {}

JudgeProcess::~JudgeProcess() {
  for (event::LoopThread* thread : {&config_, &build_}) {
    thread->Stop();
    thread->Join();
  }
  control_plane_ = nullptr;
  dns_ = nullptr;
}

void JudgeProcess::Run(xds::AdsOptions ads) {
  event::Signals::BlockAndIgnorePipe({SIGTERM, SIGINT});
  base::LogInBackground();
  const event::Signals signals(main_.loop(), {SIGTERM, SIGINT}, [this](int) { main_.Stop(); });
  const Threads threads{main_.loop(), config_.loop(), build_.loop()};
  snapshot_ = config::AssembleSnapshot(*statics_, nullptr, registry_);
  control_plane_ = std::make_unique<ControlPlane>(threads, registry_, 0);
  dns_ = std::make_unique<upstream::DnsClusters>(config_.loop(), registry_);
  build_.Start({.name = "build", .cpu = {}, .nice = 10});
  config_.Start({.name = "config", .cpu = {}, .nice = 0});
  config_.loop().mailbox().Post([this, ads = std::move(ads)] {
    std::vector<std::shared_ptr<upstream::Cluster>> clusters;
    for (const auto& entry : snapshot_->clusters->entries) clusters.push_back(entry.cluster);
    dns_->Follow(clusters, [] {});
    control_plane_->Connect(judge_, ads);
  });
  main_.RunHere();
}

}  // namespace sluice::main
