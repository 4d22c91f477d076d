#include "test/tools/sluicectl/fake_control.h"

#include <fmt/format.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <condition_variable>
#include <set>

#include "google/rpc/status.pb.h"

namespace sluice::ctl {
namespace {

using sluice::v1::Problem;

grpc::Status Refuse(grpc::StatusCode code, const std::string& text,
                    const std::vector<Problem>& problems) {
  sluice::v1::ProblemList list;
  for (const Problem& problem : problems) *list.add_problems() = problem;
  google::rpc::Status details;
  details.set_code(static_cast<int>(code));
  details.add_details()->PackFrom(list);
  return {code, text, details.SerializeAsString()};
}

Problem ProblemOf(const std::string& kind, const std::string& name, const std::string& path,
                  const std::string& text) {
  Problem problem;
  problem.mutable_object()->set_kind(kind);
  problem.mutable_object()->set_name(name);
  problem.set_field_path(path);
  problem.set_text(text);
  return problem;
}

sluice::v1::Change ChangeOf(sluice::v1::Change::Kind kind, const std::string& object_kind,
                            const std::string& name) {
  sluice::v1::Change change;
  change.set_kind(kind);
  change.mutable_object()->set_kind(object_kind);
  change.mutable_object()->set_name(name);
  return change;
}

// The content that makes a difference.
std::string ContentOf(sluice::v1::Object object) {
  object.clear_status();
  object.clear_etag();
  return object.DebugString();
}

}  // namespace

class FakeControl::ConfigService final : public sluice::v1::Config::Service {
 public:
  explicit ConfigService(FakeControl& control) : control_(control) {}
  grpc::Status Plan(grpc::ServerContext*, const sluice::v1::ApplyRequest* request,
                    sluice::v1::ApplyResponse* response) override {
    return control_.Change(*request, false, *response);
  }
  grpc::Status Apply(grpc::ServerContext*, const sluice::v1::ApplyRequest* request,
                     sluice::v1::ApplyResponse* response) override {
    return control_.Change(*request, true, *response);
  }
  grpc::Status Get(grpc::ServerContext*, const sluice::v1::GetRequest* request,
                   sluice::v1::Object* object) override {
    std::lock_guard lock(control_.mutex_);
    const Objects& objects = control_.At(request->revision());
    const auto found = objects.find({request->object().kind(), request->object().name()});
    if (found == objects.end()) {
      return {grpc::StatusCode::NOT_FOUND,
              fmt::format("there is no {} {}", request->object().kind(), request->object().name())};
    }
    *object = found->second;
    return grpc::Status::OK;
  }
  grpc::Status List(grpc::ServerContext*, const sluice::v1::ListRequest* request,
                    sluice::v1::ListResponse* response) override {
    std::lock_guard lock(control_.mutex_);
    for (const auto& [key, object] : control_.At(request->revision())) {
      if (!request->kind().empty() && key.first != request->kind()) continue;
      if (key.second.starts_with(request->name_prefix())) *response->add_objects() = object;
    }
    return grpc::Status::OK;
  }

 private:
  FakeControl& control_;
};

class FakeControl::RevisionsService final : public sluice::v1::Revisions::Service {
 public:
  explicit RevisionsService(FakeControl& control) : control_(control) {}
  grpc::Status List(grpc::ServerContext*, const sluice::v1::ListRevisionsRequest* request,
                    sluice::v1::ListRevisionsResponse* response) override {
    std::lock_guard lock(control_.mutex_);
    const int limit = request->limit() == 0 ? 50 : static_cast<int>(request->limit());
    for (size_t i = control_.records_.size(); --i > 0 && response->revisions_size() < limit;) {
      if (request->before() == 0 || i < request->before()) {
        *response->add_revisions() = control_.records_[i];
      }
    }
    return grpc::Status::OK;
  }
  grpc::Status Diff(grpc::ServerContext*, const sluice::v1::DiffRequest* request,
                    sluice::v1::DiffResponse* response) override {
    std::lock_guard lock(control_.mutex_);
    if (request->from() >= control_.revisions_.size()) {
      return {grpc::StatusCode::OUT_OF_RANGE, "there is no such revision"};
    }
    const Objects& before = control_.revisions_[request->from()];
    const Objects& after = control_.At(request->to());
    std::set<Key> keys;
    for (const auto& [key, object] : before) keys.insert(key);
    for (const auto& [key, object] : after) keys.insert(key);
    for (const Key& key : keys) {
      const auto old = before.find(key);
      const auto now = after.find(key);
      const bool same = old != before.end() && now != after.end() &&
                        ContentOf(old->second) == ContentOf(now->second);
      if (same) continue;
      sluice::v1::ObjectDiff& diff = *response->add_diffs();
      *diff.mutable_change() = ChangeOf(sluice::v1::Change::UPDATED, key.first, key.second);
      if (old != before.end()) *diff.mutable_before() = old->second;
      if (now != after.end()) *diff.mutable_after() = now->second;
    }
    return grpc::Status::OK;
  }
  grpc::Status Rollback(grpc::ServerContext*, const sluice::v1::RollbackRequest* request,
                        sluice::v1::ApplyResponse* response) override {
    std::lock_guard lock(control_.mutex_);
    if (request->to() >= control_.revisions_.size()) {
      return {grpc::StatusCode::OUT_OF_RANGE,
              fmt::format("there is no revision {}", request->to())};
    }
    sluice::v1::Revision revision;
    revision.set_author(request->author());
    revision.set_reason(request->reason());
    revision.set_rollback_of(request->to());
    control_.Commit(control_.revisions_[request->to()], revision, *response);
    return grpc::Status::OK;
  }
  grpc::Status WaitServed(grpc::ServerContext* context,
                          const sluice::v1::WaitServedRequest* request,
                          grpc::ServerWriter<sluice::v1::WaitServedProgress>* writer) override {
    return control_.Wait(*request, *context, *writer);
  }

 private:
  FakeControl& control_;
};

class FakeControl::InsightService final : public sluice::v1::Insight::Service {
 public:
  explicit InsightService(FakeControl& control) : control_(control) {}
  grpc::Status ListProxies(grpc::ServerContext*, const sluice::v1::ListProxiesRequest*,
                           sluice::v1::ListProxiesResponse* response) override {
    std::lock_guard lock(control_.mutex_);
    const uint64_t head = control_.revisions_.size() - 1;
    response->set_head(head);
    for (const FakeProxy& proxy : control_.proxies) {
      sluice::v1::Proxy& told = *response->add_proxies();
      told.set_id(proxy.id);
      told.set_zone(proxy.zone);
      told.set_client(sluice::v1::Proxy::COMMITTING);
      told.set_connected(true);
      told.set_served(proxy.mood == Mood::kServes ? head : head - 1);
      told.set_prepared(head);
      told.set_workers(2);
      if (proxy.mood == Mood::kRefuses) *told.add_refusals() = RefusalOf(proxy, head);
    }
    return grpc::Status::OK;
  }
  grpc::Status WatchRefusals(grpc::ServerContext* context, const sluice::v1::WatchRefusalsRequest*,
                             grpc::ServerWriter<sluice::v1::ProxyRefusal>* writer) override {
    for (const FakeProxy& proxy : control_.proxies) {
      if (proxy.mood == Mood::kRefuses) writer->Write(RefusalOf(proxy, control_.head()));
    }
    WaitUntilCancelled(*context);
    return grpc::Status::OK;
  }

  static sluice::v1::ProxyRefusal RefusalOf(const FakeProxy& proxy, uint64_t revision) {
    sluice::v1::ProxyRefusal refusal;
    refusal.set_proxy(proxy.id);
    refusal.set_zone(proxy.zone);
    refusal.set_revision(revision);
    refusal.mutable_object()->set_kind("Gateway");
    refusal.mutable_object()->set_name("edge");
    refusal.set_object_field_path("spec.listeners[0].port");
    refusal.set_reason("the port is taken");
    refusal.mutable_time()->set_seconds(1'700'000'000);
    return refusal;
  }
  // The synchronous API has no other way to hear of it.
  static void WaitUntilCancelled(grpc::ServerContext& context) {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    while (!context.IsCancelled()) never.wait_for(lock, std::chrono::milliseconds(5));
  }

 private:
  FakeControl& control_;
};

class FakeControl::RegistryService final : public sluice::v1::Registry::Service {
 public:
  explicit RegistryService(FakeControl& control) : control_(control) {}
  grpc::Status Register(grpc::ServerContext*, const sluice::v1::RegisterRequest* request,
                        sluice::v1::RegisterResponse* response) override {
    std::lock_guard lock(control_.mutex_);
    if (!request->service().starts_with("shop/")) {
      return {grpc::StatusCode::FAILED_PRECONDITION, "service: its endpoints do not register"};
    }
    const std::string lease = fmt::format("lease-{}", control_.leases_.size() + 1);
    control_.leases_[lease] = *request;
    response->set_lease(lease);
    response->mutable_ttl()->set_seconds(15);
    response->mutable_position()->set_log("endpoints");
    response->mutable_position()->set_epoch(3);
    response->mutable_position()->set_seq(control_.leases_.size());
    return grpc::Status::OK;
  }
  grpc::Status Heartbeat(grpc::ServerContext*, const sluice::v1::HeartbeatRequest* request,
                         sluice::v1::HeartbeatResponse* response) override {
    std::lock_guard lock(control_.mutex_);
    if (control_.forgets_leases.exchange(false)) control_.leases_.clear();
    for (const std::string& lease : request->leases()) {
      if (!control_.leases_.contains(lease)) response->add_unknown(lease);
    }
    return grpc::Status::OK;
  }
  grpc::Status Deregister(grpc::ServerContext*, const sluice::v1::DeregisterRequest* request,
                          sluice::v1::DeregisterResponse*) override {
    std::lock_guard lock(control_.mutex_);
    if (control_.leases_.erase(request->lease()) == 0) {
      return {grpc::StatusCode::NOT_FOUND, "there is no such lease"};
    }
    return grpc::Status::OK;
  }

 private:
  FakeControl& control_;
};

FakeControl::FakeControl() {
  services_.push_back(std::make_unique<ConfigService>(*this));
  services_.push_back(std::make_unique<RevisionsService>(*this));
  services_.push_back(std::make_unique<InsightService>(*this));
  services_.push_back(std::make_unique<RegistryService>(*this));
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  for (const auto& service : services_) builder.RegisterService(service.get());
  server_ = builder.BuildAndStart();
  address_ = fmt::format("127.0.0.1:{}", port);
}

FakeControl::~FakeControl() { server_->Shutdown(std::chrono::system_clock::now()); }

sluice::v1::ApplyRequest FakeControl::last() const {
  std::lock_guard lock(mutex_);
  return last_;
}

uint64_t FakeControl::head() const {
  std::lock_guard lock(mutex_);
  return revisions_.size() - 1;
}

size_t FakeControl::leases() const {
  std::lock_guard lock(mutex_);
  return leases_.size();
}

const FakeControl::Objects& FakeControl::At(uint64_t revision) const {
  return revision == 0 || revision >= revisions_.size() ? revisions_.back() : revisions_[revision];
}

grpc::Status FakeControl::Change(const sluice::v1::ApplyRequest& request, bool commit,
                                 sluice::v1::ApplyResponse& response) {
  std::lock_guard lock(mutex_);
  last_ = request;
  if (judge_is_away) return {grpc::StatusCode::UNAVAILABLE, "the judge did not answer"};
  Objects next = revisions_.back();
  std::vector<Problem> problems;
  for (const sluice::v1::ObjectRef& ref : request.deletes()) {
    if (next.erase({ref.kind(), ref.name()}) == 0) {
      problems.push_back(ProblemOf(ref.kind(), ref.name(), "", "does not exist"));
    }
  }
  for (const sluice::v1::Object& object : request.upserts()) {
    next[{object.kind(), object.name()}] = object;
  }
  for (const auto& [key, object] : next) {
    const std::string& service = object.route().forward().service();
    if (key.first == "Route" && !next.contains({"Service", service})) {
      problems.push_back(ProblemOf(key.first, key.second, "spec.forward.service",
                                   fmt::format("there is no Service {}", service)));
    }
    if (key.first == "Service" && object.service().static_().endpoints().empty()) {
      *response.add_warnings() =
          ProblemOf(key.first, key.second, "spec.static.endpoints", "has no endpoint");
    }
  }
  if (!problems.empty()) {
    return Refuse(grpc::StatusCode::INVALID_ARGUMENT, "refused, nothing was stored", problems);
  }
  sluice::v1::Revision revision;
  revision.set_author(request.author());
  revision.set_reason(request.reason());
  if (commit) {
    Commit(std::move(next), revision, response);
  } else {
    const size_t kept = revisions_.size();
    Commit(std::move(next), revision, response);
    revisions_.resize(kept);
    records_.resize(kept);
    response.set_revision(kept - 1);
  }
  return grpc::Status::OK;
}

void FakeControl::Commit(Objects next, sluice::v1::Revision revision,
                         sluice::v1::ApplyResponse& response) {
  const Objects& before = revisions_.back();
  for (const auto& [key, object] : before) {
    if (!next.contains(key)) {
      *response.add_changes() = ChangeOf(sluice::v1::Change::DELETED, key.first, key.second);
    }
  }
  for (auto& [key, object] : next) {
    const auto old = before.find(key);
    if (old != before.end() && ContentOf(old->second) == ContentOf(object)) continue;
    object.mutable_status()->set_revision(revisions_.size());
    const bool is_new = old == before.end();
    *response.add_changes() = ChangeOf(
        is_new ? sluice::v1::Change::CREATED : sluice::v1::Change::UPDATED, key.first, key.second);
    if (!is_new) response.mutable_changes()->rbegin()->add_field_paths("spec");
  }
  if (!response.changes().empty()) {
    revision.set_number(revisions_.size());
    revision.mutable_time()->set_seconds(1'700'000'000);
    *revision.mutable_changes() = response.changes();
    revisions_.push_back(std::move(next));
    records_.push_back(std::move(revision));
  }
  response.set_revision(revisions_.size() - 1);
}

grpc::Status FakeControl::Wait(const sluice::v1::WaitServedRequest& request,
                               grpc::ServerContext& context,
                               grpc::ServerWriter<sluice::v1::WaitServedProgress>& writer) {
  if (request.revision() > head()) {
    return {grpc::StatusCode::OUT_OF_RANGE,
            fmt::format("there is no revision {}", request.revision())};
  }
  sluice::v1::WaitServedProgress progress;
  progress.set_revision(request.revision());
  progress.set_audience(static_cast<uint32_t>(proxies.size()));
  std::map<std::string, sluice::v1::ZoneProgress> zones;
  for (const FakeProxy& proxy : proxies) {
    zones[proxy.zone].set_zone(proxy.zone);
    zones[proxy.zone].set_proxies(zones[proxy.zone].proxies() + 1);
  }
  const auto tell = [&] {
    progress.clear_zones();
    for (const auto& [name, zone] : zones) *progress.add_zones() = zone;
    writer.Write(progress);
  };
  progress.set_prepared(progress.audience());
  tell();
  for (const FakeProxy& proxy : proxies) {
    if (proxy.mood == Mood::kServes) {
      progress.set_served(progress.served() + 1);
      zones[proxy.zone].set_served(zones[proxy.zone].served() + 1);
    } else if (proxy.mood == Mood::kRefuses) {
      *progress.add_refused() = InsightService::RefusalOf(proxy, request.revision());
    } else {
      progress.add_waiting(proxy.id);
      progress.add_silent(proxy.id);
    }
    tell();
  }
  if (!progress.silent().empty()) {
    InsightService::WaitUntilCancelled(context);
    return grpc::Status::CANCELLED;
  }
  progress.set_done(true);
  progress.set_all_served(progress.served() == progress.audience());
  if (!progress.all_served() && progress.served() == 0)
    progress.set_withdrawn_for(request.revision() + 1);
  tell();
  return grpc::Status::OK;
}

}  // namespace sluice::ctl
