// The way of a response through Discovery: waiting, in the consumer's hands, answered.
#include <algorithm>
#include <utility>

#include "dataplane/base/log.h"
#include "dataplane/xds/discovery.h"

namespace sluice::xds {
namespace {

// What Subscription::Answer reads, without the resources.
Response HeadOf(const Response& response) {
  Response head;
  head.type_url = response.type_url;
  head.type = response.type;
  head.nonce = response.nonce;
  head.version = response.version;
  return head;
}

// Of that type: applying one may show what is wrong with another.
Names ResourcesOf(const Problems& problems, DiscoveryType type) {
  Names names;
  for (const auto& problem : problems) {
    if (problem.type_url() == TypeUrl(type)) names.insert(problem.resource());
  }
  return names;
}

}  // namespace

void Discovery::OnResponse(Response response) {
  HearServer(response);
  if (!response.type.has_value()) return record_.stats.unknown_types.Add();
  Channel& channel = of(*response.type);
  StatsOf(channel).update_attempt.Add();
  if (!channel.subscription->open()) return StatsOf(channel).update_unasked.Add();  // R27
  Waiting waiting{.response = std::move(response), .arrival = ++arrivals_};
  (channel.waiting.has_value() ? overflow_ : channel.waiting) = std::move(waiting);
  Pump();
}

void Discovery::Pump() {
  if (std::exchange(pumping_, true)) return;
  for (bool moved = true; moved;) {
    moved = false;
    for (const auto& channel : channels_) {
      if (!channel->waiting.has_value() || !CanRun(*channel)) continue;
      Run(*channel);
      moved = true;
    }
    if (overflow_.has_value() && !of(*overflow_->response.type).waiting.has_value()) {
      of(*overflow_->response.type).waiting = std::move(overflow_);
      overflow_.reset();
      moved = true;
    }
  }
  pumping_ = false;
  Advance();
  if (has_room() && stream_open_) sender_.OnRoom();
}

bool Discovery::CanRun(const Channel& channel) const {
  const Waiting& waiting = *channel.waiting;
  if (channel.in_hand.has_value()) return false;
  if (channel.late.has_value() && channel.pause.Repeats(waiting.response.fingerprint)) return false;
  if (channel.type == DiscoveryType::kEndpoint) return true;
  // On a committing stream resources and Commits pass in the order in which they came: a Commit
  // names what came before it.
  if (channel.type != DiscoveryType::kCommit && !committing_) return !exclusive_;
  if (channel.type == DiscoveryType::kCommit && exclusive_) return false;
  return std::none_of(channels_.begin(), channels_.end(), [&](const auto& other) {
    const bool concerns = other->type == DiscoveryType::kCommit ||
                          (channel.type == DiscoveryType::kCommit && IsRevisioned(other->type));
    return concerns && other->waiting.has_value() && other->waiting->arrival < waiting.arrival;
  });
}

void Discovery::Run(Channel& channel) {
  Waiting waiting = std::move(*channel.waiting);
  channel.waiting.reset();
  channel.heard = channel.heard || !waiting.expired;
  if (channel.late.has_value()) SendLate(channel);
  const Response& response = waiting.response;
  if (response.refused) return Answer(channel, response, response.problems);
  if (channel.type != DiscoveryType::kCommit) return RunResources(channel, std::move(waiting));
  if (!response.commit.has_value()) return Answer(channel, response, response.problems);
  RunCommit(channel, std::move(waiting.response));
}

void Discovery::RunResources(Channel& channel, Waiting waiting) {
  TypeChange change = ChangeOf(channel, waiting);
  if (committing_ && IsRevisioned(channel.type)) {
    Stage(channel, change, waiting.response);
    return Answer(channel, waiting.response, waiting.response.problems);
  }
  HandOver(channel, std::move(change), std::move(waiting.response));
}

TypeChange Discovery::ChangeOf(Channel& channel, Waiting& waiting) {
  Response& response = waiting.response;
  Interest& interest = channel.interest;
  TypeChange change;
  change.type = ResourceTypeOf(channel.type);
  for (const ReceivedResource& received : response.resources) {
    if (!interest.Covers(received.name)) continue;  // R26
    if (received.resource == nullptr) {
      const auto held = interest.held().find(received.name);
      if (held == interest.held().end() || held->second != received.version) {
        response.problems.push_back(ContentProblem(
            response.type_url, received.name, "renews a version that is not held"));
        continue;
      }
    } else {
      change.changed.push_back(received.resource);
    }
    std::optional<base::MonoTime> expiry;
    if (received.ttl.has_value()) expiry = loop_.now() + *received.ttl;
    interest.SetExpiry(received.name, expiry);
  }
  change.removed =
      waiting.expired ? response.removed : channel.subscription->Removals(response);
  for (const std::string& name : response.removed) interest.NoteAbsent(name);  // R45
  return change;
}

void Discovery::Stage(Channel& channel, const TypeChange& change, const Response& response) {
  Staging& staging = commits_.staging();
  for (const config::ResourceRef& resource : change.changed) {
    staging.Put(change.type, resource);
    channel.interest.Hold(resource->name, resource->version);
  }
  for (const std::string& name : change.removed) {
    staging.Remove(change.type, name);
    channel.interest.Drop(name);
  }
  // A nameless one could never be replaced by its name: the digest will differ, which cures it.
  if (!response.has_nameless) {
    for (const auto& problem : response.problems) staging.NoteProblem(change.type, problem);
  }
  if (channel.type == DiscoveryType::kCluster) UpdateReferences();
}

void Discovery::HandOver(Channel& channel, TypeChange change, Response response) {
  // That there are no clusters, or no listeners, is news the first time.
  const bool news = IsWildcardType(channel.type) && !channel.told;
  const bool nothing = change.changed.empty() && change.removed.empty() && !news;
  channel.in_hand = InHand{std::move(response), change.changed, change.removed, stream_};
  if (nothing) return Finish(channel, {});
  auto done = [self = std::weak_ptr(self_), type = channel.type](Problems problems) {
    const auto discovery = self.lock();
    if (discovery == nullptr) return;
    (*discovery)->Finish((*discovery)->of(type), std::move(problems));
  };
  if (channel.type == DiscoveryType::kEndpoint) {
    return consumer_.ApplyEndpoints(std::move(change), std::move(done));
  }
  exclusive_ = true;
  channel.told = true;
  consumer_.ApplyTypes(std::move(change), std::move(done));
}

void Discovery::Finish(Channel& channel, Problems problems) {
  if (!channel.in_hand.has_value()) return;
  const InHand done = std::move(*channel.in_hand);
  channel.in_hand.reset();
  if (channel.type != DiscoveryType::kEndpoint) exclusive_ = false;
  Keep(channel, done, problems);
  if (IsWildcardType(channel.type)) UpdateReferences();
  problems.insert(problems.begin(), done.response.problems.begin(), done.response.problems.end());
  if (StreamIs(done.stream)) Answer(channel, done.response, problems);
  Pump();
}

// R30: what is good serves; of what is bad the held copy stays.
void Discovery::Keep(Channel& channel, const InHand& done, const Problems& problems) {
  const Names bad = ResourcesOf(problems, channel.type);
  // After a change to a committing stream `held` is the staged set.
  const bool holds = !committing_ || !IsRevisioned(channel.type);
  for (const config::ResourceRef& resource : done.changed) {
    if (bad.contains(resource->name)) {
      channel.interest.NoteAbsent(resource->name);  // an error ends the waiting (R55)
      continue;
    }
    if (holds) channel.interest.Hold(resource->name, resource->version);
    if (IsRevisioned(channel.type)) {
      serving_.of(ResourceTypeOf(channel.type))[resource->name] = resource;
    }
  }
  for (const std::string& name : done.removed) {
    if (holds) channel.interest.Drop(name);
    if (IsRevisioned(channel.type)) serving_.of(ResourceTypeOf(channel.type)).erase(name);
  }
}

void Discovery::RunCommit(Channel& channel, Response response) {
  const ::sluice::xds::v1::Commit commit = *response.commit;
  channel.in_hand = InHand{.response = std::move(response), .changed = {}, .removed = {},
                           .stream = stream_};
  exclusive_ = true;
  commits_.Run(commit, [this](CommitFlow::Outcome outcome) { FinishCommit(std::move(outcome)); });
}

void Discovery::FinishCommit(CommitFlow::Outcome outcome) {
  Channel& channel = of(DiscoveryType::kCommit);
  if (!channel.in_hand.has_value()) return;
  const InHand done = std::move(*channel.in_hand);
  channel.in_hand.reset();
  exclusive_ = false;
  if (outcome.serving.has_value()) {
    serving_ = std::move(*outcome.serving);
    served_ = true;
    UpdateReferences();
    record_.Change([&](Status& status) { status.serving_revision = outcome.report.revision(); });
  }
  if (StreamIs(done.stream)) {
    google::rpc::Status answer = CommitAnswer(outcome.report);
    if (outcome.report.refused_size() == 0) {
      Accept(channel, done.response, answer);
    } else {
      Refuse(channel, done.response, std::move(answer), std::move(outcome.mismatched));
    }
  }
  Pump();
}

void Discovery::Answer(Channel& channel, const Response& response, const Problems& problems) {
  if (problems.empty()) return Accept(channel, response, std::nullopt);
  Refuse(channel, response, Refusal(problems));
}

void Discovery::Accept(Channel& channel, const Response& response,
                       const std::optional<google::rpc::Status>& error) {
  if (response.nonce.empty()) return;  // made here, or by a server that breaks R9
  channel.pause.OnAccepted();
  TypeStats& stats = StatsOf(channel);
  stats.update_success.Add();
  const auto held = static_cast<int64_t>(channel.interest.held().size());
  stats.resources.Add(held - stats.resources.value());
  const int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                          loop_.clock().WallNow().time_since_epoch())
                          .count();
  stats.update_time_ms.Add(now - stats.update_time_ms.value());
  record_.Change([&](Status& status) {
    status.versions[static_cast<size_t>(channel.type)] = response.version;
  });
  Send(channel.subscription->Answer(response, error));
}

void Discovery::Refuse(Channel& channel, const Response& response, google::rpc::Status error,
                       std::vector<config::ResourceType> restart) {
  if (response.nonce.empty()) return;
  StatsOf(channel).update_rejected.Add();
  base::LogWarn("refused {} of the control plane: {}", TypeUrl(channel.type), error.message());
  channel.late = Late{HeadOf(response), std::move(error), std::move(restart)};
  // R20 is about what is sent again at once. The server waits for the answer to a Commit; only one
  // after which types are sent anew may go round.
  const bool may_go_round = channel.type != DiscoveryType::kCommit || !channel.late->restart.empty();
  const base::Duration pause = !may_go_round
                                   ? base::Duration::zero()
                                   : channel.pause.OnRefused(response.fingerprint);
  if (pause <= base::Duration::zero()) return SendLate(channel);
  StatsOf(channel).rejection_delayed.Add();
  channel.late_timer.ArmAt(loop_.now() + pause);
}

void Discovery::SendLate(Channel& channel) {
  const Late late = std::move(*channel.late);
  channel.late.reset();
  channel.late_timer.Disarm();
  Send(channel.subscription->Answer(late.response, late.error));
  for (const config::ResourceType type : late.restart) Restart(type);
}

void Discovery::Restart(config::ResourceType type) {
  Channel& channel = of(DiscoveryTypeOf(type));
  std::vector<std::string> requests = channel.subscription->TakeRestart();
  if (requests.empty()) return;
  commits_.staging().Clear(type);
  channel.interest.SetHeld({});
  for (std::string& request : requests) Send(std::move(request));
}

}  // namespace sluice::xds
