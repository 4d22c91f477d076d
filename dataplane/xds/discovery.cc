// Streams, requests and start-up; responses are in discovery_responses.cc.
#include "dataplane/xds/discovery.h"

#include <algorithm>
#include <utility>

#include "dataplane/base/log.h"
#include "dataplane/xds/delta_subscription.h"
#include "dataplane/xds/sotw_subscription.h"

namespace sluice::xds {
namespace {

constexpr std::string_view kCommitMark = ";commit=1";
constexpr std::array<DiscoveryType, 3> kRevisioned = {
    DiscoveryType::kCluster, DiscoveryType::kListener, DiscoveryType::kRoute};

void AddReferences(const config::ResourceMap& resources, Names& names) {
  for (const auto& [name, resource] : resources) {
    names.insert(resource->references.begin(), resource->references.end());
  }
}

}  // namespace

Discovery::Channel::Channel(Discovery& discovery, DiscoveryType channel_type)
    : type(channel_type), late_timer(discovery.loop_.timers(), discovery) {
  if (discovery.options_.variant == Variant::kDelta) {
    subscription = std::make_unique<DeltaSubscription>(type, interest);
  } else {
    subscription = std::make_unique<SotwSubscription>(type, interest);
  }
}

Discovery::Discovery(event::Loop& loop, Consumer& consumer, DiscoveryRecord& record,
                     Sender& sender, DiscoveryOptions options)
    : loop_(loop),
      consumer_(consumer),
      record_(record),
      sender_(sender),
      options_(std::move(options)),
      commits_(loop, consumer),
      serving_(std::move(options_.serving)),
      // R18: a server with nothing new to say would not answer a request that only asks what it
      // is, so the one that the cached revision came from is taken to be the same again.
      committing_(options_.serving_revision != 0),
      step_timer_(loop.timers(), *this),
      names_timer_(loop.timers(), *this) {
  for (const DiscoveryType type : kDiscoveryTypes) {
    channels_[static_cast<size_t>(type)] = std::make_unique<Channel>(*this, type);
  }
  HoldServing();
  record_.Change([&](Status& status) {
    status.variant = options_.variant;
    status.serving_revision = options_.serving_revision;
  });
}

Discovery::~Discovery() = default;

void Discovery::Start() { ArmStepTimer(); }

void Discovery::OnStreamStart() {
  stream_open_ = true;
  ++stream_;
  node_sent_ = heard_ = false;
  for (const auto& channel : channels_) channel->subscription->StartStream();
  if (committing_) {
    HoldServing();
    commits_.staging().Reset(serving_);
  }
  SetWishes();
  Flush();
}

void Discovery::OnStreamLost() {
  if (!std::exchange(stream_open_, false)) return;
  overflow_.reset();
  for (const auto& channel : channels_) {
    if (channel->subscription->open()) StatsOf(*channel).update_failure.Add();
    channel->waiting.reset();
    channel->late.reset();
    channel->late_timer.Disarm();
    channel->interest.ForgetAsked();
  }
  if (committing_) commits_.Discard();
  if (record_.stats.connected_state.value() != 0) record_.stats.connected_state.Add(-1);
  record_.Change([](Status& status) { status.connected = false; });
  ArmNamesTimer();
}

// What the server was told on the last stream is not what we have: staged resources are gone.
void Discovery::HoldServing() {
  for (const DiscoveryType type : kRevisioned) {
    Versions versions;
    for (const auto& [name, resource] : serving_.of(ResourceTypeOf(type))) {
      versions[name] = resource->version;
    }
    of(type).interest.SetHeld(std::move(versions));
  }
}

void Discovery::HearServer(const Response& response) {
  if (std::exchange(heard_, true)) return;
  heard_ever_ = true;
  const bool committing =
      options_.variant == Variant::kDelta && response.identifier.ends_with(kCommitMark);
  record_.stats.connected_state.Add(1);
  record_.Change([&](Status& status) {
    status.connected = true;
    status.committing = committing;
    status.identifier = response.identifier;
    status.last_error.clear();
  });
  base::LogInfo("control plane '{}' answers{}", response.identifier,
                committing ? ", and ends revisions" : "");
  if (committing == committing_) return;
  committing_ = committing;
  HoldServing();
  if (committing) commits_.staging().Reset(serving_);
  SetWishes();
  Flush();
}

void Discovery::SetWishes() {
  of(DiscoveryType::kCluster).interest.WantAll(Interest::Wish::kLegacy);
  if (committing_) {
    of(DiscoveryType::kListener).interest.WantAll(Interest::Wish::kStar);
    of(DiscoveryType::kRoute).interest.WantAll(Interest::Wish::kStar);
    of(DiscoveryType::kCommit).interest.WantAll(Interest::Wish::kStar);
  } else {
    of(DiscoveryType::kCommit).interest.Want({});
    if (WantsListeners()) of(DiscoveryType::kListener).interest.WantAll(Interest::Wish::kLegacy);
  }
  UpdateReferences();
}

// What a committing stream has asked for is not given up when the next one is none.
bool Discovery::WantsListeners() {
  return order_.WantsListeners() || !of(DiscoveryType::kListener).interest.empty();
}

void Discovery::UpdateReferences() {
  Names assignments(options_.static_assignments.begin(), options_.static_assignments.end());
  AddReferences(serving_.clusters, assignments);
  if (committing_) AddReferences(commits_.staging().resources().clusters, assignments);
  of(DiscoveryType::kEndpoint).interest.Want(std::move(assignments));
  if (committing_ || !WantsListeners()) return;
  Names routes(options_.static_routes.begin(), options_.static_routes.end());
  AddReferences(serving_.listeners, routes);
  of(DiscoveryType::kRoute).interest.Want(std::move(routes));
}

void Discovery::Flush() {
  if (!stream_open_) return;
  const bool hold_endpoints = of(DiscoveryType::kCluster).busy();
  const bool hold_routes = of(DiscoveryType::kListener).busy() && !committing_;
  for (const auto& channel : channels_) {
    if (channel->type == DiscoveryType::kEndpoint && hold_endpoints) continue;  // R63
    if (channel->type == DiscoveryType::kRoute && hold_routes) continue;
    std::optional<std::string> request =
        channel->subscription->TakeRequest(node_sent_ ? nullptr : &options_.node);
    if (!request.has_value()) continue;
    node_sent_ = true;
    // R14: until the newest response is answered a SotW server drops a lone change of names. The
    // refusal that waits has the names in it.
    const bool stale = channel->late.has_value() && options_.variant == Variant::kSotw;
    if (stale) SendLate(*channel);
    if (!stale) Send(std::move(*request));
    channel->interest.NoteAsked(loop_.now() + options_.resource_timeout);
  }
  ArmNamesTimer();
}

void Discovery::Send(std::string message) {
  record_.stats.requests.Add();
  sender_.Send(std::move(message));
}

void Discovery::ArmNamesTimer() {
  base::MonoTime next = base::kNever;
  for (const auto& channel : channels_) {
    next = std::min(next, channel->interest.NextDeadline());
    if (MayExpire(*channel)) next = std::min(next, channel->interest.NextExpiry());
  }
  names_timer_.ArmAt(next);
}

// The expired names of a busy channel are looked at again when it is free. What is staged never
// expires: a digest must not change by itself.
bool Discovery::MayExpire(const Channel& channel) const {
  return !channel.busy() && !(committing_ && IsRevisioned(channel.type));
}

void Discovery::OnTimer(event::Timer& timer) {
  if (&timer == &names_timer_) return OnNamesTimer();
  if (&timer == &step_timer_) {
    const auto type = static_cast<DiscoveryType>(order_.step());
    record_.stats.of(type).init_fetch_timeout.Add();
    base::LogWarn("start-up goes on without what the control plane owes: {}", TypeUrl(type));
    if (committing_) {
      order_.Finish();
    } else {
      order_.Expire(heard_ever_);
    }
    SetWishes();
    ArmStepTimer();
    return Advance();
  }
  for (const auto& channel : channels_) {
    if (&timer != &channel->late_timer) continue;
    SendLate(*channel);
    return Pump();
  }
}

void Discovery::OnNamesTimer() {
  const base::MonoTime now = loop_.now();
  for (const auto& channel : channels_) {
    const std::vector<std::string> late = channel->interest.TakeLate(now);
    StatsOf(*channel).names_absent.Add(late.size());
    for (const std::string& name : late) {
      base::LogWarn("the control plane does not know {} '{}'", TypeUrl(channel->type), name);
    }
    if (!MayExpire(*channel)) continue;
    std::vector<std::string> expired = channel->interest.Expired(now);
    if (expired.empty()) continue;
    StatsOf(*channel).names_expired.Add(expired.size());
    Waiting waiting{.response = {}, .arrival = ++arrivals_, .expired = true};
    waiting.response.type = channel->type;
    waiting.response.removed = std::move(expired);
    channel->waiting = std::move(waiting);
  }
  Advance();
  Pump();
  ArmNamesTimer();
}

void Discovery::ArmStepTimer() {
  if (order_.done() || options_.initial_fetch_timeout <= base::Duration::zero()) {
    return step_timer_.Disarm();
  }
  step_timer_.ArmAt(loop_.now() + options_.initial_fetch_timeout);
}

void Discovery::Advance() {
  const auto progress = [&] {
    const auto heard = [&](DiscoveryType type) { return of(type).heard && !of(type).busy(); };
    return StartOrder::Progress{
        .clusters = heard(DiscoveryType::kCluster),
        .endpoints = of(DiscoveryType::kEndpoint).interest.missing() == 0,
        .listeners = heard(DiscoveryType::kListener),
        .routes = of(DiscoveryType::kRoute).interest.missing() == 0,
    };
  };
  if (committing_) {
    if (served_) order_.Finish();
  } else {
    while (!order_.done() && order_.Advance(progress())) {
      SetWishes();
      ArmStepTimer();
    }
  }
  Flush();
  if (!order_.done() || std::exchange(announced_, true)) return;
  step_timer_.Disarm();
  if (options_.on_initial_fetch) options_.on_initial_fetch();
}

}  // namespace sluice::xds
