#include "dataplane/http/codec.h"

namespace sluice::http {

std::string_view StreamErrorName(StreamError error) {
  switch (error) {
    case StreamError::kNone:
      return "none";
    case StreamError::kBadStartLine:
      return "bad_start_line";
    case StreamError::kBadVersion:
      return "bad_version";
    case StreamError::kBadTarget:
      return "bad_target";
    case StreamError::kBadFieldName:
      return "bad_field_name";
    case StreamError::kBadFieldValue:
      return "bad_field_value";
    case StreamError::kObsFold:
      return "obs_fold";
    case StreamError::kBareLf:
      return "bare_lf";
    case StreamError::kBadContentLength:
      return "bad_content_length";
    case StreamError::kLengthAndEncoding:
      return "length_and_encoding";
    case StreamError::kBadTransferEncoding:
      return "bad_transfer_encoding";
    case StreamError::kUnknownTransferCoding:
      return "unknown_transfer_coding";
    case StreamError::kBadChunk:
      return "bad_chunk";
    case StreamError::kBadHost:
      return "bad_host";
    case StreamError::kMissingHost:
      return "missing_host";
    case StreamError::kBadConnectionOption:
      return "bad_connection_option";
    case StreamError::kUnderscoreName:
      return "underscore_name";
    case StreamError::kBadStatus:
      return "bad_status";
    case StreamError::kUnexpectedBytes:
      return "unexpected_bytes";
    case StreamError::kProtocol:
      return "protocol";
    case StreamError::kTargetTooLong:
      return "target_too_long";
    case StreamError::kHeadTooLarge:
      return "head_too_large";
    case StreamError::kTooManyFields:
      return "too_many_fields";
    case StreamError::kTrailersTooLarge:
      return "trailers_too_large";
    case StreamError::kTooManyInformational:
      return "too_many_informational";
    case StreamError::kBadExpectation:
      return "bad_expectation";
    case StreamError::kEarlyEnd:
      return "early_end";
    case StreamError::kPeerReset:
      return "peer_reset";
    case StreamError::kRefused:
      return "refused";
    case StreamError::kCancelled:
      return "cancelled";
    case StreamError::kConnectionLost:
      return "connection_lost";
  }
  return "unknown";
}

}  // namespace sluice::http
