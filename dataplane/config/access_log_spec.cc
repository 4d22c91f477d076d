#include "dataplane/config/access_log_spec.h"

#include "dataplane/filter/exchange.h"

namespace sluice::config {

bool IsNumber(LogValue value) {
  switch (value) {
    case LogValue::kResponseCode:
    case LogValue::kBytesReceived:
    case LogValue::kBytesSent:
    case LogValue::kDuration:
    case LogValue::kRequestDuration:
    case LogValue::kResponseDuration:
    case LogValue::kResponseTxDuration:
      return true;
    default:
      return false;
  }
}

std::span<const FlagLetters> ResponseFlagLetters() {
  static constexpr FlagLetters kLetters[] = {
      {filter::kNoHealthyUpstream, "UH"},
      {filter::kUpstreamConnectionFailure, "UF"},
      {filter::kUpstreamOverflow, "UO"},
      {filter::kNoRouteFound, "NR"},
      {filter::kUpstreamRequestTimeout, "UT"},
      {filter::kLocalReset, "LR"},
      {filter::kUpstreamReset, "UR"},
      {filter::kUpstreamConnectionTermination, "UC"},
      {filter::kDownstreamTermination, "DC"},
      {filter::kStreamIdleTimeout, "SI"},
      {filter::kDownstreamProtocolError, "DPE"},
      {filter::kUpstreamProtocolError, "UPE"},
      {filter::kNoClusterFound, "NC"},
      {filter::kUpstreamRetryLimitExceeded, "URX"},
      {filter::kDurationTimeout, "DT"},
  };
  return kLetters;
}

}  // namespace sluice::config
