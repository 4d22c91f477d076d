// Endpoints out of files that something else writes: read again whenever they are replaced.
//
// Poll looks at each file's identity, size and time of change, and reads only what differs; a poll
// a second over ten thousand files costs some tens of milliseconds. A file that cannot be used
// changes nothing and is a problem until it can. A file that suddenly lacks over half of what it
// had within 15 s is held: the old endpoints stay, an alarm is raised, until a content that is
// plausible comes, or Release.
//
// Thread: any, one mutex; SetServices and Poll read files, so not from a strand.
#pragma once

#include <sys/stat.h>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/discovery/alarm.h"
#include "controlplane/discovery/catalog.h"
#include "dataplane/base/clock.h"

namespace sluice::discovery {

class FileSource final {
 public:
  // Within which losses count together.
  static constexpr base::Duration kLossWindow = std::chrono::seconds(15);

  // `catalog` and `clock` outlive the source.
  FileSource(Catalog& catalog, const base::Clock& clock, SourceProblemSink problems,
             LossAlarmSink alarms);

  // Which services have a file, and where. New ones are read at once; others are forgotten.
  void SetServices(const std::map<std::string, std::string>& path_by_service);
  // Reads what was replaced since. Call about once a second.
  void Poll();
  // Takes the held content of the service's file after all; without effect if none is held.
  void Release(const std::string& service);

 private:
  // What tells one content of a path from the next without reading it.
  struct Stamp {
    ino_t inode = 0;
    off_t size = 0;
    int64_t changed_ns = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  struct File {
    std::string path;
    std::optional<Stamp> stamp;       // Of what was read last, good or bad.
    std::string problem;              // Empty: the last content was good.
    bool read = false;                // Some content was good.
    std::vector<Endpoint> endpoints;  // In the catalog.
    std::vector<Endpoint> window;     // What there was when the present window began.
    base::MonoTime window_began{};
    std::optional<std::vector<Endpoint>> held;  // Not believed.
  };
  // All of these with mutex_ held.
  static std::optional<Stamp> StampOf(const std::string& path);
  void Look(const std::string& service, File& file);
  void Take(const std::string& service, File& file, std::vector<Endpoint> endpoints);
  void Use(const std::string& service, File& file, std::vector<Endpoint> endpoints);
  void SayProblem(const std::string& service, File& file, std::string text);

  Catalog& catalog_;
  const base::Clock& clock_;
  const SourceProblemSink problems_;
  const LossAlarmSink alarms_;
  std::mutex mutex_;                   // Guards all below.
  std::map<std::string, File> files_;  // By service.
};

}  // namespace sluice::discovery
