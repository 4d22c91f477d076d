// sluice.v1.Revisions: the history, the way back, and how far a revision has come.
//
// Thread: gRPC's; calls wait for the disk, Rollback for the judge too. WaitServed holds its thread
// until the revision is served or withdrawn, its client leaves, `most_wait` is over, or the server
// stops; it never waits on the strand. Holds no state of its own: what was withdrawn before a restart,
// which the fleet does not know, is read from the store.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>

#include "controlplane/discovery/catalog.h"
#include "controlplane/revision/writer.h"
#include "controlplane/service/fleet_reader.h"
#include "sluice/v1/revision_service.grpc.pb.h"

namespace sluice::service {

class RevisionService final : public sluice::v1::Revisions::Service {
 public:
  // The API names it: revision_service.proto.
  static constexpr std::chrono::milliseconds kMostWait = std::chrono::minutes(10);

  struct Options {
    revision::Writer& writer;
    store::Store& store;
    FleetReader& fleet;
    const std::atomic<bool>& stopping;  // ends WaitServed calls
    // How far the log "endpoints" of this run has come; any thread.
    std::function<discovery::Position()> endpoints;
    std::chrono::milliseconds most_wait = kMostWait;
  };
  explicit RevisionService(Options options) : options_(options) {}

 private:
  grpc::Status List(grpc::ServerContext* context, const sluice::v1::ListRevisionsRequest* request,
                    sluice::v1::ListRevisionsResponse* response) override;
  grpc::Status Get(grpc::ServerContext* context, const sluice::v1::GetRevisionRequest* request,
                   sluice::v1::Revision* response) override;
  grpc::Status Diff(grpc::ServerContext* context, const sluice::v1::DiffRequest* request,
                    sluice::v1::DiffResponse* response) override;
  grpc::Status Rollback(grpc::ServerContext* context, const sluice::v1::RollbackRequest* request,
                        sluice::v1::ApplyResponse* response) override;
  grpc::Status WaitServed(grpc::ServerContext* context, const sluice::v1::WaitServedRequest* request,
                          grpc::ServerWriter<sluice::v1::WaitServedProgress>* writer) override;

  // What is wrong with what is waited for; OK if nothing.
  grpc::Status CheckTarget(const sluice::v1::WaitServedRequest& request) const;
  grpc::Status CheckPosition(const sluice::v1::LogPosition& position) const;
  sluice::v1::WaitServedProgress Progress(const sluice::v1::WaitServedRequest& request) const;
  // The first revision after `withdrawn` that is not withdrawn too; 0: there is none yet.
  uint64_t InPlaceOf(uint64_t withdrawn) const;

  const Options options_;
};

}  // namespace sluice::service
