// From errors of our own to gRPC's: the code says what the caller can do, the details what is wrong.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "controlplane/revision/outcome.h"

namespace sluice::service {

grpc::Status ToGrpc(const absl::Status& status);
// With a sluice.v1.ProblemList in the details (google.rpc.Status).
grpc::Status ToGrpc(const revision::Refusal& refusal);

}  // namespace sluice::service
