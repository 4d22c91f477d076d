#include "dataplane/upstream/outlier_reporter.h"

#include "dataplane/upstream/call.h"
#include "dataplane/upstream/worker_cluster.h"

namespace sluice::upstream {
namespace {

constexpr uint16_t kUnavailable = 503;
constexpr uint16_t kGatewayTimeout = 504;

bool IsGatewayFailure(uint16_t status) { return status >= 502 && status <= 504; }

}  // namespace

const OutlierSpec* OutlierReporter::spec() const {
  const std::optional<OutlierSpec>& outlier = cluster_.cluster().spec().outlier;
  return outlier ? &*outlier : nullptr;
}

OutlierCounts::Block& OutlierReporter::block() {
  if (block_ == nullptr) block_ = &endpoint_->outlier().BlockOf(cluster_.worker().index());
  return *block_;
}

void OutlierReporter::OnAnswer(uint16_t status) {
  const OutlierSpec* const now = spec();
  if (now == nullptr) return;
  if (now->split_local) {
    block().attempts.Add();
    block().good_attempts.Add();
    endpoint_->outlier().Succeed(Ejection::kConsecutiveLocal);
  }
  Answered(*now, status);
}

void OutlierReporter::Answered(const OutlierSpec& spec, uint16_t status) {
  OutlierCounts& counts = endpoint_->outlier();
  block().answers.Add();
  if (status < 500 || status > 599) {
    block().good_answers.Add();
    counts.Succeed(Ejection::kConsecutive5xx);
    return counts.Succeed(Ejection::kConsecutiveGateway);
  }
  if (IsGatewayFailure(status)) {
    CountFailure(Ejection::kConsecutiveGateway, spec.consecutive_gateway);
  } else {
    counts.Succeed(Ejection::kConsecutiveGateway);
  }
  CountFailure(Ejection::kConsecutive5xx, spec.consecutive_5xx);
}

void OutlierReporter::OnError(CallError error) {
  switch (error) {
    case CallError::kNone:
    case CallError::kNoHealthyEndpoint:
    case CallError::kPendingOverflow:
    case CallError::kConnectionOverflow: return;  // our own limits
    case CallError::kConnectFailed:
    case CallError::kConnectTimeout:
    case CallError::kConnectionLost:
    case CallError::kBadResponse:
    case CallError::kReset: return FailedLocally(kUnavailable);
  }
}

void OutlierReporter::OnTimeout() { FailedLocally(kGatewayTimeout); }

void OutlierReporter::FailedLocally(uint16_t status) {
  const OutlierSpec* const now = spec();
  if (now == nullptr) return;
  if (!now->split_local) return Answered(*now, status);
  block().attempts.Add();
  CountFailure(Ejection::kConsecutiveLocal, now->consecutive_local);
}

void OutlierReporter::CountFailure(Ejection type, uint32_t threshold) {
  if (!endpoint_->outlier().Fail(type, threshold)) return;
  const auto& on_trip = cluster_.worker().registry().options().on_trip;
  if (on_trip) on_trip(cluster_.cluster().id(), endpoint_, type);
}

}  // namespace sluice::upstream
