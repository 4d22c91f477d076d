#include "dataplane/upstream/breaker.h"

namespace sluice::upstream {

std::string_view LimitName(Limit limit) {
  switch (limit) {
    case Limit::kConnections: return "max_connections";
    case Limit::kPending: return "max_pending_requests";
    case Limit::kRequests: return "max_requests";
    case Limit::kRetries: return "max_retries";
  }
  return "";
}

uint32_t LimitOf(const BreakerLimits& limits, Limit limit) {
  switch (limit) {
    case Limit::kConnections: return limits.max_connections;
    case Limit::kPending: return limits.max_pending_requests;
    case Limit::kRequests: return limits.max_requests;
    case Limit::kRetries: return limits.max_retries;
  }
  return BreakerLimits::kUnlimited;
}

void InUse::NoteNear(uint32_t in_use, uint32_t limit) {
  if (near_.exchange(true, std::memory_order_relaxed)) return;
  times_near_.fetch_add(1, std::memory_order_relaxed);
  if (watcher_ != nullptr && *watcher_) (*watcher_)(which_, in_use, limit);
}

InUse& Breaker::of(Limit limit) {
  switch (limit) {
    case Limit::kPending: return pending;
    case Limit::kRequests: return requests;
    case Limit::kRetries: return retries;
    case Limit::kConnections: break;
  }
  return connections;
}

}  // namespace sluice::upstream
