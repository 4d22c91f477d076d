// Asks the proxies' own compiler whether a revision can be served, before anybody stores it: one
// resident `sluice-proxy --mode validate` per group of Gateways, fed over ADS on a unix socket
// (wire.md section 1).
//
// Threads: Ask from any but the strand, and waits; everything else on the strand, which is why a
// slow judge holds up only the Apply that asks. State: a child process and its stream per group,
// made when first asked for, the least recently asked ended when there are more than kChildren.
// Revision change: the child is sent what changed against what it was sent last. A child that is
// silent for kPatience makes the Ask UNAVAILABLE, one that dies of what it judges makes it refused
// (`judge_crashed`); one that ends before it could judge says nothing of the revision (UNAVAILABLE).
// It is started again in any case, kPause after a death. A restart begins anew; children die with
// their parent.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controlplane/fleet/link.h"
#include "controlplane/judge/child.h"
#include "controlplane/strand/strand.h"
#include "sluice/xds/v1/commit.pb.h"

namespace sluice::judge {

class Judge final : public fleet::Driver {
 public:
  static constexpr base::Duration kPatience = std::chrono::seconds(5);
  static constexpr base::Duration kPause = std::chrono::milliseconds(500);
  static constexpr size_t kChildren = 8;
  using Problems = std::vector<::sluice::xds::v1::Problem>;

  struct Options {
    strand::Strand& strand;
    std::string proxy_binary;
    std::string socket_path;  // of the AdsService whose driver this is
  };
  explicit Judge(Options options) : options_(std::move(options)) {}

  // What the compiler refuses in `snapshots`, of which each is of another group; empty: nothing.
  // UNAVAILABLE when there is no answer; ABORTED `judge_crashed` when it died of them.
  absl::StatusOr<Problems> Ask(std::vector<snapshot::GroupSnapshotRef> snapshots);
  // Strand: ends all children.
  void Stop();

  // fleet::Driver, on the strand.
  void OnReady(fleet::Link& link) override;
  void OnTooOld(fleet::Link&, const Report&) override {}    // silence says the same
  void OnPrepared(fleet::Link& link, const Report& report) override;
  void OnMismatch(fleet::Link&, const Report&) override {}  // an answer follows
  void OnServed(fleet::Link&, const Report&) override {}
  void OnEndpointsSettled(fleet::Link&, uint64_t) override {}
  void OnGone(fleet::Link& link) override;

 private:
  // Called once with what one group's judge said.
  using Answer = std::function<void(absl::StatusOr<Problems>)>;
  struct Seat {
    std::unique_ptr<Child> child;
    uint64_t start = 0;                   // which of the starts the child is
    bool connected = false;               // the child has been
    bool killed = false;                  // the child was, and its end is not told yet
    fleet::Link* link = nullptr;
    snapshot::GroupSnapshotRef approved;  // the last one without problems
    snapshot::GroupSnapshotRef asked;     // an answer is due
    Answer answer;
    strand::Strand::TimerId patience{};
    uint64_t used = 0;                    // for choosing whom to end
  };

  absl::StatusOr<Problems> AskSome(std::vector<snapshot::GroupSnapshotRef> snapshots);
  void AskOne(snapshot::GroupSnapshotRef snapshot, Answer answer);
  void Reply(Seat& seat, absl::StatusOr<Problems> problems);
  void StartChild(const std::string& group);
  void OnSilence(const std::string& group);
  // Of the child of that start, which may have been replaced by now.
  void OnExit(const std::string& group, uint64_t start, int status);
  void EndIdle();

  const Options options_;
  std::map<std::string, Seat> seats_;  // strand; by the group's name
  uint64_t uses_ = 0;
  uint64_t starts_ = 0;
  bool stopping_ = false;
};

}  // namespace sluice::judge
