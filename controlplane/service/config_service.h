// sluice.v1.Config: shape and identity, then the writer.
//
// Thread: gRPC's; calls may wait, for the judge and the disk (Plan, Apply), for the disk (Get and List
// of an old revision) or for the next head (Watch). Holds no state of its own.
// Errors: those of config_service.proto; a refusal carries its ProblemList in the status details.
#pragma once

#include <atomic>

#include "controlplane/revision/writer.h"
#include "sluice/v1/config_service.grpc.pb.h"

namespace sluice::service {

class ConfigService final : public sluice::v1::Config::Service {
 public:
  // All outlive the service. `stopping` ends Watch calls, within a quarter of a second.
  ConfigService(revision::Writer& writer, store::Store& store, const std::atomic<bool>& stopping)
      : writer_(writer), store_(store), stopping_(stopping) {}

 private:
  grpc::Status Plan(grpc::ServerContext* context, const sluice::v1::ApplyRequest* request,
                    sluice::v1::ApplyResponse* response) override;
  grpc::Status Apply(grpc::ServerContext* context, const sluice::v1::ApplyRequest* request,
                     sluice::v1::ApplyResponse* response) override;
  grpc::Status Get(grpc::ServerContext* context, const sluice::v1::GetRequest* request,
                   sluice::v1::Object* response) override;
  grpc::Status List(grpc::ServerContext* context, const sluice::v1::ListRequest* request,
                    sluice::v1::ListResponse* response) override;
  grpc::Status Watch(grpc::ServerContext* context, const sluice::v1::WatchRequest* request,
                     grpc::ServerWriter<sluice::v1::WatchEvent>* writer) override;

  // The configuration at `revision` (0: the head), and its number.
  absl::StatusOr<std::pair<uint64_t, model::Config>> At(uint64_t revision) const;

  revision::Writer& writer_;
  store::Store& store_;
  const std::atomic<bool>& stopping_;
};

}  // namespace sluice::service
