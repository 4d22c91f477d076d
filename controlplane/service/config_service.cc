#include "controlplane/service/config_service.h"

#include <fmt/format.h>

#include "controlplane/model/diff.h"
#include "controlplane/revision/history.h"
#include "controlplane/service/status_details.h"
#include "dataplane/base/status_macros.h"

namespace sluice::service {

using sluice::v1::ApplyRequest;
using sluice::v1::ApplyResponse;
using sluice::v1::Object;
using sluice::v1::WatchEvent;

namespace {

// How long a Watch waits before it looks whether its client is still there.
constexpr std::chrono::milliseconds kLook{250};

grpc::Status Answer(revision::Outcome outcome, ApplyResponse& response) {
  if (const auto* refusal = std::get_if<revision::Refusal>(&outcome)) return ToGrpc(*refusal);
  response = std::move(std::get<ApplyResponse>(outcome));
  return grpc::Status::OK;
}

bool Wanted(const Object& object, const std::string& kind, const std::string& prefix) {
  return (kind.empty() || object.kind() == kind) && object.name().starts_with(prefix);
}

bool HasLabels(const Object& object, const google::protobuf::Map<std::string, std::string>& labels) {
  for (const auto& [key, value] : labels) {
    const auto it = object.labels().find(key);
    if (it == object.labels().end() || it->second != value) return false;
  }
  return true;
}

}  // namespace

grpc::Status ConfigService::Plan(grpc::ServerContext*, const ApplyRequest* request, ApplyResponse* response) {
  return Answer(writer_.Plan(*request), *response);
}

grpc::Status ConfigService::Apply(grpc::ServerContext*, const ApplyRequest* request, ApplyResponse* response) {
  return Answer(writer_.Apply(*request, false), *response);
}

absl::StatusOr<std::pair<uint64_t, model::Config>> ConfigService::At(uint64_t revision) const {
  const revision::ViewRef head = writer_.head();
  if (revision == 0 || revision == head->number()) return std::pair(head->number(), head->config());
  SLUICE_ASSIGN_OR_RETURN(model::Config config, revision::ReadConfig(store_, revision));
  return std::pair(revision, std::move(config));
}

grpc::Status ConfigService::Get(grpc::ServerContext*, const sluice::v1::GetRequest* request, Object* response) {
  auto at = At(request->revision());
  if (!at.ok()) return ToGrpc(at.status());
  const model::ObjectKey key = model::KeyOf(request->object());
  const model::ObjectPtr object = at->second.Find(key);
  if (object == nullptr) {
    return {grpc::StatusCode::NOT_FOUND, fmt::format("there is no {} at revision {}", model::Display(key), at->first)};
  }
  *response = *object;
  return grpc::Status::OK;
}

grpc::Status ConfigService::List(grpc::ServerContext*, const sluice::v1::ListRequest* request,
                                 sluice::v1::ListResponse* response) {
  auto at = At(request->revision());
  if (!at.ok()) return ToGrpc(at.status());
  response->set_revision(at->first);
  for (const auto& [key, object] : at->second.objects()) {
    if (!Wanted(*object, request->kind(), request->name_prefix())) continue;
    if (HasLabels(*object, request->labels())) *response->add_objects() = *object;
  }
  return grpc::Status::OK;
}

grpc::Status ConfigService::Watch(grpc::ServerContext* context, const sluice::v1::WatchRequest* request,
                                  grpc::ServerWriter<WatchEvent>* writer) {
  model::Config told;
  revision::ViewRef view = writer_.head();
  for (;;) {
    for (const auto& change : model::Diff(told, view->config())) {
      Object named;
      named.set_kind(change.object().kind());
      named.set_name(change.object().name());
      if (!Wanted(named, request->kind(), request->name_prefix())) continue;
      WatchEvent event;
      if (const auto object = view->config().Find(model::KeyOf(change.object()))) {
        *event.mutable_upserted() = *object;
      } else {
        *event.mutable_deleted() = change.object();
      }
      if (!writer->Write(event)) return grpc::Status::OK;
    }
    WatchEvent end;
    end.set_revision(view->number());
    if (!writer->Write(end)) return grpc::Status::OK;
    told = view->config();
    revision::ViewRef next;
    while (next == nullptr) {
      if (context->IsCancelled()) return grpc::Status::CANCELLED;
      if (stopping_) return {grpc::StatusCode::UNAVAILABLE, "shutting down"};
      next = writer_.WaitBeyond(view->number(), kLook);
    }
    view = std::move(next);
  }
}

}  // namespace sluice::service
