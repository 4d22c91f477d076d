#include "controlplane/xds/committing_session.h"

#include <fmt/format.h>

#include "dataplane/base/log.h"

namespace sluice::xds {

using envoy::service::discovery::v3::DeltaDiscoveryRequest;
using snapshot::Type;
using ::sluice::xds::v1::Commit;
using ::sluice::xds::v1::CommitReport;
using ::sluice::xds::v1::Problem;

CommittingSession::CommittingSession(SessionContext context)
    : context_(std::move(context)), identifier_(context_.identifier + ";commit=1"),
      subscriptions_(DeltaProtocol::Make),
      types_timer_(context_.strand.After(kTypesTime, [this] { OnTypesTime(); })) {}

CommittingSession::~CommittingSession() {
  context_.strand.Cancel(types_timer_);
  if (known_) context_.driver.OnGone(*this);
}

void CommittingSession::OnRequest(const DeltaDiscoveryRequest& request) {
  if (request.type_url() == kCommitTypeUrl) return OnCommitRequest(request);
  const std::optional<Type> type = snapshot::TypeOfUrl(request.type_url());
  if (!type) return;  // R6: clients may try types that we do not serve
  OnTypeRequest(*type, request);
}

void CommittingSession::OnTypeRequest(Type type, const DeltaDiscoveryRequest& request) {
  DeltaSubscription& subscription = subscriptions_[type];
  const bool resubscribes =
      subscription.asked() && request.resource_names_subscribe_size() > 0 && type != Type::kEndpoint;
  const Answer answer = subscription.OnRequest(request);
  if (!greeted_) {
    greeted_ = true;  // says only that we commit; the content comes with a revision
    Send(request.type_url(), "", {});
  }
  if (type == Type::kEndpoint) {
    OnEndpointAnswer(answer, request);
    return PumpEndpoints();
  }
  if (answer == Answer::kNack) {
    undecodable_ = request.error_detail().message();
    subscription.Forget();
  }
  if (resubscribes && resend_ != nullptr) {
    waiting_ = std::exchange(resend_, nullptr);
    Pump();
  }
  BecomeReady();
}

// What was refused is not in use: who waits for it goes on waiting until something later is.
void CommittingSession::OnEndpointAnswer(Answer answer, const DeltaDiscoveryRequest& request) {
  if (answer == Answer::kNone) return;
  endpoints_refused_ = answer == Answer::kNack;
  if (!endpoints_refused_) return context_.driver.OnEndpointsSettled(*this, endpoints_sent_);
  base::LogWarn("proxy '{}' refuses endpoints: {}", context_.node.id, request.error_detail().message());
}

void CommittingSession::OnCommitRequest(const DeltaDiscoveryRequest& request) {
  commit_asked_ = true;
  if (!request.response_nonce().empty() && request.response_nonce() == commit_nonce_) {
    OnCommitAnswer(request);
  }
  BecomeReady();
}

void CommittingSession::BecomeReady() {
  if (ready_ || !commit_asked_) return;
  for (const Type type : snapshot::kRevisionedTypes) {
    if (!subscriptions_[type].asked()) return;
  }
  context_.strand.Cancel(types_timer_);
  ready_ = known_ = true;
  context_.driver.OnReady(*this);
}

void CommittingSession::OnTypesTime() {
  CommitReport report;
  auto missing = [&](std::string_view type_url) {
    Problem& problem = *report.add_refused();
    problem.set_kind(Problem::LOCAL);
    problem.set_type_url(std::string(type_url));
    problem.set_text(fmt::format("too_old: it does not ask for {}", type_url.substr(type_url.rfind('/') + 1)));
  };
  for (const Type type : snapshot::kRevisionedTypes) {
    if (!subscriptions_[type].asked()) missing(snapshot::TypeUrl(type));
  }
  if (!commit_asked_) missing(kCommitTypeUrl);
  known_ = true;
  context_.driver.OnTooOld(*this, report);
}

void CommittingSession::OnCommitAnswer(const DeltaDiscoveryRequest& request) {
  commit_nonce_.clear();
  CommitReport report;
  const auto& detail = request.error_detail();
  const bool readable = detail.details_size() > 0 && detail.details(0).UnpackTo(&report);
  const bool refused = detail.code() != 0 || !readable;
  if (refused && report.refused().empty()) {
    Problem& problem = *report.add_refused();
    problem.set_kind(Problem::CONTENT);
    problem.set_text(readable ? detail.message() : "the answer carries no report: " + detail.message());
  }
  report.set_revision(sent_->revision());
  if (refused && RetryAfterMismatch(report)) return;
  if (!undecodable_.empty() && refused) report.mutable_refused(0)->set_text(undecodable_);
  undecodable_.clear();
  if (sent_phase_ == Commit::PREPARE) {
    report.set_phase(Commit::PREPARE);
    context_.driver.OnPrepared(*this, report);
  } else {
    report.set_phase(Commit::SERVE);
    context_.driver.OnServed(*this, report);
  }
  Pump();
  // By now the client has asked for the endpoints it needs: older changes of others do not concern it.
  PumpEndpoints();
}

bool CommittingSession::RetryAfterMismatch(const CommitReport& report) {
  if (report.refused(0).kind() != Problem::MISMATCH || waiting_ != nullptr) return false;
  if (mismatches_ >= kMismatchRetries) return false;
  ++mismatches_;
  base::LogWarn("proxy '{}' holds other {} than revision {}: sending them again", context_.node.id,
                report.refused(0).type_url(), sent_->revision());
  resend_ = sent_;
  context_.driver.OnMismatch(*this, report);
  return true;
}

void CommittingSession::Prepare(snapshot::GroupSnapshotRef snapshot) {
  waiting_ = std::move(snapshot);
  mismatches_ = 0;
  resend_ = nullptr;
  Pump();
}

void CommittingSession::Serve(snapshot::GroupSnapshotRef snapshot) {
  // A newer revision was prepared or waits: this one is over.
  if (sent_ == nullptr || sent_->revision() != snapshot->revision() || !commit_nonce_.empty()) return;
  SendCommit(*sent_, Commit::SERVE);
}

void CommittingSession::Pump() {
  if (waiting_ == nullptr || !commit_nonce_.empty()) return;
  sent_ = std::exchange(waiting_, nullptr);
  const std::string version = std::to_string(sent_->revision());
  for (const Type type : snapshot::kRevisionedTypes) {
    DeltaSubscription& subscription = subscriptions_[type];
    if (std::optional<Update> update = subscription.NextNow(sent_->of(type))) {
      subscription.Sent(Send(snapshot::TypeUrl(type), version, *update));
    }
  }
  SendCommit(*sent_, Commit::PREPARE);
}

void CommittingSession::PumpEndpoints() {
  DeltaSubscription& subscription = subscriptions_[Type::kEndpoint];
  if (subscription.waiting()) return;
  const uint64_t seq = context_.assignments.seq();
  if (std::optional<Update> update = subscription.Next(context_.assignments.of(context_.node.zone))) {
    endpoints_sent_ = seq;
    subscription.Sent(Send(snapshot::TypeUrl(Type::kEndpoint), context_.assignments.version(), *update));
  } else if (known_ && !endpoints_refused_) {
    context_.driver.OnEndpointsSettled(*this, seq);
  }
}

void CommittingSession::SendCommit(const snapshot::GroupSnapshot& snapshot, Phase phase) {
  Commit commit;
  commit.set_revision(snapshot.revision());
  commit.set_group(snapshot.group());
  commit.set_phase(phase);
  commit.set_compiler_level(1);
  commit.mutable_warm_timeout()->set_seconds(2);
  for (const Type type : snapshot::kRevisionedTypes) {
    auto& state = *commit.add_types();
    state.set_type_url(std::string(snapshot::TypeUrl(type)));
    state.set_count(snapshot.of(type).size());
    state.set_digest(snapshot.digest(type).bytes());
  }
  const std::string version = fmt::format("{}/{}", snapshot.revision(), Commit::Phase_Name(phase));
  sent_phase_ = phase;
  const Envelope envelope = NewEnvelope(kCommitTypeUrl, version);
  commit_nonce_ = nonce_;
  context_.write(EncodeCommit(envelope, commit));
}

Envelope CommittingSession::NewEnvelope(std::string_view type_url, std::string_view version) {
  nonce_ = std::to_string(++nonces_);
  return {.type_url = type_url, .version = version, .nonce = nonce_, .identifier = identifier_};
}

std::string CommittingSession::Send(std::string_view type_url, std::string_view version, const Update& update) {
  context_.write(EncodeDelta(NewEnvelope(type_url, version), update));
  return nonce_;
}

}  // namespace sluice::xds
