// The server's side of a stream with a standard client (Envoy, gRPC): make before break, so that a
// client that applies types one by one never meets a route to a cluster it does not have.
//
// A new snapshot is sent in steps, each begun when what came before was answered or kStepTime is
// over: clusters (old and new ones), their endpoints, listeners, routes; then the old clusters go.
// Owner: the stream; thread: the strand. State: what the client was sent, by type, and the step. A
// newer snapshot starts over from what was sent. A silent client is waited for as said, and holds up
// nobody else. When the stream ends everything here is forgotten.
#pragma once

#include "controlplane/xds/session.h"

namespace sluice::xds {

template <typename Protocol>
class StandardSession final : public Session<typename Protocol::Request>, public fleet::Link {
 public:
  static constexpr base::Duration kStepTime = std::chrono::seconds(2);

  explicit StandardSession(SessionContext context);
  ~StandardSession() override;

  // Session
  void OnRequest(const typename Protocol::Request& request) override;
  void OnAssignments() override { Pump(); }

  // fleet::Link
  const fleet::Node& node() const override { return context_.node; }
  void Prepare(snapshot::GroupSnapshotRef) override {}
  void Serve(snapshot::GroupSnapshotRef snapshot) override;

 private:
  enum class Step { kClusters, kEndpoints, kListeners, kRoutes, kRemovals, kDone };

  // Sends what can be sent, and goes on with the next step where one is complete.
  void Pump();
  // Everything of `type` up to now was sent and answered.
  bool Send(snapshot::Type type);
  bool StepComplete();
  // Endpoints of all clusters that need some are with the client.
  bool EndpointsComplete() const;
  void NextStep();
  void ArmStep();
  const snapshot::WireMap& Desired(snapshot::Type type);
  void NoteAnswer(snapshot::Type type, Answer answer, const typename Protocol::Request& request);

  SessionContext context_;
  PerType<typename Protocol::Subscription> subscriptions_;
  bool ready_ = false;
  uint64_t nonces_ = 0;
  snapshot::GroupSnapshotRef target_;
  Step step_ = Step::kDone;
  snapshot::WireMap clusters_;        // what is to be held: old ones too until kRemovals
  uint64_t endpoints_sent_ = 0;       // sequence of the assignments sent last
  fleet::Driver::Report report_;      // refusals since `target_`
  strand::Strand::TimerId step_timer_{};
  // Timers may come after the session's end.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace sluice::xds
