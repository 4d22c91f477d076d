// How a gRPC call ended: from the response, from HTTP, or from a stream that failed.
// Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dataplane/http/codec.h"
#include "dataplane/http/head.h"

namespace sluice::grpc {

// The numbers are those of the wire.
enum class StatusCode : uint8_t {
  kOk, kCancelled, kUnknown, kInvalidArgument, kDeadlineExceeded, kNotFound, kAlreadyExists,
  kPermissionDenied, kResourceExhausted, kFailedPrecondition, kAborted, kOutOfRange,
  kUnimplemented, kInternal, kUnavailable, kDataLoss, kUnauthenticated,
};

// "NOT_FOUND"
std::string_view StatusCodeName(StatusCode code);

struct Status {
  StatusCode code = StatusCode::kOk;
  // For people; decoded. From a peer: not to be trusted to be UTF-8 or one line.
  std::string message;
  bool ok() const { return code == StatusCode::kOk; }
};

// The status of a complete response. `trailers` is nullptr if none came: then the head may be the
// whole response ("Trailers-Only"). grpc-status wins; without it the HTTP status speaks, and a 200
// without it is UNKNOWN.
Status StatusOf(const http::Head& head, const http::Head* trailers);

// What a client makes of an answer that is not gRPC's ("HTTP to gRPC Status Code Mapping").
StatusCode FromHttpStatus(uint16_t status);

// The status of a call whose stream failed. kUnavailable: it may be tried again.
StatusCode FromStreamError(http::StreamError error);

// The head belongs to a gRPC response: 200 and a content type of application/grpc, bare or with
// +codec or ;parameter.
bool IsGrpcResponse(const http::Head& head);

// grpc-message: percent-encoded UTF-8. Decoding never fails: what is no escape stays as it is.
std::string DecodeMessage(std::string_view text);
std::string EncodeMessage(std::string_view text);

}  // namespace sluice::grpc
