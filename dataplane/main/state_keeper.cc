#include "dataplane/main/state_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dataplane/base/log.h"

namespace sluice::main {

using config::Problem;
using state::v1::Start;
using xds::StateDir;

namespace {

std::string_view TextOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

std::string DigestOf(const xds::Revision& revision) {
  return std::string(revision.digest.begin(), revision.digest.end());
}

void Put(StateKeeper::WallTime time, google::protobuf::Timestamp& out) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  out.set_seconds(seconds.count());
  out.set_nanos(static_cast<int32_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count()));
}

StateKeeper::WallTime TimeOf(const google::protobuf::Timestamp& time) {
  return StateKeeper::WallTime(std::chrono::seconds(time.seconds()) +
                               std::chrono::duration_cast<StateKeeper::WallTime::duration>(
                                   std::chrono::nanoseconds(time.nanos())));
}

// What a crash of that start is counted against.
const std::string& Blamed(const Start& start) {
  return start.preparing().empty() ? start.digest() : start.preparing();
}

void LogIfBad(const absl::Status& status) {
  if (!status.ok()) base::LogError("state directory: {}", TextOf(status));
}

}  // namespace

std::string CachedText(uint64_t revision, std::chrono::system_clock::duration age) {
  using std::chrono::duration_cast;
  const auto seconds = std::max<int64_t>(0, duration_cast<std::chrono::seconds>(age).count());
  constexpr std::pair<int64_t, std::string_view> kUnits[] = {
      {86400, "d"}, {3600, "h"}, {60, "min"}};
  for (const auto& [unit, name] : kUnits) {
    if (seconds >= 2 * unit)
      return fmt::format("cached rev {}, {} {} old", revision, seconds / unit, name);
  }
  return fmt::format("cached rev {}, {} s old", revision, seconds);
}

StateKeeper::StateKeeper(Threads threads, StateDir& directory, std::string version, Held held)
    : threads_(threads),
      directory_(directory),
      version_(std::move(version)),
      held_(std::move(held)),
      candidate_timer_(threads.config.timers(), *this),
      endpoints_timer_(threads.config.timers(), *this) {}

std::optional<StateKeeper::Cached> StateKeeper::Begin() {
  if (auto starts = directory_.LoadStarts(); starts.ok()) {
    starts_ = *std::move(starts);
  } else if (!absl::IsNotFound(starts.status())) {
    LogIfBad(starts.status());
  }
  auto& refused = *starts_.mutable_refused();
  refused.erase(std::remove_if(refused.begin(), refused.end(),
                               [this](const auto& one) { return one.version() != version_; }),
                refused.end());
  CountCrashes();
  auto& starts = *starts_.mutable_starts();
  if (starts.size() >= kStartsKept) starts.DeleteSubrange(0, starts.size() - kStartsKept + 1);
  Start& own = *starts.Add();
  Put(Now(), *own.mutable_began());
  std::optional<StateDir::StoredRevision> chosen = Choose();
  if (chosen) own.set_digest(DigestOf(chosen->revision));
  LogIfBad(directory_.StoreStarts(starts_));
  if (!chosen) return std::nullopt;
  Cached cached{*std::move(chosen), {}};
  if (auto endpoints = directory_.LoadEndpoints(); endpoints.ok()) {
    cached.endpoints = std::move(endpoints->assignments);
  } else if (!absl::IsNotFound(endpoints.status())) {
    LogIfBad(endpoints.status());
  }
  return cached;
}

// A start that is over and did not end crashed, at the latest when the next one began.
void StateKeeper::CountCrashes() {
  const auto& starts = starts_.starts();
  if (starts.empty() || Blamed(*starts.rbegin()).empty()) return;
  const std::string digest = Blamed(*starts.rbegin());
  const WallTime now = Now();
  size_t crashes = 0;
  WallTime over = now;
  for (auto start = starts.rbegin(); start != starts.rend(); ++start) {
    if (start->ended() || Blamed(*start) != digest || now - over > kCrashWindow) break;
    ++crashes;
    over = TimeOf(start->began());
  }
  if (crashes < kCrashes || IsRefused(digest)) return;
  base::LogError("a revision crashed this proxy {} times: it is not taken again", crashes);
  auto& refused = *starts_.add_refused();
  refused.set_digest(digest);
  refused.set_version(version_);
}

bool StateKeeper::IsRefused(std::string_view digest) const {
  return std::any_of(starts_.refused().begin(), starts_.refused().end(),
                     [&](const auto& one) { return one.digest() == digest; });
}

std::optional<StateDir::StoredRevision> StateKeeper::Choose() {
  for (const StateDir::Slot slot : {StateDir::Slot::kCurrent, StateDir::Slot::kPrevious}) {
    auto stored = directory_.LoadRevision(slot);
    if (!stored.ok()) {
      if (!absl::IsNotFound(stored.status())) LogIfBad(stored.status());
      continue;
    }
    if (!IsRefused(DigestOf(stored->revision))) return *std::move(stored);
    if (slot == StateDir::Slot::kCurrent) current_is_refused_ = true;
    base::LogWarn("revision {} in the state directory is not used: it crashed this proxy",
                  stored->revision.number);
  }
  return std::nullopt;
}

LiveConfig::Guard StateKeeper::Guard() {
  return {
      .refuses = [this](const xds::Revision& revision) { return Refuses(revision); },
      .before_prepare = [this](const xds::Revision& revision,
                               std::function<void()> go) { BeforePrepare(revision, std::move(go)); },
      .after_prepare = [this] { AfterPrepare(); },
      .before_serve = [this](const xds::Revision& revision,
                             std::function<void()> go) { BeforeServe(revision, std::move(go)); },
      .served = [this](const xds::Revision& revision) { Served(revision); },
      .endpoints_changed = [this] { EndpointsChanged(); }};
}

std::optional<Problem> StateKeeper::Refuses(const xds::Revision& revision) const {
  if (!IsRefused(DigestOf(revision))) return std::nullopt;
  return config::GeneralProblem(
      Problem::LOCAL,
      fmt::format("crashed_here: the content of revision {} crashed this proxy {} times",
                  revision.number, kCrashes));
}

void StateKeeper::BeforePrepare(const xds::Revision& revision, std::function<void()> go) {
  std::string digest = DigestOf(revision);
  if (own().digest() == digest) return go();
  own().set_preparing(std::move(digest));
  StoreStarts(std::move(go));
}

// Nobody waits for this one: until it is on disk the blame is a little too long.
void StateKeeper::AfterPrepare() {
  if (own().preparing().empty()) return;
  own().clear_preparing();
  StoreStarts({});
}

void StateKeeper::BeforeServe(const xds::Revision& revision, std::function<void()> go) {
  std::string digest = DigestOf(revision);
  if (own().digest() == digest) return go();
  own().set_digest(std::move(digest));
  StoreStarts(std::move(go));
}

void StateKeeper::StoreStarts(std::function<void()> then) {
  threads_.build.mailbox().Post([this, starts = starts_, then = std::move(then)] {
    LogIfBad(directory_.StoreStarts(starts));
    if (then) threads_.config.mailbox().Post(then);
  });
}

void StateKeeper::Served(const xds::Revision& revision) {
  candidate_ = std::make_shared<const xds::Revision>(revision);
  candidate_served_ = Now();
  candidate_timer_.ArmAt(threads_.config.now() + kCandidateAfter);
}

void StateKeeper::EndpointsChanged() {
  if (endpoints_timer_.armed()) return;
  endpoints_timer_.ArmAt(std::max(threads_.config.now(), endpoints_written_ + kEndpointsEvery));
}

void StateKeeper::OnTimer(event::Timer& timer) {
  if (&timer == &candidate_timer_) return StoreCandidate();
  StoreEndpoints();
}

void StateKeeper::StoreCandidate() {
  const auto before =
      std::exchange(current_is_refused_, false) ? StateDir::Before::kDrop : StateDir::Before::kKeep;
  threads_.build.mailbox().Post(
      [this, before, served = candidate_served_, revision = std::exchange(candidate_, nullptr)] {
        LogIfBad(directory_.StoreRevision(*revision, served, before));
      });
}

void StateKeeper::StoreEndpoints() {
  endpoints_written_ = threads_.config.now();
  threads_.build.mailbox().Post(
      [this, held = held_(), now = Now()] { LogIfBad(directory_.StoreEndpoints(held, now)); });
}

void StateKeeper::End() {
  if (endpoints_timer_.armed()) LogIfBad(directory_.StoreEndpoints(held_(), Now()));
  if (starts_.starts().empty()) return;
  own().set_ended(true);
  LogIfBad(directory_.StoreStarts(starts_));
}

}  // namespace sluice::main
