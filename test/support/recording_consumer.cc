#include "test/support/recording_consumer.h"

#include "dataplane/xds/problem_text.h"

namespace sluice::test {
namespace {

std::string_view WordFor(config::ResourceType type) {
  switch (type) {
    case config::ResourceType::kCluster: return "clusters";
    case config::ResourceType::kEndpoint: return "endpoints";
    case config::ResourceType::kListener: return "listeners";
    case config::ResourceType::kRoute: return "routes";
  }
  return "";
}

}  // namespace

void RecordingConsumer::Later(std::function<void()> answer) {
  waiting_.push_back(std::move(answer));
  if (answers) AnswerAll();
}

void RecordingConsumer::AnswerAll() {
  while (!waiting_.empty()) {
    const std::function<void()> answer = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    answer();
  }
}

std::string RecordingConsumer::Names(config::ResourceType type) const {
  std::string text;
  const auto it = serving.find(type);
  if (it == serving.end()) return text;
  for (const auto& [name, resource] : it->second) text += (text.empty() ? "" : " ") + name;
  return text;
}

void RecordingConsumer::Apply(std::string_view what, const xds::TypeChange& change,
                              std::function<void(Problems)> done) {
  std::string call(what);
  Problems problems;
  for (const config::ResourceRef& resource : change.changed) {
    call += " +" + resource->name;
    if (const auto it = refuses.find(resource->name); it != refuses.end()) {
      problems.push_back(
          xds::ContentProblem(config::TypeUrl(change.type), resource->name, it->second));
    } else {
      serving[change.type][resource->name] = resource;
    }
  }
  for (const std::string& name : change.removed) {
    call += " -" + name;
    serving[change.type].erase(name);
  }
  if (complains.has_value()) problems.push_back(*complains);
  calls.push_back(call);
  Later([problems = std::move(problems), done = std::move(done)] { done(problems); });
}

void RecordingConsumer::ApplyTypes(xds::TypeChange change, std::function<void(Problems)> done) {
  Apply(WordFor(change.type), change, std::move(done));
}

void RecordingConsumer::ApplyEndpoints(xds::TypeChange change,
                                       std::function<void(Problems)> done) {
  Apply(WordFor(change.type), change, std::move(done));
}

void RecordingConsumer::Prepare(xds::Revision next, std::function<void(Report)> done) {
  calls.push_back("prepare " + std::to_string(next.number));
  Report report;
  if (!refuses_revisions.empty()) {
    *report.add_refused() = xds::ContentProblem("t", "listener", refuses_revisions);
  } else {
    prepared[next.number] = next.resources;
  }
  revisions.push_back(std::move(next));
  Later([report = std::move(report), done = std::move(done)] { done(report); });
}

void RecordingConsumer::Serve(uint64_t number, std::function<void(Report)> done) {
  calls.push_back("serve " + std::to_string(number));
  Report report;
  if (prepared.contains(number)) {
    revision = number;
    report.set_workers(workers);
  } else {
    auto* problem = report.add_refused();
    problem->set_kind(::sluice::xds::v1::Problem::MISMATCH);
    problem->set_text("is not prepared");
  }
  Later([report = std::move(report), done = std::move(done)] { done(report); });
}

void RecordingConsumer::Discard() {
  calls.push_back("discard");
  prepared.clear();
}

}  // namespace sluice::test
