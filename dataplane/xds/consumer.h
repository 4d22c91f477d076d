// Where the ADS client hands configuration to, and what it hears back. Two implementations: the
// proxy that serves (main/live_config) and the judge that only compiles (main/judge).
//
// Thread: config. Every call returns at once; `done` is called later on the config thread, exactly
// once, also after a Discard or a newer call (then with a report that says so). At most one
// ApplyTypes, Prepare or Serve is under way at a time: the client waits for `done` (xds.md R67);
// ApplyEndpoints may run beside them and never waits for a compile. After the client is destroyed
// the consumer drops callbacks it still holds (they carry a lifetime token).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dataplane/base/clock.h"
#include "dataplane/config/resource.h"
#include "sluice/xds/v1/commit.pb.h"

namespace sluice::xds {

// What one response of a standard server changes in one type.
struct TypeChange {
  config::ResourceType type = config::ResourceType::kCluster;
  std::vector<config::ResourceRef> changed;
  // Names that were held. SotW: those that are absent, for LDS and CDS only. Both variants: those
  // whose time to live has run out (R66).
  std::vector<std::string> removed;
};

// One revision as a committing server ended it: always the whole set, of which most is shared with
// what is served.
struct Revision {
  uint64_t number = 0;
  std::string group;
  base::Duration warm_timeout = std::chrono::seconds(2);
  uint32_t compiler_level = 0;
  std::array<uint8_t, 32> digest{};  // over all types: SHA-256 of their type URLs and digests
  config::ResourceSet resources;
};

class Consumer {
 public:
  using Problems = std::vector<::sluice::xds::v1::Problem>;

  // Standard stream, revisioned types. Good resources serve when `done` is called, bad ones are
  // named by Problem.resource and their held copy stays (R30); removals are honoured. What is not
  // named counts as serving, and what it refers to is asked for next. No problems: ACK. The first
  // response of clusters and of listeners comes even if it is empty; later empty changes do not.
  virtual void ApplyTypes(TypeChange change, std::function<void(Problems)> done) = 0;

  // Endpoints, on both kinds of stream: whole or not at all per assignment. `done`: every worker
  // uses them. Assignments of clusters that are not there yet (staged) are kept for them.
  virtual void ApplyEndpoints(TypeChange change, std::function<void(Problems)> done) = 0;

  // Committing stream: compile, bind without listening, load, warm. `done` with an empty `refused`
  // means "can serve". A second Prepare replaces a prepared revision that was not served.
  virtual void Prepare(Revision revision,
                       std::function<void(::sluice::xds::v1::CommitReport)> done) = 0;
  // Switches every worker to the prepared revision. A number that is not prepared is refused as
  // MISMATCH; else `done` when every worker serves it.
  virtual void Serve(uint64_t revision,
                     std::function<void(::sluice::xds::v1::CommitReport)> done) = 0;
  // The stream is gone: a prepared revision is dropped, what is served stays.
  virtual void Discard() = 0;

 protected:
  ~Consumer() = default;
};

}  // namespace sluice::xds
