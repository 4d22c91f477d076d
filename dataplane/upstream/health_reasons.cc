#include "dataplane/upstream/health_reasons.h"

namespace sluice::upstream {

std::string_view HealthReasonName(HealthReason reason) {
  switch (reason) {
    case kFailedActive: return "failed_active_hc";
    case kEjected: return "failed_outlier_check";
    case kFailedEds: return "failed_eds_health";
    case kDegradedActive: return "degraded_active_hc";
    case kDegradedEds: return "degraded_eds_health";
    case kPendingActive: return "pending_active_hc";
    case kActiveTimeout: return "active_hc_timeout";
    case kDrainingEds: return "eds_status_draining";
  }
  return "";
}

std::string HealthFlags(HealthReasons reasons) {
  std::string text;
  for (HealthReasons left = reasons; left != 0; left &= left - 1) {
    text += '/';
    text += HealthReasonName(static_cast<HealthReason>(left & -left));
  }
  return text.empty() ? "healthy" : text;
}

}  // namespace sluice::upstream
