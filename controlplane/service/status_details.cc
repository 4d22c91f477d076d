#include "controlplane/service/status_details.h"

#include "google/rpc/status.pb.h"

namespace sluice::service {

// The numbers of absl's codes are gRPC's.
grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.raw_code()), std::string(status.message())};
}

grpc::Status ToGrpc(const revision::Refusal& refusal) {
  if (refusal.problems.empty()) return ToGrpc(refusal.status);
  sluice::v1::ProblemList list;
  for (const sluice::v1::Problem& problem : refusal.problems) *list.add_problems() = problem;
  google::rpc::Status details;
  details.set_code(refusal.status.raw_code());
  details.set_message(std::string(refusal.status.message()));
  details.add_details()->PackFrom(list);
  return {static_cast<grpc::StatusCode>(refusal.status.raw_code()), std::string(refusal.status.message()),
          details.SerializeAsString()};
}

}  // namespace sluice::service
