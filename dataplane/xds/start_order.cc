#include "dataplane/xds/start_order.h"

namespace sluice::xds {
namespace {

bool IsOver(StartOrder::Step step, const StartOrder::Progress& progress) {
  switch (step) {
    case StartOrder::Step::kClusters: return progress.clusters;
    case StartOrder::Step::kEndpoints: return progress.endpoints;
    case StartOrder::Step::kListeners: return progress.listeners;
    case StartOrder::Step::kRoutes: return progress.routes;
    case StartOrder::Step::kDone: break;
  }
  return false;
}

StartOrder::Step After(StartOrder::Step step) {
  return static_cast<StartOrder::Step>(static_cast<uint8_t>(step) + 1);
}

}  // namespace

bool StartOrder::Advance(const Progress& progress) {
  if (!IsOver(step_, progress)) return false;
  step_ = After(step_);
  return true;
}

void StartOrder::Expire(bool heard) {
  if (done()) return;
  step_ = heard ? After(step_) : Step::kDone;
}

}  // namespace sluice::xds
