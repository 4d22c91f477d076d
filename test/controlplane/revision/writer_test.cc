#include "controlplane/revision/writer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

#include "controlplane/revision/history.h"
#include "controlplane/store/commit.h"
#include "controlplane/store/memory_store.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::revision {
namespace {

using model::Obj;
using sluice::v1::ApplyRequest;
using sluice::v1::ApplyResponse;
using Texts = std::vector<std::string>;

constexpr char kRoute[] =
    "route { api: 'shop/api' match { prefix: '/x' } forward { service: 'shop/backend' } }";

class WriterTest : public testing::Test {
 protected:
  WriterTest() { Restart(); }

  // A new process over the same store.
  void Restart() {
    auto config = ReadConfig(store_, 0);
    writer_ = std::make_unique<Writer>(
        Writer::Options{.store = store_,
                        .judge = [this](std::vector<snapshot::GroupSnapshotRef> snapshots)
                            -> absl::StatusOr<judge::Judge::Problems> {
                          judged_.clear();
                          for (const auto& snapshot : snapshots) judged_.push_back(snapshot->group());
                          return verdict_;
                        },
                        .members = [this] { return members_; },
                        .publish = [this](ViewRef view) { published_.push_back(view->number()); }},
        std::make_shared<const snapshot::RevisionView>(*store_.Head(), *std::move(config), nullptr));
  }
  static ApplyRequest Request(const std::vector<model::ObjectPtr>& upserts,
                              const std::vector<model::ObjectKey>& deletes = {}) {
    ApplyRequest request;
    for (const auto& object : upserts) *request.add_upserts() = *object;
    for (const auto& key : deletes) *request.add_deletes() = model::RefTo(key);
    return request;
  }
  static ApplyRequest Shop() {
    ApplyRequest request;
    const model::Config shop = model::ShopConfig();
    for (const auto& [key, object] : shop.objects()) *request.add_upserts() = *object;
    return request;
  }
  // "3: CREATED Route shop/x" of a success, "ABORTED: Route shop/x etag stale_base" of a refusal.
  static std::string Text(const Outcome& outcome) {
    std::string text;
    if (const auto* response = std::get_if<ApplyResponse>(&outcome)) {
      text = fmt::format("{}:", response->revision());
      for (const auto& change : response->changes()) {
        text += fmt::format(" {} {} {}", sluice::v1::Change::Kind_Name(change.kind()), change.object().kind(),
                            change.object().name());
      }
      return text;
    }
    const auto& refusal = std::get<Refusal>(outcome);
    text = absl::StatusCodeToString(refusal.status.code()) + ":";
    for (const std::string& line : model::Lines(refusal.problems)) text += " [" + line + "]";
    return text;
  }
  std::string Apply(const ApplyRequest& request) { return Text(writer_->Apply(request, false)); }

  store::MemoryStore store_;
  absl::StatusOr<judge::Judge::Problems> verdict_ = judge::Judge::Problems();
  std::vector<snapshot::Member> members_;
  Texts judged_;
  std::vector<uint64_t> published_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, AnAppliedBatchIsStoredPublishedAndTheHead) {
  ApplyRequest request = Shop();
  request.set_author("ann");
  request.set_reason("first");
  EXPECT_EQ(Apply(request),
            "1: CREATED Api shop/api CREATED Gateway web CREATED Route shop/list CREATED Service shop/backend");
  EXPECT_EQ(published_, std::vector<uint64_t>{1});
  EXPECT_EQ(writer_->head()->number(), 1u);
  EXPECT_EQ(writer_->head()->config().Find({"Route", "shop/list"})->status().revision(), 1u);
  const auto record = store_.GetRevision(1);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->author, "ann");
  EXPECT_EQ(record->reason, "first");
  EXPECT_EQ(ToRevision(*record).changes_size(), 4);
  EXPECT_EQ(ReadConfig(store_, 1)->objects().size(), 4u);
}

TEST_F(WriterTest, WhatChangesNothingMakesNoRevision) {
  Apply(Shop());
  judged_.clear();
  EXPECT_EQ(Apply(Shop()), "1:");
  EXPECT_EQ(published_.size(), 1u);
  EXPECT_TRUE(judged_.empty());
}

TEST_F(WriterTest, AllProblemsAreSaidAtOnceAndNothingIsStored) {
  EXPECT_EQ(Apply(Request({Obj("Route", "shop/a",
                               "route { api: 'shop/none' match { prefix: '/x' } respond { status: 204 } }"),
                           Obj("Service", "shop/b",
                               "service { static { endpoints { address: 'x' port: 1 } endpoints { address: "
                               "'::1' port: 0 } } }")})),
            "INVALID_ARGUMENT: [Route shop/a spec.api unknown_reference]"
            " [Service shop/b spec.static.endpoints[0] invalid]"
            " [Service shop/b spec.static.endpoints[1] invalid]");
  EXPECT_EQ(*store_.Head(), 0u);
  EXPECT_TRUE(published_.empty());
}

TEST_F(WriterTest, AStaleBaseIsAConflictOnlyForWhatChangedSince) {
  Apply(Shop());
  Apply(Request({Obj("Route", "shop/list", kRoute)}));
  ApplyRequest same = Request({}, {{"Route", "shop/list"}});
  same.set_base_revision(1);
  EXPECT_EQ(Apply(same), "ABORTED: [Route shop/list  stale_base]");
  ApplyRequest other = Request({Obj("Service", "shop/new", "service { registered {} }")});
  other.set_base_revision(1);
  EXPECT_EQ(Apply(other), "3: CREATED Service shop/new");
  other.set_base_revision(9);
  EXPECT_EQ(Apply(other), "INVALID_ARGUMENT:");
}

TEST_F(WriterTest, AnEtagThatIsNotTheObjectsIsAConflict) {
  Apply(Shop());
  auto read = std::make_shared<sluice::v1::Object>(*writer_->head()->config().Find({"Route", "shop/list"}));
  Apply(Request({Obj("Route", "shop/list", kRoute)}));
  read->mutable_route()->mutable_match()->set_prefix("/other");
  EXPECT_EQ(Apply(Request({read})), "ABORTED: [Route shop/list etag stale_base]");
  read->set_etag(writer_->head()->config().Find({"Route", "shop/list"})->etag());
  EXPECT_EQ(Apply(Request({read})), "3: UPDATED Route shop/list");
  Apply(Request({}, {{"Route", "shop/list"}}));
  EXPECT_EQ(Apply(Request({read})), "ABORTED: [Route shop/list etag stale_base]");
}

TEST_F(WriterTest, NothingCannotBeDeletedAndNothingComesTwice) {
  Apply(Shop());
  const auto route = Obj("Route", "shop/list", kRoute);
  EXPECT_EQ(Apply(Request({route, route}, {{"Route", "shop/none"}, {"Route", "shop/list"}})),
            "INVALID_ARGUMENT: [Route shop/list  conflict] [Route shop/none  unknown_reference] [Route "
            "shop/list  conflict]");
  ApplyRequest wordy = Request({route});
  wordy.set_reason(std::string(1025, 'x'));
  EXPECT_EQ(Apply(wordy), "INVALID_ARGUMENT: [  reason invalid]");
}

TEST_F(WriterTest, WhatTheJudgeRefusesNamesTheObjectAndTheField) {
  Apply(Shop());
  ::sluice::xds::v1::Problem known, unknown;
  known.set_text("regex too large");
  known.mutable_origin()->set_kind("Route");
  known.mutable_origin()->set_name("shop/list");
  known.mutable_origin()->set_field_path("spec.match.regex");
  unknown.set_resource("cluster-x");
  unknown.set_field_path("lb_policy");
  unknown.set_text("cannot");
  verdict_ = judge::Judge::Problems{known, unknown, known};
  const Outcome outcome = writer_->Apply(Request({Obj("Route", "shop/list", kRoute)}), false);
  EXPECT_EQ(Text(outcome),
            "INVALID_ARGUMENT: [Route shop/list spec.match.regex refused_by_proxy] [   refused_by_proxy]");
  EXPECT_EQ(std::get<Refusal>(outcome).problems[1].text(), "cluster-x lb_policy: cannot");
  EXPECT_EQ(*store_.Head(), 1u);
  EXPECT_EQ(writer_->head()->number(), 1u);
}

TEST_F(WriterTest, WithoutAnAnswerOfTheJudgeNothingIsStored) {
  verdict_ = absl::UnavailableError("silent");
  EXPECT_EQ(Apply(Shop()), "UNAVAILABLE:");
  verdict_ = absl::AbortedError("judge_crashed: died");
  EXPECT_EQ(Apply(Shop()), "INVALID_ARGUMENT: [   judge_crashed]");
  EXPECT_EQ(*store_.Head(), 0u);
  EXPECT_TRUE(published_.empty());
  verdict_ = judge::Judge::Problems();
  EXPECT_EQ(Apply(Shop()).substr(0, 2), "1:");
}

TEST_F(WriterTest, JudgesTheGroupsOfProxiesAndEachOtherGatewayByItself) {
  members_ = {{.labels = {{"tier", "edge"}}, .zone = "z1", .client = compile::ClientClass::kCommitting},
              {.labels = {{"tier", "edge"}}, .zone = "z2", .client = compile::ClientClass::kStandard}};
  ApplyRequest request = Shop();
  for (const char* name : {"edge", "lonely"}) {
    *request.add_upserts() =
        *Obj("Gateway", name,
             fmt::format("gateway {{ listeners {{ port: 81 }} hosts: '{0}.test' proxy_selector {{ key: 'tier' "
                         "value: '{0}' }} admits {{ team: '*' }} }}",
                         name));
  }
  Apply(request);
  EXPECT_EQ(judged_, (Texts{"edge+web@", "lonely@"}));
}

TEST_F(WriterTest, APlanIsJudgedLikeAnApplyAndStoresNothing) {
  EXPECT_EQ(Text(writer_->Plan(Shop())),
            "0: CREATED Api shop/api CREATED Gateway web CREATED Route shop/list CREATED Service shop/backend");
  EXPECT_EQ(judged_, Texts{"web@"});
  verdict_ = absl::UnavailableError("silent");
  EXPECT_EQ(Text(writer_->Plan(Shop())), "UNAVAILABLE:");
  EXPECT_EQ(*store_.Head(), 0u);
  EXPECT_EQ(writer_->head()->number(), 0u);
  EXPECT_TRUE(published_.empty());
}

TEST_F(WriterTest, ARollbackIsANewRevisionWithTheOldContent) {
  Apply(Shop());
  Apply(Request({Obj("Service", "shop/new", "service { registered {} }"), Obj("Route", "shop/list", kRoute)}));
  Apply(Request({Obj("Service", "shop/late", "service { registered {} }")}));
  sluice::v1::RollbackRequest request;
  EXPECT_EQ(Text(writer_->Rollback(request, false)), "INVALID_ARGUMENT:");
  request.set_to(99);
  EXPECT_EQ(Text(writer_->Rollback(request, false)), "OUT_OF_RANGE:");
  request.set_to(1);
  EXPECT_EQ(Text(writer_->Rollback(request, true)),
            "4: UPDATED Route shop/list DELETED Service shop/late DELETED Service shop/new");
  const auto record = store_.GetRevision(4);
  EXPECT_EQ(record->rollback_of, 1u);
  EXPECT_TRUE(record->author_verified);
  EXPECT_EQ(record->digest, store_.GetRevision(1)->digest);
  EXPECT_NE(record->digest, store_.GetRevision(3)->digest);
  EXPECT_EQ(published_.back(), 4u);
}

TEST_F(WriterTest, TextsOfAChangeAreBounded) {
  Apply(Shop());
  const std::string long_text(1025, 'x');
  for (const auto& [author, reason, refused] : {std::tuple(std::string(), long_text, "reason"),
                                                std::tuple(std::string(), std::string(), ""),
                                                std::tuple(long_text, std::string(), "author")}) {
    ApplyRequest apply = Request({Obj("Route", "shop/list", kRoute)});
    apply.set_author(author);
    apply.set_reason(reason);
    sluice::v1::RollbackRequest rollback;
    rollback.set_to(1);
    rollback.set_author(author);
    rollback.set_reason(reason);
    for (const Outcome& outcome : {writer_->Plan(apply), writer_->Rollback(rollback, false)}) {
      const auto* refusal = std::get_if<Refusal>(&outcome);
      ASSERT_EQ(refusal != nullptr, *refused != '\0');
      if (refusal == nullptr) continue;
      ASSERT_EQ(refusal->problems.size(), 1u);
      EXPECT_EQ(refusal->problems[0].field_path(), refused);
    }
  }
  EXPECT_EQ(*store_.Head(), 1u);
}

TEST_F(WriterTest, RestoresTheLiveContentWithoutTheJudge) {
  Apply(Shop());
  Apply(Request({Obj("Route", "shop/list", kRoute)}));
  verdict_ = absl::UnavailableError("silent");
  EXPECT_EQ(*writer_->Restore(2, 1), 3u);
  EXPECT_TRUE(store_.GetRevision(2)->withdrawn);
  EXPECT_EQ(store_.GetRevision(3)->rollback_of, 1u);
  EXPECT_EQ(store_.GetRevision(3)->digest, store_.GetRevision(1)->digest);
  EXPECT_EQ(published_.back(), 3u);
  EXPECT_EQ(*writer_->Restore(2, 1), 3u);  // the head is another one by now
  EXPECT_FALSE(writer_->Restore(9, 1).ok());
}

TEST_F(WriterTest, WhatARefusedRevisionTookInIsWithdrawnWithIt) {
  Apply(Shop());
  for (const char* name : {"shop/a", "shop/b"}) {
    Apply(Request({Obj("Service", name, "service { registered {} }")}));
  }
  EXPECT_EQ(*writer_->Restore(3, 1), 4u);
  EXPECT_FALSE(store_.GetRevision(1)->withdrawn);
  EXPECT_TRUE(store_.GetRevision(2)->withdrawn);
  EXPECT_TRUE(store_.GetRevision(3)->withdrawn);
  EXPECT_FALSE(store_.GetRevision(4)->withdrawn);
}

TEST_F(WriterTest, AFirstRevisionThatIsRefusedLeavesNothing) {
  Apply(Shop());
  EXPECT_EQ(*writer_->Restore(1, 0), 2u);
  EXPECT_TRUE(writer_->head()->config().objects().empty());
  EXPECT_EQ(published_, (std::vector<uint64_t>{1, 2}));
}

TEST_F(WriterTest, AfterAnotherProcessWroteTheHeadIsReadAnew) {
  Apply(Shop());
  const auto other = Obj("Service", "shop/other", "service { registered {} }");
  ASSERT_TRUE(
      store::Commit(store_, 1, {}, std::vector{store::Write{{"Service", "shop/other"}, StoredBytes(*other)}})
          .ok());
  EXPECT_EQ(Apply(Request({Obj("Route", "shop/list", kRoute)})), "ABORTED:");
  EXPECT_EQ(writer_->head()->number(), 2u);
  EXPECT_EQ(published_, (std::vector<uint64_t>{1, 2}));
  EXPECT_NE(writer_->head()->config().Find({"Service", "shop/other"}), nullptr);
  EXPECT_EQ(Apply(Request({Obj("Route", "shop/list", kRoute)})), "3: UPDATED Route shop/list");
}

TEST_F(WriterTest, ANewProcessGoesOnWhereTheOldOneEnded) {
  Apply(Shop());
  Apply(Request({Obj("Route", "shop/list", kRoute)}));
  const std::string before = store_.GetRevision(2)->digest;
  Restart();
  EXPECT_EQ(writer_->head()->number(), 2u);
  EXPECT_EQ(Apply(Request({Obj("Route", "shop/list", kRoute)})), "2:");
  Apply(Request({Obj("Service", "shop/new", "service { registered {} }")}));
  Apply(Request({}, {{"Service", "shop/new"}}));
  EXPECT_EQ(store_.GetRevision(4)->digest, before);
}

TEST_F(WriterTest, WaitsUntilTheHeadIsBeyondANumberOrTheTimeIsOver) {
  EXPECT_EQ(writer_->WaitBeyond(0, std::chrono::milliseconds(1)), nullptr);
  std::thread other([this] { Apply(Shop()); });
  const ViewRef head = writer_->WaitBeyond(0, std::chrono::minutes(1));
  other.join();
  ASSERT_NE(head, nullptr);
  EXPECT_EQ(head->number(), 1u);
}

}  // namespace
}  // namespace sluice::revision
