// When the state directory is written and what is started from it (wire.md section 3).
//
// Owner: main/server. Threads: Begin and End on main while the others do not run; the guard's calls
// and the timers on config; files are written on the build thread. State: how the last starts went,
// the revision that is served and the one that is prepared. Revision change: before a compile and
// before a switch the digest is noted on disk, so that a crash is counted for it and for no other;
// after kCandidateAfter of serving it becomes what is started from. A delayed disk delays PREPARE
// and SERVE by one small write each, and nothing else. Endpoints are written at most every
// kEndpointsEvery. A silent control plane changes nothing. Restart: kCrashes crashes in a row of one
// revision within kCrashWindow, and its digest is refused until another version of the proxy runs;
// if it was served, the revision before is started from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dataplane/main/live_config.h"
#include "dataplane/main/threads.h"
#include "dataplane/xds/state_dir.h"

namespace sluice::main {

class StateKeeper final : private event::Timer::Handler {
 public:
  using Held = std::function<std::vector<config::ResourceRef>()>;
  using WallTime = xds::StateDir::WallTime;
  static constexpr base::Duration kCandidateAfter = std::chrono::seconds(30);
  static constexpr base::Duration kEndpointsEvery = std::chrono::seconds(1);
  static constexpr size_t kCrashes = 3;
  static constexpr std::chrono::seconds kCrashWindow{60};
  static constexpr int kStartsKept = 16;

  // `version` is the proxy's. `held` gives the assignments in use, on config.
  StateKeeper(Threads threads, xds::StateDir& directory, std::string version, Held held);

  struct Cached {
    xds::StateDir::StoredRevision stored;
    std::vector<config::ResourceRef> endpoints;  // may be empty
  };
  // Notes the start. What to start from; nullopt if there is nothing usable. What was not used is
  // in the log, with why.
  std::optional<Cached> Begin();
  // For LiveConfig.
  LiveConfig::Guard Guard();
  // The process ends by itself: no crash. Writes what is not written yet.
  void End();

 private:
  void OnTimer(event::Timer& timer) override;
  std::optional<config::Problem> Refuses(const xds::Revision& revision) const;
  void BeforePrepare(const xds::Revision& revision, std::function<void()> go);
  void AfterPrepare();
  void BeforeServe(const xds::Revision& revision, std::function<void()> go);
  void Served(const xds::Revision& revision);
  void EndpointsChanged();
  ::sluice::state::v1::Start& own() { return *starts_.mutable_starts()->rbegin(); }
  // Writes the starts as they are now; `then`, which may be empty, is called on config.
  void StoreStarts(std::function<void()> then);
  void CountCrashes();
  bool IsRefused(std::string_view digest) const;
  std::optional<xds::StateDir::StoredRevision> Choose();
  void StoreCandidate();
  void StoreEndpoints();
  WallTime Now() const { return threads_.config.clock().WallNow(); }

  const Threads threads_;
  xds::StateDir& directory_;
  const std::string version_;
  const Held held_;
  ::sluice::state::v1::Starts starts_;
  bool current_is_refused_ = false;  // what the file "revision" holds must not become the previous
  std::shared_ptr<const xds::Revision> candidate_;
  WallTime candidate_served_;
  event::Timer candidate_timer_;
  event::Timer endpoints_timer_;
  base::MonoTime endpoints_written_{};
};

// "cached rev 41, 3 h old".
std::string CachedText(uint64_t revision, std::chrono::system_clock::duration age);

}  // namespace sluice::main
