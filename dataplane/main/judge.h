// The consumer of ADS that only compiles: `--mode validate` over a stream (wire.md section 1).
//
// It says what a proxy would refuse for the content of a revision, and touches neither ports nor
// clusters: a LOCAL problem is not its to find. Owner: main/judge_process. Thread: config; compiles
// on the build thread. State: nothing between two calls but what the Compiler shares. Two revisions
// may be judged at once; each answer comes in order, Discard ends none. Nothing survives a restart.
#pragma once

#include <functional>
#include <memory>

#include "dataplane/config/compiler.h"
#include "dataplane/main/threads.h"
#include "dataplane/xds/consumer.h"

namespace sluice::main {

class Judge final : public xds::Consumer {
 public:
  // `compiler` is used on the build thread only from now on; `statics` is what it made of the
  // bootstrap. `crash_revision`: the process dies of that one, as a fault point asks (faults.h); 0:
  // none.
  Judge(Threads threads, config::Compiler& compiler, std::shared_ptr<const config::Draft> statics,
        uint64_t crash_revision = 0)
      : threads_(threads), compiler_(compiler), held_(std::move(statics)), crash_revision_(crash_revision) {}

  // A standard server is judged like by a proxy: bad ones are named, their held copy is kept.
  void ApplyTypes(xds::TypeChange change, std::function<void(Problems)> done) override;
  void ApplyEndpoints(xds::TypeChange change, std::function<void(Problems)> done) override;
  void Prepare(xds::Revision revision,
               std::function<void(::sluice::xds::v1::CommitReport)> done) override;
  // Refused as MISMATCH: a judge serves nothing.
  void Serve(uint64_t revision, std::function<void(::sluice::xds::v1::CommitReport)> done) override;
  void Discard() override {}

 private:
  using ResultPtr = std::shared_ptr<config::Compiler::Result>;
  void Compile(config::Compiler::Order order, std::function<void(ResultPtr)> then);

  const Threads threads_;
  config::Compiler& compiler_;
  std::shared_ptr<const config::Draft> held_;
  const uint64_t crash_revision_;
};

}  // namespace sluice::main
