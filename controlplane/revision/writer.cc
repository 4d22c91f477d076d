#include "controlplane/revision/writer.h"

#include <fmt/format.h>

#include <set>

#include "controlplane/model/content.h"
#include "controlplane/model/diff.h"
#include "controlplane/model/validate.h"
#include "controlplane/revision/history.h"
#include "controlplane/store/commit.h"
#include "dataplane/base/log.h"
#include "dataplane/base/status_macros.h"

namespace sluice::revision {

using model::ObjectKey;
using model::ObjectPtr;
using sluice::v1::ApplyRequest;
using sluice::v1::ApplyResponse;
using sluice::v1::Problem;

namespace {

constexpr uint32_t kCompilerLevel = 1;
constexpr size_t kMaxText = 1024;

Problem MakeProblem(const ObjectKey& key, std::string_view path, std::string_view code, std::string text) {
  Problem problem;
  *problem.mutable_object() = model::RefTo(key);
  problem.set_field_path(std::string(path));
  problem.set_code(std::string(code));
  problem.set_text(std::move(text));
  return problem;
}

// Author and reason of a change: kept as long as its revision, and told with it.
std::vector<Problem> TooLong(std::string_view author, std::string_view reason) {
  std::vector<Problem> problems;
  auto check = [&](std::string_view path, std::string_view text) {
    if (text.size() <= kMaxText) return;
    problems.push_back(MakeProblem({}, path, "invalid", fmt::format("is longer than {} bytes", kMaxText)));
  };
  check("author", author);
  check("reason", reason);
  return problems;
}

std::vector<ObjectKey> KeysOf(const std::vector<ObjectPtr>& upserts, const std::vector<ObjectKey>& deletes) {
  std::vector<ObjectKey> keys = deletes;
  for (const ObjectPtr& object : upserts) keys.push_back(model::KeyOf(*object));
  return keys;
}

// What the proxies' compiler said, in terms of the author's objects.
Problem FromJudge(const snapshot::RevisionView& view, const ::sluice::xds::v1::Problem& said) {
  Problem problem;
  problem.set_code("refused_by_proxy");
  problem.set_text(said.text());
  if (const auto origin = view.OriginOf(said.type_url(), said.resource(), said.field_path())) {
    *problem.mutable_object() = model::RefTo(origin->object);
    problem.set_field_path(origin->field_path);
  } else if (!said.origin().kind().empty()) {
    problem.mutable_object()->set_kind(said.origin().kind());
    problem.mutable_object()->set_name(said.origin().name());
    problem.set_field_path(said.origin().field_path());
  } else {
    problem.set_text(fmt::format("{} {}: {}", said.resource(), said.field_path(), said.text()));
  }
  return problem;
}

// An object's part of a revision's digest.
std::string MemberName(const ObjectKey& key) { return key.kind + "/" + key.name; }
std::string MemberVersion(const sluice::v1::Object& object) { return crypto::Hex(model::ContentDigest(object)); }

snapshot::DigestSum DigestOf(const model::Config& config) {
  snapshot::DigestSum digest;
  for (const auto& [key, object] : config.objects()) digest.Add(MemberName(key), MemberVersion(*object));
  return digest;
}

}  // namespace

Writer::Writer(Options options, ViewRef head)
    : options_(std::move(options)), digest_(DigestOf(head->config())), head_(std::move(head)) {}

ViewRef Writer::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

ViewRef Writer::WaitBeyond(uint64_t number, std::chrono::milliseconds wait) const {
  std::unique_lock lock(mutex_);
  if (!moved_.wait_for(lock, wait, [&] { return head_->number() > number; })) return nullptr;
  return head_;
}

void Writer::SetHead(ViewRef head) {
  const std::lock_guard lock(mutex_);
  head_ = std::move(head);
  moved_.notify_all();
}

Outcome Writer::Plan(const ApplyRequest& request) { return Run(request, Mode::kPlan, false); }

Outcome Writer::Apply(const ApplyRequest& request, bool author_verified) {
  return Run(request, Mode::kApply, author_verified);
}

Outcome Writer::Run(const ApplyRequest& request, Mode mode, bool author_verified) {
  const std::lock_guard turn(writing_);
  if (std::optional<Refusal> refusal = CheckRequest(request)) return *std::move(refusal);
  Batch batch = BatchOf(request);
  batch.author_verified = author_verified;
  return Commit(batch, mode);
}

std::optional<Refusal> Writer::CheckBase(const ApplyRequest& request) const {
  const uint64_t head = head_->number();
  const uint64_t base = request.base_revision();
  if (base == 0 || base == head) return std::nullopt;
  if (base > head) {
    return Refusal{absl::InvalidArgumentError(fmt::format("base_revision: {} is not there yet", base)), {}};
  }
  auto changed = options_.store.ChangedSince(base, head);
  if (!changed.ok()) return Refusal{changed.status(), {}};
  std::set<ObjectKey> touched;
  for (const auto& object : request.upserts()) touched.insert(model::KeyOf(object));
  for (const auto& ref : request.deletes()) touched.insert(model::KeyOf(ref));
  Refusal refusal;
  for (const store::Version& version : *changed) {
    const ObjectKey key{version.key.kind, version.key.name};
    if (!touched.contains(key)) continue;
    refusal.problems.push_back(MakeProblem(
        key, "", "stale_base", fmt::format("was changed by revision {}, after {}", version.revision, base)));
  }
  if (refusal.problems.empty()) return std::nullopt;
  refusal.status = absl::AbortedError(fmt::format("the base revision {} is stale", base));
  return refusal;
}

std::optional<Refusal> Writer::CheckRequest(const ApplyRequest& request) const {
  if (std::optional<Refusal> stale = CheckBase(request)) return stale;
  Refusal refusal;
  std::set<ObjectKey> seen;
  auto twice = [&](const ObjectKey& key) {
    if (seen.insert(key).second) return;
    refusal.problems.push_back(MakeProblem(key, "", "conflict", "is in the batch twice"));
  };
  for (const auto& object : request.upserts()) {
    const ObjectKey key = model::KeyOf(object);
    twice(key);
    const ObjectPtr held = head_->config().Find(key);
    if (object.etag().empty() || (held != nullptr && held->etag() == object.etag())) continue;
    refusal.problems.push_back(
        MakeProblem(key, "etag", "stale_base", held == nullptr ? "there is no such object any more"
                                                               : "the object was changed since it was read"));
  }
  for (const auto& ref : request.deletes()) {
    const ObjectKey key = model::KeyOf(ref);
    twice(key);
    if (head_->config().Find(key) != nullptr) continue;
    refusal.problems.push_back(MakeProblem(key, "", "unknown_reference", "cannot be deleted: there is none"));
  }
  for (Problem& problem : TooLong(request.author(), request.reason())) refusal.problems.push_back(std::move(problem));
  if (refusal.problems.empty()) return std::nullopt;
  const bool stale = refusal.problems.front().code() == "stale_base";
  refusal.status = stale ? absl::AbortedError("objects were changed since they were read")
                         : absl::InvalidArgumentError("the batch cannot be applied");
  return refusal;
}

Writer::Batch Writer::BatchOf(const ApplyRequest& request) const {
  Batch batch{.upserts = {}, .deletes = {}, .author = request.author(), .author_verified = false,
              .reason = request.reason(), .rollback_of = 0};
  for (const auto& object : request.upserts()) {
    const ObjectPtr held = head_->config().Find(model::KeyOf(object));
    if (held != nullptr && model::ContentOf(*held) == model::ContentOf(object)) continue;
    auto copy = std::make_shared<sluice::v1::Object>(object);
    copy->set_etag(model::EtagOf(*copy));
    copy->mutable_status()->set_revision(head_->number() + 1);
    batch.upserts.push_back(std::move(copy));
  }
  for (const auto& ref : request.deletes()) batch.deletes.push_back(model::KeyOf(ref));
  return batch;
}

Outcome Writer::Commit(const Batch& batch, Mode mode) {
  const std::vector<ObjectKey> changed = KeysOf(batch.upserts, batch.deletes);
  const model::Config& before = head_->config();
  const model::Config next = before.With(batch.upserts, batch.deletes);
  ApplyResponse response;
  response.set_revision(head_->number());
  model::Findings findings = model::ValidateChange(next, before, changed);
  if (!findings.problems.empty()) {
    const size_t count = findings.problems.size();
    return Refusal{absl::InvalidArgumentError(fmt::format("{} problem{}", count, count == 1 ? "" : "s")),
                   std::move(findings.problems)};
  }
  for (Problem& warning : findings.warnings) *response.add_warnings() = std::move(warning);
  for (auto& change : model::DiffOf(before, next, changed)) *response.add_changes() = std::move(change);
  if (response.changes().empty()) return response;
  auto view = std::make_shared<const snapshot::RevisionView>(head_->number() + 1, next, head_);
  if (mode != Mode::kRestore) {
    if (std::optional<Refusal> refusal = Judged(view)) return *std::move(refusal);
  }
  if (mode == Mode::kPlan) return response;
  if (absl::Status status = Store(batch, *view, response); !status.ok()) {
    if (absl::IsAborted(status)) ReadHeadAnew();
    return Refusal{status, {}};
  }
  SetHead(view);
  response.set_revision(view->number());
  options_.publish(std::move(view));
  return response;
}

// All groups that connected proxies are in, and each Gateway by itself that none of them runs: every
// part of the configuration is judged, used or not.
std::optional<Refusal> Writer::Judged(const ViewRef& view) const {
  std::map<std::string, snapshot::GroupSnapshotRef> groups;
  std::set<std::string> covered;
  auto add = [&](const compile::GroupKey& group) {
    snapshot::GroupSnapshotRef snapshot = view->Of(group);
    covered.insert(group.gateways.begin(), group.gateways.end());
    groups.emplace(snapshot->group(), std::move(snapshot));
  };
  for (snapshot::Member member : options_.members()) {
    // Zones share their resources, and standard clients get what our own compiler knows as well.
    member.zone.clear();
    member.client = compile::ClientClass::kCommitting;
    add(view->GroupOf(member));
  }
  for (const ObjectPtr& gateway : view->config().OfKind(model::kGateway)) {
    if (covered.contains(gateway->name())) continue;
    add({.gateways = {gateway->name()}, .zone = "", .client = compile::ClientClass::kCommitting});
  }
  std::vector<snapshot::GroupSnapshotRef> snapshots;
  for (auto& [name, snapshot] : groups) snapshots.push_back(std::move(snapshot));
  auto said = options_.judge(std::move(snapshots));
  if (!said.ok()) {
    Refusal refusal{said.status(), {}};
    if (absl::IsAborted(said.status())) {
      refusal.status = absl::InvalidArgumentError(said.status().message());
      refusal.problems.push_back(MakeProblem({}, "", "judge_crashed", std::string(said.status().message())));
    }
    return refusal;
  }
  if (said->empty()) return std::nullopt;
  Refusal refusal{absl::InvalidArgumentError("the proxies would refuse this"), {}};
  std::set<std::string> seen;  // several groups say the same
  for (const auto& problem : *said) {
    Problem mapped = FromJudge(*view, problem);
    if (seen.insert(mapped.SerializeAsString()).second) refusal.problems.push_back(std::move(mapped));
  }
  return refusal;
}

absl::Status Writer::Store(const Batch& batch, const snapshot::RevisionView& view,
                           const ApplyResponse& response) {
  std::vector<store::Write> writes;
  snapshot::DigestSum digest = digest_;
  auto leaves = [&](const ObjectKey& key) {
    const ObjectPtr held = head_->config().Find(key);
    if (held != nullptr) digest.Remove(MemberName(key), MemberVersion(*held));
  };
  for (const ObjectPtr& object : batch.upserts) {
    const ObjectKey key = model::KeyOf(*object);
    writes.push_back({{key.kind, key.name}, StoredBytes(*object)});
    leaves(key);
    digest.Add(MemberName(key), MemberVersion(*object));
  }
  for (const ObjectKey& key : batch.deletes) {
    writes.push_back({{key.kind, key.name}, std::nullopt});
    leaves(key);
  }
  store::RevisionRecord record;
  record.time = absl::Now();
  record.author = batch.author;
  record.author_verified = batch.author_verified;
  record.reason = batch.reason;
  ApplyResponse changes;
  *changes.mutable_changes() = response.changes();
  record.changes = changes.SerializeAsString();
  record.rollback_of = batch.rollback_of;
  record.compiler_level = kCompilerLevel;
  record.digest = digest.bytes();
  absl::Status status = store::Commit(options_.store, view.number() - 1, record, writes).status();
  if (status.ok()) digest_ = digest;
  return status;
}

void Writer::ReadHeadAnew() {
  const absl::StatusOr<uint64_t> number = options_.store.Head();
  absl::StatusOr<model::Config> config = number.ok() ? ReadConfig(options_.store, *number) : number.status();
  if (!config.ok()) {
    return base::LogError("the head cannot be read anew: {}", std::string(config.status().message()));
  }
  if (*number <= head_->number()) return;
  digest_ = DigestOf(*config);
  auto view = std::make_shared<const snapshot::RevisionView>(*number, *std::move(config), nullptr);
  SetHead(view);
  options_.publish(std::move(view));
}

Writer::Batch Writer::BatchTowards(const model::Config& wanted) const {
  Batch batch;
  for (const auto& change : model::Diff(head_->config(), wanted)) {
    const ObjectKey key = model::KeyOf(change.object());
    if (change.kind() == sluice::v1::Change::DELETED) {
      batch.deletes.push_back(key);
      continue;
    }
    auto copy = std::make_shared<sluice::v1::Object>(*wanted.Find(key));
    copy->mutable_status()->set_revision(head_->number() + 1);
    batch.upserts.push_back(std::move(copy));
  }
  return batch;
}

Outcome Writer::Rollback(const sluice::v1::RollbackRequest& request, bool author_verified) {
  const std::lock_guard turn(writing_);
  if (request.to() == 0) return Refusal{absl::InvalidArgumentError("to: must name a revision"), {}};
  if (std::vector<Problem> problems = TooLong(request.author(), request.reason()); !problems.empty()) {
    return Refusal{absl::InvalidArgumentError("the revision cannot be restored for these"), std::move(problems)};
  }
  const absl::StatusOr<model::Config> wanted = ReadConfig(options_.store, request.to());
  if (!wanted.ok()) return Refusal{wanted.status(), {}};
  Batch batch = BatchTowards(*wanted);
  batch.author = request.author();
  batch.author_verified = author_verified;
  batch.reason = request.reason();
  batch.rollback_of = request.to();
  return Commit(batch, Mode::kApply);
}

absl::StatusOr<uint64_t> Writer::Restore(uint64_t withdrawn, uint64_t live) {
  const std::lock_guard turn(writing_);
  // First of all: from here on a restart knows what was decided.
  for (uint64_t n = withdrawn; n > live; --n) SLUICE_RETURN_IF_ERROR(options_.store.MarkWithdrawn(n));
  if (head_->number() != withdrawn) return head_->number();
  model::Config wanted;
  if (live != 0) {
    SLUICE_ASSIGN_OR_RETURN(wanted, ReadConfig(options_.store, live));
  }
  Batch batch = BatchTowards(wanted);
  batch.author = "sluice-control";
  batch.author_verified = true;
  batch.reason = fmt::format("the proxies refused revision {}", withdrawn);
  batch.rollback_of = live;
  const Outcome outcome = Commit(batch, Mode::kRestore);
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) return refusal->status;
  return std::get<ApplyResponse>(outcome).revision();
}

}  // namespace sluice::revision
