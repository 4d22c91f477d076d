#include "dataplane/xds/commit_flow.h"

#include <utility>

namespace sluice::xds {
namespace {

using ::sluice::xds::v1::CommitReport;
using ::sluice::xds::v1::Problem;

// The server's report of our time: from the arrival of the Commit.
void SetTook(base::Duration took, CommitReport& report) {
  report.mutable_took()->set_seconds(took / std::chrono::seconds(1));
  report.mutable_took()->set_nanos(static_cast<int32_t>((took % std::chrono::seconds(1)).count()));
}

base::Duration WarmTimeoutOf(const CommitFlow::Commit& commit) {
  const auto& timeout = commit.warm_timeout();
  constexpr int64_t kMost = 3600;
  if (!commit.has_warm_timeout() || timeout.seconds() < 0 || timeout.nanos() < 0) {
    return std::chrono::seconds(2);
  }
  return std::chrono::seconds(std::min(timeout.seconds(), kMost)) +
         std::chrono::nanoseconds(timeout.nanos());
}

}  // namespace

void CommitFlow::Run(const Commit& commit, std::function<void(Outcome)> done) {
  Outcome outcome;
  outcome.report.set_revision(commit.revision());
  outcome.report.set_phase(commit.phase());
  switch (commit.phase()) {
    case Commit::PREPARE:
      return Prepare(commit, std::move(outcome), std::move(done));
    case Commit::SERVE:
      return Serve(commit, std::move(outcome), std::move(done));
    default:
      *outcome.report.add_refused() =
          ContentProblem(kCommitUrl, "commit", "phase: must be PREPARE or SERVE");
      return done(std::move(outcome));
  }
}

void CommitFlow::Prepare(const Commit& commit, Outcome outcome,
                         std::function<void(Outcome)> done) {
  const Problems problems = staging_.Compare(commit);
  if (!problems.empty()) {
    for (const Problem& problem : problems) {
      *outcome.report.add_refused() = problem;
      const std::optional<DiscoveryType> type = FindType(problem.type_url());
      if (problem.kind() == Problem::MISMATCH && type.has_value() && IsRevisioned(*type)) {
        outcome.mismatched.push_back(ResourceTypeOf(*type));
      }
    }
    return done(std::move(outcome));
  }
  Revision revision;
  revision.number = commit.revision();
  revision.group = commit.group();
  revision.warm_timeout = WarmTimeoutOf(commit);
  revision.compiler_level = commit.compiler_level();
  revision.digest = staging_.digest();
  revision.resources = staging_.resources();
  prepared_ = Prepared{revision.number, revision.resources};
  consumer_.Prepare(std::move(revision),
                    [self = std::weak_ptr(self_), start = loop_.now(), outcome = std::move(outcome),
                     done = std::move(done)](CommitReport report) mutable {
                      const auto flow = self.lock();
                      if (flow == nullptr) return;
                      report.set_revision(outcome.report.revision());
                      report.set_phase(Commit::PREPARE);
                      SetTook((*flow)->loop_.now() - start, report);
                      outcome.report = std::move(report);
                      done(std::move(outcome));
                    });
}

void CommitFlow::Serve(const Commit& commit, Outcome outcome, std::function<void(Outcome)> done) {
  // The set of its PREPARE; the staged one has been checked then. The consumer refuses a number
  // that is not prepared.
  std::optional<config::ResourceSet> resources;
  if (prepared_.has_value() && prepared_->revision == commit.revision()) {
    resources = prepared_->resources;
  }
  consumer_.Serve(commit.revision(),
                  [self = std::weak_ptr(self_), start = loop_.now(), outcome = std::move(outcome),
                   resources = std::move(resources),
                   done = std::move(done)](CommitReport report) mutable {
                    const auto flow = self.lock();
                    if (flow == nullptr) return;
                    report.set_revision(outcome.report.revision());
                    report.set_phase(Commit::SERVE);
                    SetTook((*flow)->loop_.now() - start, report);
                    if (report.refused_size() == 0) outcome.serving = std::move(resources);
                    outcome.report = std::move(report);
                    done(std::move(outcome));
                  });
}

void CommitFlow::Discard() {
  prepared_.reset();
  consumer_.Discard();
}

}  // namespace sluice::xds
