#include "controlplane/rollout/rollout.h"

#include <algorithm>
#include <utility>

#include "dataplane/base/log.h"

namespace sluice::rollout {

using fleet::Client;
using fleet::Link;
using sluice::v1::ProxyRefusal;
using snapshot::GroupSnapshotRef;
using ::sluice::xds::v1::Problem;

namespace {

bool Commits(const Link& link) { return link.node().client == Client::kCommitting; }

bool IsLocal(const Problem& problem) { return problem.kind() == Problem::LOCAL; }

// What `report` refuses, as operators are told it; also in the log.
std::vector<ProxyRefusal> RefusalsOf(const Link& link, const fleet::Driver::Report& report) {
  std::vector<ProxyRefusal> refusals;
  for (const Problem& problem : report.refused()) {
    ProxyRefusal& refusal = refusals.emplace_back();
    refusal.set_revision(report.revision());
    refusal.set_type_url(problem.type_url());
    refusal.set_resource(problem.resource());
    refusal.set_field_path(problem.field_path());
    refusal.set_reason(problem.kind() == Problem::MISMATCH ? "mismatch: " + problem.text() : problem.text());
    if (!problem.origin().kind().empty()) {
      refusal.mutable_object()->set_kind(problem.origin().kind());
      refusal.mutable_object()->set_name(problem.origin().name());
      refusal.set_object_field_path(problem.origin().field_path());
    }
    base::LogWarn("revision {}: proxy '{}' refuses {} {}: {}", report.revision(), link.node().id,
                  problem.resource(), problem.field_path(), refusal.reason());
  }
  return refusals;
}

}  // namespace

snapshot::Member MemberOf(const fleet::Node& node) {
  return {.labels = node.labels, .zone = node.zone,
          .client = node.client == Client::kCommitting ? compile::ClientClass::kCommitting
                                                       : compile::ClientClass::kStandard};
}

Rollout::Rollout(Options options, ViewRef live)
    : options_(std::move(options)), live_(std::move(live)), head_(live_),
      zones_(options_.strand, kGather, options_.zones_changed),
      in_use_(options_.strand, kGather, [this] { NoteInUse(); }), nothing_lived_(live_->number() == 0) {
  options_.fleet.Decided(live_->number());
}

GroupSnapshotRef Rollout::SnapshotOf(const ViewRef& view, const Link& link) const {
  return view->For(MemberOf(link.node()));
}

std::vector<snapshot::Member> Rollout::Members() const {
  std::map<std::map<std::string, std::string>, snapshot::Member> kinds;
  for (const auto& [link, member] : members_) kinds.emplace(link->node().labels, MemberOf(link->node()));
  std::vector<snapshot::Member> out;
  for (auto& [labels, one] : kinds) out.push_back(std::move(one));
  return out;
}

InUse Rollout::InUse() const {
  rollout::InUse in_use{.live = live_, .ahead = {}, .older = {}};
  if (vote_ && vote_->view != live_) in_use.ahead.push_back(vote_->view);
  if (head_ != live_ && !(vote_ && vote_->view == head_)) in_use.ahead.push_back(head_);
  for (const uint64_t revision : options_.fleet.Held()) {
    if (revision < live_->number() && in_use.older.size() < kMostOlder) in_use.older.push_back(revision);
  }
  std::sort(in_use.older.begin(), in_use.older.end(), std::greater<>());
  return in_use;
}

void Rollout::NoteInUse() {
  const rollout::InUse now = InUse();
  std::vector<uint64_t> revisions = {now.live->number()};
  for (const ViewRef& view : now.ahead) revisions.push_back(view->number());
  revisions.insert(revisions.end(), now.older.begin(), now.older.end());
  if (revisions == told_in_use_) return;
  told_in_use_ = std::move(revisions);
  options_.in_use_changed();
}

void Rollout::Publish(ViewRef view) {
  if (view->number() <= head_->number()) return;  // something newer was published meanwhile
  head_ = std::move(view);
  if (!vote_) StartVote(head_);
}

void Rollout::Resume(ViewRef view, base::Duration window) {
  options_.strand.After(window, [this, view = std::move(view)] { Publish(view); });
}

void Rollout::StartVote(ViewRef view) {
  vote_ = Vote{.view = std::move(view), .ballot = Ballot({}), .serve_due = {}};
  AskAudience();
  ArmVoteTimer();
  Advance();
}

// The audience: those whose content changes against what is live, but not those who still owe an
// earlier answer.
void Rollout::AskAudience() {
  std::set<std::string> audience;
  std::vector<std::pair<Link*, GroupSnapshotRef>> asked;
  const uint64_t number = vote_->view->number();
  for (auto& [link, member] : members_) {
    member.votes = false;
    if (!Commits(*link) || member.too_old) continue;
    GroupSnapshotRef snapshot = SnapshotOf(vote_->view, *link);
    if (member.serves != nullptr && !member.due && member.serves->SameContent(*snapshot)) {
      // What it was asked meanwhile and did not get to serve is over.
      member.refused = false;
      member.asked = member.serves = std::move(snapshot);
      options_.fleet.Served(link->node().id, number, 0);
      continue;
    }
    // Nothing changes for it against what is live, which it has still to reach: it catches up
    // afterwards. One that refuses what is live must not stop the revision that restores it.
    if (SnapshotOf(live_, *link)->SameContent(*snapshot)) continue;
    if (!member.due) {
      audience.insert(link->node().id);
      member.votes = true;
    }
    asked.emplace_back(link, std::move(snapshot));
  }
  vote_->ballot = Ballot(std::move(audience));
  for (auto& [link, snapshot] : asked) {
    Ask(*link, members_[link], std::move(snapshot));
  }
}

void Rollout::Ask(Link& link, Member& member, GroupSnapshotRef snapshot) {
  if (member.asked == nullptr || member.asked->revision() != snapshot->revision()) member.mismatches = 0;
  member.asked = snapshot;
  member.refused = false;
  member.due = true;
  link.Prepare(std::move(snapshot));
}

void Rollout::ArmVoteTimer() {
  options_.strand.Cancel(vote_timer_);
  vote_timer_ = options_.strand.After(kVoteTime, [this] { OnVoteTime(); });
}

void Rollout::OnVoteTime() {
  if (!vote_) return;
  const uint64_t number = vote_->view->number();
  const bool serving = vote_->phase == Phase::kServing;
  for (const std::string& id : serving ? vote_->serve_due : vote_->ballot.waiting()) {
    base::LogWarn("revision {}: proxy '{}' has not answered in {} s, going on without it", number, id,
                  std::chrono::duration_cast<std::chrono::seconds>(kVoteTime).count());
    options_.fleet.Silent(id, number);
  }
  if (serving) return FinishVote();
  vote_->ballot.Close();
  Advance();
}

void Rollout::Advance() {
  if (!vote_ || vote_->phase == Phase::kStoring) return;
  if (vote_->phase == Phase::kServing) {
    if (vote_->serve_due.empty()) FinishVote();
    return;
  }
  switch (vote_->ballot.Count()) {
    case Verdict::kOpen: return;
    case Verdict::kServe: return Decide();
    case Verdict::kWithdraw: return Withdraw();
  }
}

void Rollout::Decide() {
  options_.strand.Cancel(vote_timer_);
  vote_->phase = Phase::kStoring;
  const uint64_t number = vote_->view->number();
  options_.decide(number, [this, number] { OnStored(number); });
}

void Rollout::OnStored(uint64_t revision) {
  if (!vote_ || vote_->phase != Phase::kStoring || vote_->view->number() != revision) return;
  vote_->phase = Phase::kServing;
  live_ = vote_->view;
  // An empty configuration in the place of a first one that was refused says nothing to proxies that
  // may serve from their own state.
  nothing_lived_ = nothing_lived_ && live_->config().objects().empty();
  options_.fleet.Decided(live_->number());
  std::vector<std::pair<Link*, Member*>> able;
  for (auto& [link, member] : members_) {
    const snapshot::Member now = MemberOf(link->node());
    options_.fleet.Regrouped(link->node().id, snapshot::GroupName(live_->GroupOf(now)), live_->GatewaysOf(now.labels));
    if (!InVote(member) || member.due || member.refused) continue;
    vote_->serve_due.insert(link->node().id);
    able.emplace_back(link, &member);
  }
  in_use_.Ask();
  // The set is complete before the first is told: an answer may come at once.
  for (const auto& [link, member] : able) TellToServe(*link, *member);
  ArmVoteTimer();
  Advance();
}

void Rollout::Withdraw() {
  const uint64_t number = vote_->view->number();
  base::LogWarn("revision {}: withdrawn, {} of the proxies refused it", number, vote_->ballot.refused().size());
  options_.strand.Cancel(vote_timer_);
  vote_.reset();
  const bool newer = head_->number() > number;
  // With it go those that it had taken in before their turn came.
  for (uint64_t n = live_->number() + 1; n <= number; ++n) options_.fleet.Withdrawn(n, 0);
  options_.withdraw(number, live_->number());
  in_use_.Ask();
  if (newer) StartVote(head_);
}

void Rollout::FinishVote() {
  options_.strand.Cancel(vote_timer_);
  vote_.reset();
  CatchUp();
  in_use_.Ask();  // a standard client for which nothing changed serves another revision by now
  if (head_->number() > live_->number()) StartVote(head_);
}

void Rollout::CatchUp() {
  for (auto& [link, member] : members_) CatchUp(*link, member);
}

void Rollout::CatchUp(Link& link, Member& member) {
  if (InVote(member) || nothing_lived_ || member.too_old) return;
  GroupSnapshotRef snapshot = SnapshotOf(live_, link);
  if (Commits(link)) {
    if (member.due) return;  // its answer comes first
    if (member.serves != nullptr && member.serves->revision() >= snapshot->revision()) return;
    if (member.refused && member.asked->revision() == snapshot->revision()) return;
    return Ask(link, member, std::move(snapshot));
  }
  if (member.asked != nullptr && member.asked->SameContent(*snapshot)) {
    if (!member.due && !member.refused) options_.fleet.Served(link.node().id, snapshot->revision(), 0);
    return;
  }
  member.asked = std::move(snapshot);
  TellToServe(link, member);
}

void Rollout::TellToServe(Link& link, Member& member) {
  member.told = member.asked;
  member.due = true;
  link.Serve(member.told);
}

void Rollout::Connected(const Link& link) {
  const fleet::Node& node = link.node();
  options_.fleet.Connected(node, snapshot::GroupName(live_->GroupOf(MemberOf(node))), live_->GatewaysOf(node.labels));
  zones_.Ask();
  in_use_.Ask();
}

void Rollout::OnReady(Link& link) {
  Member& member = members_[&link];
  member.too_old = false;
  Connected(link);
  CatchUp(link, member);
}

void Rollout::OnTooOld(Link& link, const Report& report) {
  members_[&link].too_old = true;
  // The record is of the proxy, which has come back on a better stream; this one has yet to end.
  const auto is_ready = [&](const auto& entry) {
    return entry.first->node().id == link.node().id && !entry.second.too_old;
  };
  if (std::any_of(members_.begin(), members_.end(), is_ready)) return;
  Connected(link);
  Report about = report;
  about.set_revision(live_->number());
  options_.fleet.TooOld(link.node().id, RefusalsOf(link, about));
}

void Rollout::OnGone(Link& link) {
  const auto it = members_.find(&link);
  const bool voted = InVote(it->second);
  members_.erase(it);
  const std::string& id = link.node().id;
  bool back = false, other_votes = false;
  for (const auto& [other, member] : members_) {
    if (other->node().id != id) continue;
    back = true;
    other_votes = other_votes || InVote(member);
  }
  if (!back) {
    options_.fleet.Disconnected(id);
    zones_.Ask();
    in_use_.Ask();
  }
  if (!voted || other_votes) return;
  vote_->ballot.Gone(id);
  vote_->serve_due.erase(id);
  Advance();
}

void Rollout::OnPrepared(Link& link, const Report& report) {
  const std::string& id = link.node().id;
  Member& member = members_[&link];
  if (member.asked == nullptr || report.revision() != member.asked->revision()) return;  // of an older one
  member.due = false;
  member.refused = report.refused_size() > 0;
  if (member.refused) {
    NoteRefusal(link, member, report);
  } else {
    member.mismatches = 0;
    options_.fleet.Prepared(id, report.revision());
  }
  if (InVote(member) && report.revision() == vote_->view->number() && vote_->phase != Phase::kServing) {
    member.refused ? vote_->ballot.Refused(id) : vote_->ballot.Prepared(id);
    return Advance();
  }
  if (member.refused) return CatchUp(link, member);
  if (report.revision() != live_->number()) {
    // An answer that came too late for its vote: what is live now is another one.
    return CatchUp(link, member);
  }
  TellToServe(link, member);
}

void Rollout::OnMismatch(Link& link, const Report& report) {
  const Member& member = members_[&link];
  if (member.asked == nullptr || report.revision() != member.asked->revision()) return;
  options_.fleet.Retrying(link.node().id, RefusalsOf(link, report));
}

void Rollout::OnServed(Link& link, const Report& report) {
  const std::string& id = link.node().id;
  Member& member = members_[&link];
  if (member.told == nullptr || report.revision() != member.told->revision()) return;
  if (report.refused_size() == 0) {
    member.serves = member.told;
    options_.fleet.Served(id, report.revision(), report.workers());
    in_use_.Ask();
  }
  if (member.told != member.asked) return;  // it was asked for a newer one meanwhile
  member.due = false;
  member.refused = report.refused_size() > 0;
  if (member.refused) NoteRefusal(link, member, report);
  if (InVote(member) && vote_->phase == Phase::kServing && vote_->serve_due.erase(id) > 0) return Advance();
  CatchUp(link, member);
}

void Rollout::OnEndpointsSettled(Link& link, uint64_t seq) {
  options_.fleet.EndpointsSettled(link.node().id, seq);
}

void Rollout::NoteRefusal(const Link& link, Member& member, const Report& report) {
  options_.fleet.Refused(link.node().id, RefusalsOf(link, report));
  const base::MonoTime now = options_.strand.now();
  member.retry_at = base::kNever;
  if (std::any_of(report.refused().begin(), report.refused().end(), IsLocal)) {
    member.retry_at = now + kRetry;
  } else if (report.refused(0).kind() == Problem::MISMATCH && member.mismatches < kMismatchRounds) {
    member.retry_at = now + kRetry * (1 << member.mismatches++);
  }
  if (member.retry_at != base::kNever) ArmRetry();
}

// What refused for a reason of its own (a taken port) may be able to serve by now.
void Rollout::RetryRefusers() {
  retry_armed_ = false;
  bool later = false;
  for (auto& [link, member] : members_) {
    if (!Commits(*link) || !member.refused || member.due || member.retry_at == base::kNever) continue;
    if (InVote(member) || member.retry_at > options_.strand.now()) {
      later = true;
      continue;
    }
    member.refused = false;
    CatchUp(*link, member);
  }
  if (later) ArmRetry();
}

void Rollout::ArmRetry() {
  if (std::exchange(retry_armed_, true)) return;
  options_.strand.After(kRetry, [this] { RetryRefusers(); });
}

}  // namespace sluice::rollout
