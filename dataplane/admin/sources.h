// Where the admin pages take what they show: references and calls that main hands over.
//
// Everything is called or read on main's thread, except `registry`, which pages only touch inside a
// message to `config_loop`. A null pointer or an empty function means "this process has none of
// it": the page then says so.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/base/clock.h"
#include "dataplane/config/draft.h"
#include "dataplane/config/snapshot.h"
#include "dataplane/net/address.h"
#include "dataplane/stats/http_stats_registry.h"
#include "dataplane/stats/log_stats.h"
#include "dataplane/xds/discovery_stats.h"
#include "envoy/config/bootstrap/v3/bootstrap.pb.h"

namespace sluice::event {
class Loop;
}
namespace sluice::upstream {
class Registry;
}

namespace sluice::admin {

// In the order a process goes through them; names as in Envoy's ServerInfo.State.
enum class State : uint8_t { kInitializing, kLive, kDraining };

// A listener and the address the kernel gave it.
struct BoundListener {
  std::string name;
  net::Address address;
};

// What is in force, and who says so.
struct Configuration {
  std::shared_ptr<const config::Draft> served;  // nullptr before the first configuration
  uint64_t prepared = 0;                        // a revision that waits for SERVE; 0: none
  std::string_view source = "bootstrap";        // or "state_directory", "control_plane"
  std::string cached;                           // how old it is, from the state directory; else ""
  std::optional<xds::Status> control_plane;     // nullopt: the bootstrap names none
  const xds::DiscoveryStats* discovery = nullptr;  // of it, from when it is asked; outlives the admin
};

// A loop whose turns are measured (--measure-turns).
struct MeasuredLoop {
  std::string name;
  const event::Loop* loop = nullptr;  // outlives the admin; only longest_turn() is read
};

struct Sources {
  // kLive once configured, bound and adopted by all workers; never false again because of backends.
  std::function<State()> state;
  std::function<std::shared_ptr<const config::Snapshot>()> snapshot;
  std::function<std::vector<BoundListener>()> listeners;
  // Stops accepting and ends connections after their response; the process stays.
  std::function<void()> drain_listeners;
  std::function<Configuration()> configuration;
  std::vector<MeasuredLoop> loops;

  const envoy::config::bootstrap::v3::Bootstrap* bootstrap = nullptr;  // as loaded
  const stats::HttpStatsRegistry* http_stats = nullptr;
  const stats::LogStats* log_stats = nullptr;
  const upstream::Registry* registry = nullptr;
  event::Loop* config_loop = nullptr;  // outlives the admin; posts to it are answered or dropped

  std::string version;
  std::vector<std::string> command_line;
  uint32_t workers = 0;
  base::MonoTime started{};  // of the loop's clock; for the uptime
};

}  // namespace sluice::admin
