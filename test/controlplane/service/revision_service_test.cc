#include "controlplane/service/revision_service.h"

#include <gtest/gtest.h>

#include "test/controlplane/service/service_fixture.h"

namespace sluice::service {
namespace {

using sluice::v1::WaitServedProgress;
using sluice::v1::WaitServedRequest;

class RevisionServiceTest : public ServiceTest {
 protected:
  static WaitServedRequest Of(uint64_t revision) {
    WaitServedRequest request;
    request.set_revision(revision);
    return request;
  }
  static WaitServedRequest Position(const std::string& log, uint64_t epoch, uint64_t seq) {
    WaitServedRequest request;
    request.mutable_position()->set_log(log);
    request.mutable_position()->set_epoch(epoch);
    request.mutable_position()->set_seq(seq);
    return request;
  }
  // The last message and how it ended.
  std::pair<WaitServedProgress, grpc::Status> Wait(const WaitServedRequest& request) {
    grpc::ClientContext context;
    auto reader = revisions_->WaitServed(&context, request);
    WaitServedProgress last;
    for (WaitServedProgress next; reader->Read(&next);) last = next;
    return {last, reader->Finish()};
  }
};

TEST_F(RevisionServiceTest, ListsAndGetsTheHistory) {
  for (const char* name : {"shop/a", "shop/b", "shop/c"}) ASSERT_TRUE(Apply(Request({Service(name)})).ok());
  sluice::v1::ListRevisionsRequest request;
  request.set_limit(2);
  request.set_before(3);
  grpc::ClientContext context;
  sluice::v1::ListRevisionsResponse response;
  ASSERT_TRUE(revisions_->List(&context, request, &response).ok());
  EXPECT_EQ(response.head(), 3u);
  ASSERT_EQ(response.revisions_size(), 2);
  EXPECT_EQ(response.revisions(0).number(), 2u);
  grpc::ClientContext get, absent;
  sluice::v1::Revision revision;
  ASSERT_TRUE(revisions_->Get(&get, {}, &revision).ok());
  EXPECT_EQ(revision.number(), 3u);
  EXPECT_EQ(revision.changes(0).object().name(), "shop/c");
  sluice::v1::GetRevisionRequest none;
  none.set_number(8);
  EXPECT_FALSE(revisions_->Get(&absent, none, &revision).ok());
}

TEST_F(RevisionServiceTest, DiffsAndRollsBack) {
  ASSERT_TRUE(Apply(Request({Service("shop/a")})).ok());
  ASSERT_TRUE(Apply(Request({Service("shop/b")})).ok());
  sluice::v1::DiffRequest request;
  grpc::ClientContext without_from, with_from, rollback, unknown;
  sluice::v1::DiffResponse diff;
  EXPECT_EQ(revisions_->Diff(&without_from, request, &diff).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.set_from(1);
  ASSERT_TRUE(revisions_->Diff(&with_from, request, &diff).ok());
  ASSERT_EQ(diff.diffs_size(), 1);
  EXPECT_EQ(diff.diffs(0).after().name(), "shop/b");
  sluice::v1::RollbackRequest back;
  back.set_to(1);
  sluice::v1::ApplyResponse response;
  ASSERT_TRUE(revisions_->Rollback(&rollback, back, &response).ok());
  EXPECT_EQ(response.revision(), 3u);
  back.set_to(9);
  EXPECT_EQ(revisions_->Rollback(&unknown, back, &response).error_code(), grpc::StatusCode::OUT_OF_RANGE);
}

TEST_F(RevisionServiceTest, ProgressIsToldUntilAllServe) {
  ASSERT_TRUE(Apply(Request({Service("shop/a")})).ok());
  Connect("p1");
  grpc::ClientContext context;
  auto reader = revisions_->WaitServed(&context, Of(1));
  WaitServedProgress progress;
  ASSERT_TRUE(reader->Read(&progress));
  EXPECT_EQ(progress.audience(), 1u);
  EXPECT_FALSE(progress.done());
  Move([](fleet::Fleet& fleet) { fleet.Prepared("p1", 1); });
  ASSERT_TRUE(reader->Read(&progress));
  EXPECT_EQ(progress.prepared(), 1u);
  Move([](fleet::Fleet& fleet) { fleet.Decided(1); });
  Move([](fleet::Fleet& fleet) { fleet.Served("p1", 1, 2); });
  ASSERT_TRUE(reader->Read(&progress));
  EXPECT_TRUE(progress.done());
  EXPECT_TRUE(progress.all_served());
  EXPECT_FALSE(reader->Read(&progress));
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(RevisionServiceTest, ARefusalEndsTheWaitAndIsNamed) {
  ASSERT_TRUE(Apply(Request({Service("shop/a")})).ok());
  Connect("p1");
  Move([](fleet::Fleet& fleet) {
    sluice::v1::ProxyRefusal refusal;
    refusal.set_revision(1);
    refusal.set_reason("port taken");
    fleet.Refused("p1", {refusal});
    fleet.Decided(1);
  });
  const auto [progress, status] = Wait(Of(1));
  EXPECT_TRUE(status.ok());
  EXPECT_TRUE(progress.done());
  EXPECT_FALSE(progress.all_served());
  EXPECT_EQ(progress.refused(0).reason(), "port taken");
}

TEST_F(RevisionServiceTest, WhatWasWithdrawnBeforeARestartIsNotServedByWhoServesTheNext) {
  for (const char* name : {"shop/a", "shop/b"}) ASSERT_TRUE(Apply(Request({Service(name)})).ok());
  Connect("p1");
  for (const uint64_t number : {1, 2}) ASSERT_TRUE(store_.MarkWithdrawn(number).ok());
  grpc::ClientContext context;
  auto reader = revisions_->WaitServed(&context, Of(1));
  WaitServedProgress progress;
  ASSERT_TRUE(reader->Read(&progress));
  EXPECT_FALSE(progress.done());  // what takes its place is not stored yet
  ASSERT_TRUE(Apply(Request({Service("shop/c")})).ok());
  Move([](fleet::Fleet& fleet) {
    fleet.Decided(3);
    fleet.Served("p1", 3, 2);
  });
  while (!progress.done()) ASSERT_TRUE(reader->Read(&progress));
  EXPECT_FALSE(progress.all_served());
  EXPECT_EQ(progress.withdrawn_for(), 3u);
  EXPECT_FALSE(reader->Read(&progress));
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(RevisionServiceTest, WhatIsNotThereCannotBeWaitedFor) {
  EXPECT_EQ(Wait(Of(1)).second.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Wait(Of(0)).second.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Wait({}).second.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Wait(Position("secrets", 4, 1)).second.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const grpc::Status beyond = Wait(Position("endpoints", 0, 1)).second;
  EXPECT_EQ(beyond.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(beyond.error_message(), "endpoints/4:1 does not exist; the newest is endpoints/4:0");
  EXPECT_EQ(Wait(Position("endpoints", 5, 0)).second.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(RevisionServiceTest, AWaitHasAnEndEvenIfItsCallerHasNone) {
  ASSERT_TRUE(Apply(Request({Service("shop/a")})).ok());
  for (const char* id : {"p1", "p2", "p3"}) Connect(id);
  Move([](fleet::Fleet& fleet) { fleet.Served("p2", 1, 2); });
  RevisionService impatient({.writer = writer_, .store = store_, .fleet = reader_, .stopping = stopping_,
                             .endpoints = [this] { return catalog_.position(); },
                             .most_wait = std::chrono::milliseconds(1)});
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&impatient);
  const auto server = builder.BuildAndStart();
  revisions_ = sluice::v1::Revisions::NewStub(
      grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  const auto [progress, status] = Wait(Of(1));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(status.error_message(), "after 0 s not there yet: p1, p3");
  ASSERT_EQ(progress.waiting_size(), 2);
  EXPECT_EQ(progress.waiting(0), "p1");
}

TEST_F(RevisionServiceTest, APositionOfAnEarlierRunIsInTheFirstStateOfThisOne) {
  Connect("p1");
  EXPECT_TRUE(Wait(Position("endpoints", 3, 99)).first.all_served());  // there is no endpoint
  catalog_.Replace("static", "shop/a", {});
  catalog_.Replace("static", "shop/b", {});
  WaitServedProgress progress;
  {
    grpc::ClientContext context;
    auto reader = revisions_->WaitServed(&context, Position("endpoints", 3, 99));
    ASSERT_TRUE(reader->Read(&progress));
    EXPECT_FALSE(progress.done());  // it has just connected
    Move([](fleet::Fleet& fleet) { fleet.EndpointsSettled("p1", 1); });
    ASSERT_TRUE(reader->Read(&progress));
    EXPECT_TRUE(progress.all_served());
  }
  grpc::ClientContext context;
  auto reader = revisions_->WaitServed(&context, Position("endpoints", 4, 2));
  ASSERT_TRUE(reader->Read(&progress));
  EXPECT_FALSE(progress.done());
  Move([](fleet::Fleet& fleet) { fleet.EndpointsSettled("p1", 2); });
  ASSERT_TRUE(reader->Read(&progress));
  EXPECT_TRUE(progress.all_served());
  EXPECT_FALSE(reader->Read(&progress));
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(RevisionServiceTest, AWaitEndsWithItsCallerAndWithTheServer) {
  ASSERT_TRUE(Apply(Request({Service("shop/a")})).ok());
  Connect("p1");
  WaitServedProgress progress;
  {
    grpc::ClientContext context;
    auto reader = revisions_->WaitServed(&context, Of(1));
    ASSERT_TRUE(reader->Read(&progress));
    context.TryCancel();
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  grpc::ClientContext context;
  auto reader = revisions_->WaitServed(&context, Of(1));
  ASSERT_TRUE(reader->Read(&progress));
  stopping_ = true;
  EXPECT_FALSE(reader->Read(&progress));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace sluice::service
