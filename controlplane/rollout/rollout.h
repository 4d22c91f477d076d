// Brings revisions to the fleet, one at a time: PREPARE to the audience, a vote, SERVE to those who
// can (wire.md section 1).
//
// Owner and thread: the strand. State: the revision that is live (decided to be served), the newest
// one published, and the vote under way; for each link what it serves and what it was asked.
//  * A revision published during a vote waits; of several that wait only the newest is rolled out.
//  * A proxy that joins, comes back or was too slow catches up with the live revision by itself,
//    without a vote; one that refused for a reason of its own is asked again every kRetry; one that
//    holds other resources than it was sent after ever longer pauses, kMismatchRounds times.
//  * A proxy that cannot be given revisions (too old) is listed with its reason, and has no vote;
//    unless another link of it is ready.
//  * A vote lasts at most kVoteTime, and SERVE is waited for as long again: who is silent is listed,
//    and left out of votes until it has answered what it was asked last.
//  * A withdrawn revision is reported once; the caller publishes one with the content from before.
//  * Before the first revision nothing is live, and nobody is told anything: a proxy that serves
//    what an earlier control plane gave it goes on.
//  * Two links of one node id (the old one of a proxy that came back) are two members; of those that
//    were asked, the first answer is the node's vote.
//  * Nobody is told to serve before the store has the revision as the target: until it says so the
//    vote is decided and no proxy knows, and a store that takes long delays SERVE, not traffic.
//  * What proxies hold or may be asked to hold (InUse) is said whenever it changes: endpoints have to
//    follow it. A proxy that joins or leaves changes the zones; many at once do so together.
//  * A restart knows what is live from the store; proxies come back and catch up. What was not decided
//    by then is put to the vote again after kReturn, when there is somebody to ask.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "controlplane/fleet/fleet.h"
#include "controlplane/fleet/link.h"
#include "controlplane/rollout/ballot.h"
#include "controlplane/snapshot/assignments.h"
#include "controlplane/snapshot/revision_view.h"
#include "controlplane/strand/strand.h"
#include "controlplane/strand/throttle.h"

namespace sluice::rollout {

using ViewRef = std::shared_ptr<const snapshot::RevisionView>;

// Revisions that proxies hold or may be asked to hold.
struct InUse {
  ViewRef live;
  std::vector<ViewRef> ahead;   // under vote, then the newest published; without `live`
  // Served by some proxy all the same, newest first. Of more than kMostOlder those of connected proxies.
  std::vector<uint64_t> older;
};

class Rollout final : public fleet::Driver {
 public:
  static constexpr base::Duration kVoteTime = std::chrono::seconds(5);
  static constexpr base::Duration kRetry = std::chrono::seconds(10);
  static constexpr int kMismatchRounds = 5;
  // Proxies that join or leave within this change the zones once; so it is with what is in use.
  static constexpr base::Duration kGather = std::chrono::milliseconds(100);
  static constexpr size_t kMostOlder = 8;
  // After a restart proxies have this long to come back before an old head is voted on: they try again
  // after at most 30 s (ads_client.h), and need a moment to say what they serve. Sooner, there is
  // nobody to refuse it.
  static constexpr base::Duration kReturn = std::chrono::seconds(35);

  struct Options {
    strand::Strand& strand;
    fleet::Fleet& fleet;
    // The fleet's zones changed: assignments may have to follow. At most once per kGather, within a
    // call of the roll-out or later.
    std::function<void()> zones_changed;
    // What InUse returns is another by now; like zones_changed.
    std::function<void()> in_use_changed;
    // Proxies shall serve the revision from now on. The callee stores that, however often it has to
    // try, and then calls `stored` on the strand (or at once). One at a time.
    std::function<void(uint64_t revision, std::function<void()> stored)> decide;
    // Nobody serves it. The callee publishes a revision with the content of `live`, unless there is
    // a newer one, and then calls fleet.Withdrawn with what takes its place.
    std::function<void(uint64_t revision, uint64_t live)> withdraw;
  };
  // `live`: what was decided last before the start.
  Rollout(Options options, ViewRef live);

  // The head is `view` now.
  void Publish(ViewRef view);
  // The head was `view` when the process before ended, undecided: the same after `window`, unless
  // something newer was published meanwhile.
  void Resume(ViewRef view, base::Duration window = kReturn);
  const ViewRef& live() const { return live_; }
  rollout::InUse InUse() const;
  // What decides about the groups that connected proxies are in: one for each set of labels, since
  // the next revision may tell apart what is one group now.
  std::vector<snapshot::Member> Members() const;

  // fleet::Driver
  void OnReady(fleet::Link& link) override;
  void OnTooOld(fleet::Link& link, const Report& report) override;
  void OnPrepared(fleet::Link& link, const Report& report) override;
  void OnMismatch(fleet::Link& link, const Report& report) override;
  void OnServed(fleet::Link& link, const Report& report) override;
  void OnEndpointsSettled(fleet::Link& link, uint64_t seq) override;
  void OnGone(fleet::Link& link) override;

 private:
  struct Member {
    snapshot::GroupSnapshotRef serves;  // nullptr: not known
    snapshot::GroupSnapshotRef asked;   // of the last Prepare (or Serve, for standard clients)
    snapshot::GroupSnapshotRef told;    // of the last Serve
    bool due = false;                   // an answer to `asked` is due
    bool refused = false;               // `asked` was refused
    base::MonoTime retry_at = base::kNever;  // when it is asked again
    int mismatches = 0;                 // refusals of `asked` because it holds something else
    bool too_old = false;               // cannot be asked anything
    bool votes = false;                 // was asked in the vote under way; a reconnected one was not
  };
  enum class Phase {
    kVoting,   // PREPARE is out
    kStoring,  // decided; the store does not have it yet
    kServing,  // SERVE is out
  };
  struct Vote {
    ViewRef view;
    Ballot ballot;
    Phase phase = Phase::kVoting;
    std::set<std::string> serve_due;
  };

  void StartVote(ViewRef view);
  void AskAudience();
  // Acts on the vote once nobody is waited for.
  void Advance();
  void Decide();
  // The decision outlives us: it becomes what is live, and is told.
  void OnStored(uint64_t revision);
  void Withdraw();
  void FinishVote();
  void OnVoteTime();
  // Everybody outside the vote is brought to the live revision.
  void CatchUp();
  void CatchUp(fleet::Link& link, Member& member);
  void RetryRefusers();
  void ArmRetry();
  void ArmVoteTimer();
  // Says so if other revisions are in use than when it said so last.
  void NoteInUse();
  void NoteRefusal(const fleet::Link& link, Member& member, const Report& report);
  void Ask(fleet::Link& link, Member& member, snapshot::GroupSnapshotRef snapshot);
  void Connected(const fleet::Link& link);
  // SERVE for what it was asked last.
  void TellToServe(fleet::Link& link, Member& member);
  bool InVote(const Member& member) const { return vote_ && member.votes; }
  snapshot::GroupSnapshotRef SnapshotOf(const ViewRef& view, const fleet::Link& link) const;

  const Options options_;
  ViewRef live_;
  ViewRef head_;                    // newest published
  std::optional<Vote> vote_;
  std::map<fleet::Link*, Member> members_;
  strand::Throttle zones_, in_use_;
  std::vector<uint64_t> told_in_use_;  // revisions
  strand::Strand::TimerId vote_timer_{};
  bool retry_armed_ = false;
  bool nothing_lived_;  // no revision with content was ever decided: nobody is told anything
};

// The snapshot-side description of a node.
snapshot::Member MemberOf(const fleet::Node& node);

}  // namespace sluice::rollout
