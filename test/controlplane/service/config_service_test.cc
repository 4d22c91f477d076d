#include "controlplane/service/config_service.h"

#include <gtest/gtest.h>

#include "test/controlplane/service/service_fixture.h"

namespace sluice::service {
namespace {

using sluice::v1::ListRequest;
using sluice::v1::ListResponse;
using sluice::v1::WatchEvent;
using sluice::v1::WatchRequest;

class ConfigServiceTest : public ServiceTest {
 protected:
  Texts List(const ListRequest& request) {
    grpc::ClientContext context;
    ListResponse response;
    const grpc::Status status = config_->List(&context, request, &response);
    if (!status.ok()) return {status.error_message()};
    Texts names;
    for (const auto& object : response.objects()) names.push_back(object.kind() + " " + object.name());
    return names;
  }
  // Events up to the next end of a revision: "+Service shop/a", "-Service shop/a", "3".
  static Texts Events(grpc::ClientReader<WatchEvent>& reader) {
    Texts texts;
    for (WatchEvent event; reader.Read(&event);) {
      if (event.has_upserted()) texts.push_back("+" + event.upserted().kind() + " " + event.upserted().name());
      if (event.has_deleted()) texts.push_back("-" + event.deleted().kind() + " " + event.deleted().name());
      if (event.event_case() != WatchEvent::kRevision) continue;
      texts.push_back(std::to_string(event.revision()));
      break;
    }
    return texts;
  }
};

TEST_F(ConfigServiceTest, APlanSaysWhatAnApplyDoes) {
  const auto request = Request({Service("shop/a")});
  grpc::ClientContext context;
  sluice::v1::ApplyResponse planned, applied;
  ASSERT_TRUE(config_->Plan(&context, request, &planned).ok());
  EXPECT_EQ(planned.revision(), 0u);
  ASSERT_TRUE(Apply(request, &applied).ok());
  EXPECT_EQ(applied.revision(), 1u);
  EXPECT_EQ(planned.changes_size(), applied.changes_size());
}

TEST_F(ConfigServiceTest, ARefusalNamesEveryObjectAndField) {
  const grpc::Status status = Apply(Request(
      {model::Obj("Service", "Bad", "service { registered {} }"), model::Obj("Service", "shop/b", "")}));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ProblemsOf(status), (Texts{"Service Bad name invalid", "Service shop/b spec invalid"}));
  verdict_ = absl::UnavailableError("the judge is silent");
  const grpc::Status silent = Apply(Request({Service("shop/a")}));
  EXPECT_EQ(silent.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(silent.error_message(), "the judge is silent");
  EXPECT_EQ(*store_.Head(), 0u);
}

TEST_F(ConfigServiceTest, GetsAnObjectAtAnyRevision) {
  ApplyShop();
  sluice::v1::ApplyRequest remove;
  *remove.add_deletes() = model::RefTo({"Route", "shop/list"});
  ASSERT_TRUE(Apply(remove).ok());
  sluice::v1::GetRequest request;
  *request.mutable_object() = model::RefTo({"Route", "shop/list"});
  for (const auto& [revision, code] :
       {std::pair(0, grpc::StatusCode::NOT_FOUND), std::pair(1, grpc::StatusCode::OK),
        std::pair(2, grpc::StatusCode::NOT_FOUND), std::pair(9, grpc::StatusCode::OUT_OF_RANGE)}) {
    grpc::ClientContext context;
    sluice::v1::Object object;
    request.set_revision(revision);
    EXPECT_EQ(config_->Get(&context, request, &object).error_code(), code) << revision;
    if (code == grpc::StatusCode::OK) {
      EXPECT_EQ(object.status().revision(), 1u);
    }
  }
}

TEST_F(ConfigServiceTest, ListsByKindPrefixLabelsAndRevision) {
  ApplyShop();
  auto labelled = std::make_shared<sluice::v1::Object>(*Service("pay/a"));
  (*labelled->mutable_labels())["tier"] = "gold";
  ASSERT_TRUE(Apply(Request({labelled})).ok());
  ListRequest request;
  EXPECT_EQ(List(request).size(), 5u);
  request.set_kind("Service");
  EXPECT_EQ(List(request), (Texts{"Service pay/a", "Service shop/backend"}));
  request.set_name_prefix("shop/");
  EXPECT_EQ(List(request), Texts{"Service shop/backend"});
  request.set_name_prefix("");
  (*request.mutable_labels())["tier"] = "gold";
  EXPECT_EQ(List(request), Texts{"Service pay/a"});
  request.set_revision(1);
  EXPECT_TRUE(List(request).empty());
}

TEST_F(ConfigServiceTest, AWatchTellsWhatIsThereThenEveryRevision) {
  ASSERT_TRUE(Apply(Request({Service("shop/a"), Service("pay/a")})).ok());
  grpc::ClientContext context;
  WatchRequest request;
  request.set_name_prefix("shop/");
  auto reader = config_->Watch(&context, request);
  EXPECT_EQ(Events(*reader), (Texts{"+Service shop/a", "1"}));
  ASSERT_TRUE(Apply(Request({Service("pay/b")})).ok());
  EXPECT_EQ(Events(*reader), Texts{"2"});
  auto batch = Request({Service("shop/b")});
  *batch.add_deletes() = model::RefTo({"Service", "shop/a"});
  ASSERT_TRUE(Apply(batch).ok());
  EXPECT_EQ(Events(*reader), (Texts{"-Service shop/a", "+Service shop/b", "3"}));
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(ConfigServiceTest, AWatchEndsWithTheServer) {
  grpc::ClientContext context;
  auto reader = config_->Watch(&context, WatchRequest());
  EXPECT_EQ(Events(*reader), Texts{"0"});
  stopping_ = true;
  EXPECT_TRUE(Events(*reader).empty());
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace sluice::service
