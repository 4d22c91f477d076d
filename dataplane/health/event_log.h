// Writes what health checks and outlier detection decided as JSON lines, for whoever has to explain
// later why an endpoint was out.
//
// Shapes are those of Envoy's envoy.data.core.v3.HealthCheckEvent and
// envoy.data.cluster.v3.OutlierDetectionEvent. Owner: HealthWatch. Thread: config; files are
// written on another thread, one open, append and close for each line, so a rotated file needs no
// signal. A disk that does not take them costs the lines over kMostWaiting, counted in dropped(),
// and nothing else. A restart appends.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "dataplane/event/loop.h"
#include "dataplane/upstream/cluster.h"

namespace sluice::health {

// What became of an endpoint by its checks.
enum class CheckEvent : uint8_t {
  kEjected,   // unhealthy now
  kAdded,     // healthy now
  kAddedFirst,  // healthy by its very first check
  kFailed,    // one failure that changed nothing, or the first one
  kPassed,    // one success that changed nothing
  kDegraded,
  kNoLongerDegraded,
};
enum class CheckFailure : uint8_t { kNone, kActive, kNetwork, kNetworkTimeout };

class EventLog final {
 public:
  static constexpr int kMostWaiting = 4096;  // lines
  // Runs a task on a thread that may wait for disks.
  using PostIo = std::function<void(std::function<void()>)>;

  // `outlier_path` empty: ejections are not written.
  EventLog(event::Loop& loop, PostIo post_io, std::string outlier_path);

  void Eject(const upstream::Cluster& cluster, const upstream::Endpoint& endpoint,
             upstream::Ejection type, bool enforced, uint32_t ejections);
  void Uneject(const upstream::Cluster& cluster, const upstream::Endpoint& endpoint,
               uint32_t ejections);
  // To the file of `spec`, if it names one.
  void Check(const upstream::Cluster& cluster, const upstream::Endpoint& endpoint,
             const upstream::HealthCheckSpec& spec, CheckEvent event, CheckFailure failure);

  // Lines that were lost: disk full, no such directory, too many waiting. Any thread.
  uint64_t dropped() const { return state_->dropped.load(std::memory_order_relaxed); }

 private:
  // Shared with what waits to be written.
  struct State {
    std::atomic<int> waiting{0};
    std::atomic<uint64_t> dropped{0};
  };
  void Write(const std::string& path, std::string line);
  std::string Timestamp() const;

  event::Loop& loop_;
  const PostIo post_io_;
  const std::string outlier_path_;
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace sluice::health
