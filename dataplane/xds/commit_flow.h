// The Commits of one stream (wire.md section 1): checks each against the staged set, hands it to
// the consumer, and says what to answer.
//
// PREPARE gives the consumer the whole staged set; SERVE makes the set of that PREPARE the serving
// one. One Commit at a time. A stream that is lost drops what was staged and prepared; the consumer
// still ends a phase that was under way, and a SERVE that succeeds then counts. Thread: config.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "dataplane/event/loop.h"
#include "dataplane/xds/consumer.h"
#include "dataplane/xds/staging.h"

namespace sluice::xds {

class CommitFlow final {
 public:
  using Commit = ::sluice::xds::v1::Commit;
  struct Outcome {
    ::sluice::xds::v1::CommitReport report;
    // Types that are not what the server thinks: to be sent again.
    std::vector<config::ResourceType> mismatched;
    // After SERVE: what every worker serves now.
    std::optional<config::ResourceSet> serving;
  };

  // Both outlive this object.
  CommitFlow(event::Loop& loop, Consumer& consumer) : loop_(loop), consumer_(consumer) {}

  Staging& staging() { return staging_; }
  // `done` is called once, maybe before this returns, and not after the end of this object.
  void Run(const Commit& commit, std::function<void(Outcome)> done);
  // The stream is gone.
  void Discard();

 private:
  struct Prepared {
    uint64_t revision = 0;
    config::ResourceSet resources;
  };
  void Prepare(const Commit& commit, Outcome outcome, std::function<void(Outcome)> done);
  void Serve(const Commit& commit, Outcome outcome, std::function<void(Outcome)> done);

  event::Loop& loop_;
  Consumer& consumer_;
  Staging staging_;
  std::optional<Prepared> prepared_;
  // Callbacks that come after our end find it gone.
  std::shared_ptr<CommitFlow*> self_ = std::make_shared<CommitFlow*>(this);
};

}  // namespace sluice::xds
