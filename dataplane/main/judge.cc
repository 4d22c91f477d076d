#include "dataplane/main/judge.h"

#include <cstdlib>
#include <utility>

#include "dataplane/main/endpoint_updates.h"
#include "dataplane/main/live_config.h"

namespace sluice::main {

using config::Compiler;
using config::Problem;
using xds::v1::Commit;
using xds::v1::CommitReport;

void Judge::Compile(Compiler::Order order, std::function<void(ResultPtr)> then) {
  auto shared = std::make_shared<const Compiler::Order>(std::move(order));
  threads_.build.mailbox().Post([this, shared, then = std::move(then)] {
    auto result = std::make_shared<Compiler::Result>(compiler_.Compile(*shared));
    threads_.config.mailbox().Post([then, result] { then(result); });
  });
}

void Judge::ApplyTypes(xds::TypeChange change, std::function<void(Problems)> done) {
  Compiler::Order order;
  order.mode = Compiler::Mode::kKeepGood;
  order.held = held_;
  order.wanted = held_->resources;
  config::ResourceMap& wanted = order.wanted.of(change.type);
  for (const config::ResourceRef& resource : change.changed) wanted[resource->name] = resource;
  for (const std::string& name : change.removed) wanted.erase(name);
  Compile(std::move(order), [this, done = std::move(done)](const ResultPtr& result) {
    held_ = std::move(result->draft);
    done(std::move(result->problems));
  });
}

void Judge::ApplyEndpoints(xds::TypeChange change, std::function<void(Problems)> done) {
  threads_.build.mailbox().Post([this, change = std::move(change), done = std::move(done)] {
    Problems problems;
    for (const config::ResourceRef& one : change.changed) CompileAssignment(*one, nullptr, nullptr, problems);
    threads_.config.mailbox().Post([done, problems = std::move(problems)] { done(problems); });
  });
}

void Judge::Prepare(xds::Revision revision, std::function<void(CommitReport)> done) {
  if (revision.number == crash_revision_ && crash_revision_ != 0) std::abort();
  const base::MonoTime began = threads_.config.clock().Now();
  Compiler::Order order;
  order.revision = revision.number;
  order.wanted = std::move(revision.resources);
  Compile(std::move(order),
          [this, began, number = revision.number, done = std::move(done)](const ResultPtr& result) {
            CommitReport report;
            report.set_revision(number);
            report.set_phase(Commit::PREPARE);
            for (Problem& problem : result->problems) *report.add_refused() = std::move(problem);
            SetTook(threads_.config.clock().Now() - began, report);
            done(std::move(report));
          });
}

void Judge::Serve(uint64_t revision, std::function<void(CommitReport)> done) {
  CommitReport report;
  report.set_revision(revision);
  report.set_phase(Commit::SERVE);
  *report.add_refused() = config::GeneralProblem(Problem::MISMATCH, "a judge serves nothing");
  done(std::move(report));
}

}  // namespace sluice::main
