// The committing half of LiveConfig: PREPARE, SERVE, Discard (wire.md section 1).
#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "dataplane/base/log.h"
#include "dataplane/main/live_config.h"

namespace sluice::main {

using config::Compiler;
using config::Problem;
using config::Problems;
using xds::v1::Commit;

void SetTook(base::Duration took, xds::v1::CommitReport& report) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(took);
  report.mutable_took()->set_seconds(seconds.count());
  report.mutable_took()->set_nanos(static_cast<int32_t>((took - seconds).count()));
}

void LiveConfig::Prepare(xds::Revision revision, ReportDone done) {
  Supersede("a newer revision took its place");
  DropPrepared();
  auto preparation = std::make_shared<Preparation>();
  preparation->began = parts_.threads.config.clock().Now();
  preparation->revision = std::move(revision);
  preparation->done = std::move(done);
  preparing_ = preparation;
  if (guard_.refuses) {
    if (auto problem = guard_.refuses(preparation->revision))
      return Refuse(preparation, {*std::move(problem)});
  }
  if (!guard_.before_prepare) return CompilePreparation(std::move(preparation));
  guard_.before_prepare(preparation->revision, [this, preparation] {
    if (preparation == preparing_) CompilePreparation(preparation);
  });
}

void LiveConfig::CompilePreparation(PreparationPtr preparation) {
  parts_.threads.build.mailbox().Post([this, preparation] {
    const uint64_t number = preparation->revision.number;
    if (number == options_.crash_prepare && number != 0) std::abort();
    Compiler::Order order;
    order.wanted = preparation->revision.resources;
    order.revision = number;
    auto result = std::make_shared<Compiler::Result>(parts_.compiler.Compile(order));
    parts_.threads.config.mailbox().Post([this, preparation, result] {
      if (preparation != preparing_) return;
      if (result->draft == nullptr) return Refuse(preparation, std::move(result->problems));
      preparation->draft = std::move(result->draft);
      BindPreparation(preparation);
    });
  });
}

void LiveConfig::BindPreparation(PreparationPtr preparation) {
  preparation->snapshot = parts_.clusters.Assemble(*preparation->draft);
  parts_.threads.main.mailbox().Post([this, preparation, snapshot = preparation->snapshot] {
    Problems problems = parts_.listeners.Prepare(snapshot);
    parts_.threads.config.mailbox().Post([this, preparation, problems = std::move(problems)] {
      OnPreparationBound(preparation, problems);
    });
  });
}

void LiveConfig::OnPreparationBound(PreparationPtr preparation, Problems problems) {
  if (preparation != preparing_) return;
  if (!problems.empty()) return Refuse(preparation, std::move(problems));
  const base::Duration limit = preparation->revision.warm_timeout;
  const config::Draft& draft = *preparation->draft;
  parts_.clusters.Warm(draft, limit, [this, preparation](Problems cold) {
    if (preparation != preparing_) return;
    preparation->warnings = std::move(cold);
    prepared_ = std::exchange(preparing_, nullptr);
    if (guard_.after_prepare) guard_.after_prepare();
    TellStatus();
    std::exchange(preparation->done, nullptr)(ReportOf(*preparation, Commit::PREPARE));
  });
}

void LiveConfig::Refuse(const PreparationPtr& preparation, Problems refused) {
  const uint64_t number = preparation->revision.number;
  for (const Problem& problem : refused) {
    base::LogWarn("revision {} is refused: {}", number, config::ProblemText(problem));
  }
  Report report = ReportOf(*preparation, Commit::PREPARE);
  for (Problem& problem : refused) *report.add_refused() = std::move(problem);
  const ReportDone done = std::exchange(preparation->done, nullptr);
  if (preparing_ == preparation) preparing_ = nullptr;
  if (guard_.after_prepare) guard_.after_prepare();
  if (preparation->snapshot != nullptr) {
    parts_.clusters.Drop();
    parts_.threads.main.mailbox().Post([this] { parts_.listeners.DropPrepared(); });
  }
  parts_.clusters.grave().Free(preparation);
  done(std::move(report));
}

void LiveConfig::Supersede(std::string_view why) {
  if (preparing_ == nullptr) return;
  const PreparationPtr preparation = preparing_;
  Refuse(preparation, {config::GeneralProblem(Problem::LOCAL, fmt::format("discarded: {}", why))});
}

void LiveConfig::DropPrepared() {
  if (prepared_ == nullptr) return;
  parts_.clusters.Drop();
  parts_.threads.main.mailbox().Post([this] { parts_.listeners.DropPrepared(); });
  parts_.clusters.grave().Free(std::exchange(prepared_, nullptr));
  TellStatus();
}

void LiveConfig::Discard() {
  Supersede("the stream ended");
  DropPrepared();
}

void LiveConfig::Serve(uint64_t revision, ReportDone done) {
  if (prepared_ == nullptr || prepared_->revision.number != revision) {
    Report report;
    report.set_revision(revision);
    report.set_phase(Commit::SERVE);
    *report.add_refused() = config::GeneralProblem(
        Problem::MISMATCH, fmt::format("revision {} is not prepared here", revision));
    return done(std::move(report));
  }
  const PreparationPtr served = std::exchange(prepared_, nullptr);
  served->began = parts_.threads.config.clock().Now();
  served->done = std::move(done);
  served->warnings.clear();
  TellStatus();
  const auto go = [this, served] {
    Enqueue([this, served] {
      // Workers adopt in the order of the messages, so nobody waits here for a slow one.
      Switch(served->draft, served->snapshot, LiveStatus::Source::kControlPlane,
             [this, served](Problems late) {
               served->warnings = std::move(late);
               Report report = ReportOf(*served, Commit::SERVE);
               report.set_workers(options_.workers);
               if (guard_.served) guard_.served(served->revision);
               served->done(std::move(report));
               parts_.clusters.grave().Free(served);
             });
      EndJob();
    });
  };
  if (!guard_.before_serve) return go();
  guard_.before_serve(served->revision, go);
}

LiveConfig::Report LiveConfig::ReportOf(const Preparation& preparation, Commit::Phase phase) const {
  Report report;
  report.set_revision(preparation.revision.number);
  report.set_phase(phase);
  for (const Problem& problem : preparation.warnings) *report.add_warnings() = problem;
  SetTook(parts_.threads.config.clock().Now() - preparation.began, report);
  return report;
}

}  // namespace sluice::main
