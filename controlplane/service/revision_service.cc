#include "controlplane/service/revision_service.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "controlplane/revision/history.h"
#include "controlplane/service/status_details.h"

namespace sluice::service {

using sluice::v1::WaitServedProgress;
using sluice::v1::WaitServedRequest;

namespace {
// How long WaitServed waits before it looks whether its client is still there.
constexpr std::chrono::milliseconds kLook{250};
constexpr uint32_t kDefaultLimit = 50;
constexpr uint32_t kMostRevisions = 1000;

// Who is not there yet, as far as a line can say it.
grpc::Status TooLate(const WaitServedProgress& progress, std::chrono::milliseconds waited) {
  constexpr int kNamed = 10;
  const auto& all = progress.waiting();
  const auto named = all.begin() + std::min(all.size(), kNamed);
  return {grpc::StatusCode::DEADLINE_EXCEEDED,
          fmt::format("after {} s not there yet: {}{}",
                      std::chrono::duration_cast<std::chrono::seconds>(waited).count(),
                      fmt::join(all.begin(), named, ", "), all.size() > kNamed ? " and others" : "")};
}
}  // namespace

grpc::Status RevisionService::List(grpc::ServerContext*, const sluice::v1::ListRevisionsRequest* request,
                                   sluice::v1::ListRevisionsResponse* response) {
  const uint32_t limit = request->limit() == 0 ? kDefaultLimit : std::min(request->limit(), kMostRevisions);
  auto records = options_.store.ListRevisions(request->before(), limit);
  if (!records.ok()) return ToGrpc(records.status());
  for (const store::RevisionRecord& record : *records) {
    *response->add_revisions() = revision::ToRevision(record);
  }
  response->set_head(options_.writer.head()->number());
  return grpc::Status::OK;
}

grpc::Status RevisionService::Get(grpc::ServerContext*, const sluice::v1::GetRevisionRequest* request,
                                  sluice::v1::Revision* response) {
  const uint64_t number = request->number() != 0 ? request->number() : options_.writer.head()->number();
  auto record = options_.store.GetRevision(number);
  if (!record.ok()) return ToGrpc(record.status());
  *response = revision::ToRevision(*record);
  return grpc::Status::OK;
}

grpc::Status RevisionService::Diff(grpc::ServerContext*, const sluice::v1::DiffRequest* request,
                                   sluice::v1::DiffResponse* response) {
  if (request->from() == 0) return {grpc::StatusCode::INVALID_ARGUMENT, "from: must name a revision"};
  auto diff = revision::Diff(options_.store, request->from(), request->to());
  if (!diff.ok()) return ToGrpc(diff.status());
  *response = *std::move(diff);
  return grpc::Status::OK;
}

grpc::Status RevisionService::Rollback(grpc::ServerContext*, const sluice::v1::RollbackRequest* request,
                                       sluice::v1::ApplyResponse* response) {
  revision::Outcome outcome = options_.writer.Rollback(*request, false);
  if (const auto* refusal = std::get_if<revision::Refusal>(&outcome)) return ToGrpc(*refusal);
  *response = std::get<sluice::v1::ApplyResponse>(std::move(outcome));
  return grpc::Status::OK;
}

grpc::Status RevisionService::CheckTarget(const WaitServedRequest& request) const {
  switch (request.target_case()) {
    case WaitServedRequest::kRevision: {
      const uint64_t head = options_.writer.head()->number();
      if (request.revision() != 0 && request.revision() <= head) return grpc::Status::OK;
      return {grpc::StatusCode::NOT_FOUND,
              fmt::format("revision {} does not exist; the newest is {}", request.revision(), head)};
    }
    case WaitServedRequest::kPosition: return CheckPosition(request.position());
    case WaitServedRequest::TARGET_NOT_SET: break;
  }
  return {grpc::StatusCode::INVALID_ARGUMENT, "target: a revision or a position must be set"};
}

grpc::Status RevisionService::CheckPosition(const sluice::v1::LogPosition& position) const {
  if (position.log() != "endpoints") {
    return {grpc::StatusCode::INVALID_ARGUMENT, fmt::format("position.log: there is no log '{}'", position.log())};
  }
  const discovery::Position newest = options_.endpoints();
  const uint64_t epoch = position.epoch() == 0 ? newest.epoch : position.epoch();
  if (epoch < newest.epoch || (epoch == newest.epoch && position.seq() <= newest.seq)) return grpc::Status::OK;
  return {grpc::StatusCode::NOT_FOUND, fmt::format("endpoints/{}:{} does not exist; the newest is endpoints/{}:{}",
                                                   epoch, position.seq(), newest.epoch, newest.seq)};
}

WaitServedProgress RevisionService::Progress(const WaitServedRequest& request) const {
  return options_.fleet.Read<WaitServedProgress>([&](const fleet::Fleet& fleet) {
    if (request.has_position()) {
      // What an earlier run numbered is in this run's first state, which a client must have been given.
      const uint64_t epoch = request.position().epoch();  // 0: the present one
      const discovery::Position newest = options_.endpoints();
      const bool earlier = epoch != 0 && epoch < newest.epoch;
      return fleet.EndpointProgressOf(earlier ? std::min<uint64_t>(1, newest.seq) : request.position().seq());
    }
    return fleet.ProgressOf(request.revision());
  });
}

uint64_t RevisionService::InPlaceOf(uint64_t withdrawn) const {
  for (uint64_t next = withdrawn + 1;; ++next) {
    const auto record = options_.store.GetRevision(next);
    if (!record.ok()) return 0;
    if (!record->withdrawn) return next;
  }
}

grpc::Status RevisionService::WaitServed(grpc::ServerContext* context, const WaitServedRequest* request,
                                         grpc::ServerWriter<WaitServedProgress>* writer) {
  if (grpc::Status status = CheckTarget(*request); !status.ok()) return status;
  bool withdrawn = false;
  if (request->target_case() == WaitServedRequest::kRevision) {
    const auto record = options_.store.GetRevision(request->revision());
    if (!record.ok()) return ToGrpc(record.status());
    withdrawn = record->withdrawn;
  }
  FleetReader::Watch watch(options_.fleet);
  const auto end = std::chrono::steady_clock::now() + options_.most_wait;
  std::string said;
  for (;;) {
    WaitServedProgress progress = Progress(*request);
    if (withdrawn && progress.withdrawn_for() == 0) {
      progress.set_withdrawn_for(InPlaceOf(request->revision()));
      progress.set_done(progress.withdrawn_for() != 0);
      progress.set_all_served(false);
    }
    if (std::string bytes = progress.SerializeAsString(); bytes != said) {
      said = std::move(bytes);
      if (!writer->Write(progress)) return grpc::Status::OK;
    }
    if (progress.done()) return grpc::Status::OK;
    do {
      if (context->IsCancelled()) return grpc::Status::CANCELLED;
      if (std::chrono::steady_clock::now() >= end) return TooLate(progress, options_.most_wait);
      if (options_.stopping) return {grpc::StatusCode::UNAVAILABLE, "shutting down"};
    } while (!watch.Wait(kLook));
  }
}

}  // namespace sluice::service
