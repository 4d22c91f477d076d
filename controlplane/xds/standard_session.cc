#include "controlplane/xds/standard_session.h"

#include "dataplane/base/log.h"

namespace sluice::xds {

using snapshot::Type;
using snapshot::WireMap;
using ::sluice::xds::v1::Commit;
using ::sluice::xds::v1::Problem;

template <typename Protocol>
StandardSession<Protocol>::StandardSession(SessionContext context)
    : context_(std::move(context)), subscriptions_(Protocol::Make) {}

template <typename Protocol>
StandardSession<Protocol>::~StandardSession() {
  context_.strand.Cancel(step_timer_);
  if (ready_) context_.driver.OnGone(*this);
}

template <typename Protocol>
void StandardSession<Protocol>::OnRequest(const typename Protocol::Request& request) {
  const std::optional<Type> type = snapshot::TypeOfUrl(request.type_url());
  if (!type) return;  // R6: clients may try types that we do not serve
  const Answer answer = subscriptions_[*type].OnRequest(request);
  NoteAnswer(*type, answer, request);
  if (!ready_) {
    ready_ = true;
    context_.driver.OnReady(*this);
  }
  Pump();
}

template <typename Protocol>
void StandardSession<Protocol>::NoteAnswer(Type type, Answer answer,
                                           const typename Protocol::Request& request) {
  if (answer == Answer::kNack && step_ != Step::kDone) {
    Problem& problem = *report_.add_refused();
    problem.set_kind(Problem::CONTENT);
    problem.set_type_url(request.type_url());
    problem.set_text(request.error_detail().message());
  }
  if (answer == Answer::kNack) {
    base::LogWarn("'{}' refuses {}: {}", context_.node.id, request.type_url(), request.error_detail().message());
  }
  if (type == Type::kEndpoint && answer == Answer::kAck) {
    context_.driver.OnEndpointsSettled(*this, endpoints_sent_);
  }
}

template <typename Protocol>
void StandardSession<Protocol>::Serve(snapshot::GroupSnapshotRef snapshot) {
  target_ = std::move(snapshot);
  report_.Clear();
  report_.set_revision(target_->revision());
  report_.set_phase(Commit::SERVE);
  WireMap clusters = target_->of(Type::kCluster);
  clusters.insert(clusters_.begin(), clusters_.end());  // keeps the new one of two with one name
  clusters_ = std::move(clusters);
  step_ = Step::kClusters;
  ArmStep();
  Pump();
}

template <typename Protocol>
const WireMap& StandardSession<Protocol>::Desired(Type type) {
  switch (type) {
    case Type::kCluster: return clusters_;
    case Type::kEndpoint: return context_.assignments.of(context_.node.zone);
    default: return target_->of(type);
  }
}

template <typename Protocol>
bool StandardSession<Protocol>::Send(Type type) {
  auto& subscription = subscriptions_[type];
  if (!subscription.asked()) return true;  // it does not want any
  const uint64_t seq = context_.assignments.seq();
  const std::string version =
      type == Type::kEndpoint ? context_.assignments.version() : std::to_string(target_->revision());
  if (std::optional<Update> update = subscription.Next(Desired(type))) {
    if (type == Type::kEndpoint) endpoints_sent_ = seq;
    // R58: a changed cluster is warmed by its client with an assignment that comes afterwards. In delta
    // the client subscribes again by itself (R44).
    if (type == Type::kCluster) {
      for (const std::string& name : update->changed) subscriptions_[Type::kEndpoint].SendAgain(name);
    }
    const std::string nonce = std::to_string(++nonces_);
    context_.write(Protocol::Encode({.type_url = snapshot::TypeUrl(type), .version = version,
                                     .nonce = nonce, .identifier = context_.identifier},
                                    *update));
    subscription.Sent(nonce);
    return false;
  }
  if (type == Type::kEndpoint && !subscription.waiting()) context_.driver.OnEndpointsSettled(*this, seq);
  return !subscription.waiting();
}

template <typename Protocol>
bool StandardSession<Protocol>::EndpointsComplete() const {
  if (subscriptions_[Type::kEndpoint].waiting()) return false;
  for (const auto& [name, assignment] : context_.assignments.of(context_.node.zone)) {
    if (clusters_.contains(name) && !subscriptions_[Type::kEndpoint].Covers(name)) return false;
  }
  return true;
}

template <typename Protocol>
bool StandardSession<Protocol>::StepComplete() {
  // Endpoints are live data: they go in every step.
  const bool endpoints = Send(Type::kEndpoint);
  switch (step_) {
    case Step::kClusters: return Send(Type::kCluster);
    case Step::kEndpoints: return Send(Type::kCluster) && endpoints && EndpointsComplete();
    case Step::kListeners: return Send(Type::kListener);
    case Step::kRoutes: {
      const bool listeners = Send(Type::kListener);
      return Send(Type::kRoute) && listeners;
    }
    case Step::kRemovals: return Send(Type::kCluster);
    case Step::kDone:
      for (const Type type : snapshot::kTypes) Send(type);
      return false;
  }
  return false;
}

template <typename Protocol>
void StandardSession<Protocol>::Pump() {
  if (target_ == nullptr) return;
  while (StepComplete()) NextStep();
}

template <typename Protocol>
void StandardSession<Protocol>::NextStep() {
  context_.strand.Cancel(step_timer_);
  // A client that refused a part keeps what it had: nothing it may still use is taken away (R62).
  step_ = report_.refused_size() > 0 ? Step::kDone : static_cast<Step>(static_cast<int>(step_) + 1);
  if (step_ == Step::kRemovals) clusters_ = target_->of(Type::kCluster);
  if (step_ == Step::kDone) return context_.driver.OnServed(*this, report_);
  ArmStep();
}

template <typename Protocol>
void StandardSession<Protocol>::ArmStep() {
  context_.strand.Cancel(step_timer_);
  step_timer_ = context_.strand.After(kStepTime, [this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.expired()) return;
    // Removals wait for the answer to the routes (R61), and who does not answer them has not accepted.
    if (step_ == Step::kRoutes || step_ == Step::kRemovals || step_ == Step::kDone) return;
    NextStep();
    Pump();
  });
}

template class StandardSession<DeltaProtocol>;
template class StandardSession<SotwProtocol>;

}  // namespace sluice::xds
