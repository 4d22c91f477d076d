// The server's side of a stream whose client commits: revisions whole, in two phases (wire.md 1).
//
// State: what the client holds staged, by type (`subscriptions_`), the revision whose Commit is not
// answered yet, and the newest that waits behind it. Owner: the stream; thread: the strand.
// A new revision while an answer is due waits, and replaces one that waits already: they coalesce
// whole. A client that has not asked for every type of a revision within kTypesTime is told to the
// driver as too old, and as ready if it asks later. One that holds something else than it was sent is
// sent it again, kMismatchRetries times, and the driver hears of each. One that delays its answer
// delays only its own next revision; what it means for the others is the driver's business, as is one
// that never answers. When the stream ends, the driver hears OnGone; a client that comes back says
// what it serves.
// Endpoints are asked for by name and go at once, beside the revisions.
#pragma once

#include "controlplane/xds/session.h"

namespace sluice::xds {

class CommittingSession final : public Session<envoy::service::discovery::v3::DeltaDiscoveryRequest>,
                                public fleet::Link {
 public:
  // How often a revision is sent again because the client holds something else than it should.
  static constexpr int kMismatchRetries = 2;
  static constexpr base::Duration kTypesTime = std::chrono::seconds(5);

  explicit CommittingSession(SessionContext context);
  ~CommittingSession() override;

  // Session
  void OnRequest(const envoy::service::discovery::v3::DeltaDiscoveryRequest& request) override;
  void OnAssignments() override { PumpEndpoints(); }

  // fleet::Link
  const fleet::Node& node() const override { return context_.node; }
  void Prepare(snapshot::GroupSnapshotRef snapshot) override;
  void Serve(snapshot::GroupSnapshotRef snapshot) override;

 private:
  using Phase = ::sluice::xds::v1::Commit::Phase;

  void OnCommitRequest(const envoy::service::discovery::v3::DeltaDiscoveryRequest& request);
  void OnCommitAnswer(const envoy::service::discovery::v3::DeltaDiscoveryRequest& request);
  void OnEndpointAnswer(Answer answer, const envoy::service::discovery::v3::DeltaDiscoveryRequest& request);
  void OnTypeRequest(snapshot::Type type, const envoy::service::discovery::v3::DeltaDiscoveryRequest& request);
  // The client holds something else: it is sent the type again, unless that was tried before.
  bool RetryAfterMismatch(const fleet::Driver::Report& report);
  void BecomeReady();
  void OnTypesTime();
  // Sends what waits, if no answer is due.
  void Pump();
  void PumpEndpoints();
  void SendCommit(const snapshot::GroupSnapshot& snapshot, Phase phase);
  // Returns the nonce of the response.
  std::string Send(std::string_view type_url, std::string_view version, const Update& update);
  Envelope NewEnvelope(std::string_view type_url, std::string_view version);

  SessionContext context_;
  const std::string identifier_;
  PerType<DeltaSubscription> subscriptions_;
  bool greeted_ = false;           // the client knows that we commit
  bool commit_asked_ = false;
  bool ready_ = false;             // can be sent revisions
  bool known_ = false;             // to the driver, as ready or as too old
  strand::Strand::TimerId types_timer_{};
  uint64_t nonces_ = 0;
  std::string nonce_;              // of the response being made
  std::string commit_nonce_;       // of the Commit that is not answered yet
  Phase sent_phase_ = ::sluice::xds::v1::Commit::PHASE_UNSPECIFIED;
  snapshot::GroupSnapshotRef sent_;      // of the last Commit
  snapshot::GroupSnapshotRef waiting_;   // to be prepared next
  snapshot::GroupSnapshotRef resend_;    // after a mismatch, once the client asks for the type again
  int mismatches_ = 0;                   // of sent_
  std::string undecodable_;              // what the client said of a type of sent_
  bool endpoints_refused_ = false;       // the last assignments were
  uint64_t endpoints_sent_ = 0;          // sequence of the assignments that are not answered yet
};

}  // namespace sluice::xds
