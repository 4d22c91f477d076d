#include "dataplane/main/live_config.h"

#include <utility>

#include "dataplane/base/log.h"

namespace sluice::main {

using config::Compiler;
using config::Problems;
using config::ResourceType;

LiveConfig::LiveConfig(Parts parts, Options options)
    : parts_(parts),
      options_(options),
      route_waits_(parts.threads.config, options.first_limit, [this] { Reapply(); }),
      first_timer_(parts.threads.config.timers(), *this) {
  parts_.clusters.OnChange([this] {
    if (guard_.endpoints_changed) guard_.endpoints_changed();
    CheckFirst();
  });
}

void LiveConfig::Start(DraftPtr statics, std::function<void()> on_first) {
  on_first_ = std::move(on_first);
  draft_ = std::move(statics);
  snapshot_ = parts_.clusters.Assemble(*draft_);
  route_waits_.Follow(draft_->missing_routes);
  if (options_.first_limit != base::Duration::zero()) {
    first_timer_.ArmAt(parts_.threads.config.now() + options_.first_limit);
  }
  // Names of the bootstrap are resolved before the first request, for at most the warm timeout.
  parts_.clusters.Warm(*draft_, xds::Revision().warm_timeout, [this](const Problems&) {
    names_warm_ = true;
    CheckFirst();
  });
}

void LiveConfig::OnTimer(event::Timer&) {
  first_over_ = true;
  if (!first_served_)
    base::LogWarn("no complete configuration came in time: serving what is there");
  CheckFirst();
}

void LiveConfig::EndFirstWait() {
  first_over_ = true;
  CheckFirst();
}

void LiveConfig::CheckFirst() {
  if (first_served_ || draft_ == nullptr || !jobs_.empty()) return;
  const bool complete = (clusters_came_ || !options_.waits_for_clusters) &&
                        (listeners_came_ || !options_.waits_for_listeners) &&
                        draft_->missing_routes.empty() && parts_.clusters.Assigned(*draft_);
  if (!names_warm_ || (!complete && !first_over_)) return;
  const bool dynamic = clusters_came_ || listeners_came_;
  Enqueue([this, dynamic] {
    Switch(draft_, snapshot_,
           dynamic ? LiveStatus::Source::kControlPlane : LiveStatus::Source::kBootstrap,
           [this](const Problems& problems) {
             for (const config::Problem& problem : problems)
               base::LogError("{}", config::ProblemText(problem));
             EndJob();
           });
  });
}

void LiveConfig::Switch(DraftPtr draft, SnapshotPtr snapshot, LiveStatus::Source source,
                        std::function<void(Problems)> then) {
  draft_ = std::move(draft);
  snapshot_ = std::move(snapshot);
  parts_.clusters.Serve(snapshot_);
  route_waits_.Follow(draft_->missing_routes);
  const bool first = !std::exchange(first_served_, true);
  first_timer_.Disarm();
  const auto answered = [this, draft = draft_, snapshot = snapshot_, source, first,
                         then = std::move(then)](const Problems& problems) {
    parts_.clusters.Publish(draft, *snapshot);
    status_.source = source;
    status_.served = draft;
    TellStatus();
    if (first) parts_.threads.main.mailbox().Post(on_first_);
    then(problems);
  };
  parts_.threads.main.mailbox().Post([this, snapshot = snapshot_, answered] {
    parts_.listeners.Serve(snapshot, [this, answered](Problems problems) {
      parts_.threads.config.mailbox().Post(
          [answered, problems = std::move(problems)] { answered(problems); });
    });
  });
}

void LiveConfig::TellStatus() {
  status_.prepared = prepared_ == nullptr ? 0 : prepared_->revision.number;
  if (on_status_) on_status_(status_);
}

void LiveConfig::Enqueue(std::function<void()> job) {
  jobs_.push_back(std::move(job));
  if (jobs_.size() == 1) RunJob();
}

// A job may end while it runs, so it is not run from the queue.
void LiveConfig::RunJob() {
  const std::function<void()> job = std::move(jobs_.front());
  job();
}

void LiveConfig::EndJob() {
  jobs_.pop_front();
  if (!jobs_.empty()) return RunJob();
  CheckFirst();
}

// ---- Standard server

void LiveConfig::ApplyTypes(xds::TypeChange change, std::function<void(Problems)> done) {
  auto application = std::make_shared<Application>();
  application->done = std::move(done);
  Enqueue([this, application, change = std::move(change)] {
    clusters_came_ = clusters_came_ || change.type == ResourceType::kCluster;
    listeners_came_ = listeners_came_ || change.type == ResourceType::kListener;
    application->order.mode = Compiler::Mode::kKeepGood;
    application->order.wanted = draft_->resources;
    config::ResourceMap& wanted = application->order.wanted.of(change.type);
    for (const config::ResourceRef& resource : change.changed) wanted[resource->name] = resource;
    for (const std::string& name : change.removed) wanted.erase(name);
    if (change.type == ResourceType::kRoute) {
      for (const config::ResourceRef& resource : change.changed)
        route_waits_.Forget(resource->name);
    }
    CompileApplication(application);
  });
}

void LiveConfig::Reapply() {
  auto application = std::make_shared<Application>();
  Enqueue([this, application] {
    application->order.mode = Compiler::Mode::kKeepGood;
    application->order.wanted = draft_->resources;
    CompileApplication(application);
  });
}

void LiveConfig::CompileApplication(ApplicationPtr application) {
  application->order.held = draft_;
  application->order.given_up = route_waits_.given_up();
  parts_.threads.build.mailbox().Post([this, application] {
    Compiler::Result result = parts_.compiler.Compile(application->order);
    application->content = std::move(result.problems);
    parts_.threads.config.mailbox().Post([this, application, draft = std::move(result.draft)] {
      SnapshotPtr snapshot = parts_.clusters.Assemble(*draft);
      parts_.threads.main.mailbox().Post([this, application, draft, snapshot] {
        Problems problems = parts_.listeners.Prepare(snapshot);
        parts_.threads.config.mailbox().Post(
            [this, application, draft, snapshot, problems = std::move(problems)] {
              OnApplicationBound(application, draft, snapshot, problems);
            });
      });
    });
  });
}

void LiveConfig::OnApplicationBound(ApplicationPtr application, DraftPtr draft,
                                    SnapshotPtr snapshot, Problems problems) {
  bool again = false;
  for (config::Problem& problem : problems) {
    // Once the held copy cannot be bound either there is nothing left to fall back on.
    again = application->order.unbound.insert(problem.resource()).second || again;
    application->local.push_back(std::move(problem));
  }
  if (again) return CompileApplication(std::move(application));
  if (!first_served_ && application->order.revision == 0) {
    draft_ = std::move(draft);
    snapshot_ = std::move(snapshot);
    route_waits_.Follow(draft_->missing_routes);
    return EndApplication(application);
  }
  const auto source = application->order.revision == 0 ? LiveStatus::Source::kControlPlane
                                                       : LiveStatus::Source::kStateDirectory;
  Switch(std::move(draft), std::move(snapshot), source, [this, application](Problems late) {
    for (config::Problem& problem : late) application->local.push_back(std::move(problem));
    EndApplication(application);
  });
}

void LiveConfig::EndApplication(const ApplicationPtr& application) {
  Problems all = std::move(application->content);
  for (config::Problem& problem : application->local) all.push_back(std::move(problem));
  for (const config::Problem& problem : all)
    base::LogWarn("refused: {}", config::ProblemText(problem));
  if (application->done) application->done(std::move(all));
  parts_.clusters.grave().Free(application);
  EndJob();
}

void LiveConfig::StartFrom(xds::Revision revision) {
  auto application = std::make_shared<Application>();
  Enqueue([this, application, revision = std::move(revision)] {
    application->order.mode = Compiler::Mode::kKeepGood;
    application->order.revision = revision.number;
    application->order.wanted = revision.resources;
    CompileApplication(application);
  });
}

void LiveConfig::ApplyEndpoints(xds::TypeChange change, std::function<void(Problems)> done) {
  parts_.clusters.endpoints().Apply(std::move(change), std::move(done));
}

}  // namespace sluice::main
