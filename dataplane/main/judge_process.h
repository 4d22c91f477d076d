// `--mode validate` with a control plane: a process that judges until SIGTERM.
//
// Owner and thread: main. Beside main's loop it has a config thread with the ADS client and a build
// thread; no workers, no listen sockets, no admin. SIGTERM or SIGINT end it at once, with 0.
#pragma once

#include <memory>

#include "dataplane/config/compiler.h"
#include "dataplane/event/loop_thread.h"
#include "dataplane/main/control_plane.h"
#include "dataplane/main/judge.h"
#include "dataplane/upstream/dns_clusters.h"

namespace sluice::main {

class JudgeProcess final {
 public:
  // `statics` is what `compiler` made of the bootstrap.
  JudgeProcess(const base::Clock& clock, config::Compiler& compiler,
               std::shared_ptr<const config::Draft> statics, uint64_t crash_revision = 0);
  ~JudgeProcess();

  // Judges what comes over `ads` until SIGTERM or SIGINT.
  void Run(xds::AdsOptions ads);

 private:
  event::LoopThread main_;
  event::LoopThread config_;
  event::LoopThread build_;
  const std::shared_ptr<const config::Draft> statics_;
  upstream::Registry registry_;
  // Holds the bootstrap's clusters, of which one is the control plane's.
  std::shared_ptr<const config::Snapshot> snapshot_;
  std::unique_ptr<upstream::DnsClusters> dns_;
  Judge judge_;
  std::unique_ptr<ControlPlane> control_plane_;
};

}  // namespace sluice::main
