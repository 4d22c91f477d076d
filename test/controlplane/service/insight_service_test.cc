#include "controlplane/service/insight_service.h"

#include <gtest/gtest.h>

#include "test/controlplane/service/service_fixture.h"

namespace sluice::service {
namespace {

using sluice::v1::ProxyRefusal;

class InsightServiceTest : public ServiceTest {
 protected:
  void Refuse(const std::string& id, const std::string& reason) {
    Move([&](fleet::Fleet& fleet) {
      ProxyRefusal refusal;
      refusal.set_revision(1);
      refusal.set_reason(reason);
      fleet.Refused(id, {refusal});
    });
  }
};

TEST_F(InsightServiceTest, ListsProxiesAndTheHead) {
  ApplyShop();
  Connect("b");
  Connect("a");
  grpc::ClientContext context;
  sluice::v1::ListProxiesResponse response;
  ASSERT_TRUE(insight_->ListProxies(&context, {}, &response).ok());
  EXPECT_EQ(response.head(), 1u);
  ASSERT_EQ(response.proxies_size(), 2);
  EXPECT_EQ(response.proxies(0).id(), "a");
}

TEST_F(InsightServiceTest, RefusalsThatStandAreToldThenEachNewOneOnce) {
  Connect("a");
  Connect("b");
  Refuse("a", "first");
  grpc::ClientContext context;
  auto reader = insight_->WatchRefusals(&context, {});
  ProxyRefusal refusal;
  ASSERT_TRUE(reader->Read(&refusal));
  EXPECT_EQ(refusal.reason(), "first");
  Refuse("b", "second");  // the first one stands and is not said again
  ASSERT_TRUE(reader->Read(&refusal));
  EXPECT_EQ(refusal.reason(), "second");
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(InsightServiceTest, AWatchEndsWithTheServer) {
  grpc::ClientContext context;
  auto reader = insight_->WatchRefusals(&context, {});
  stopping_ = true;
  ProxyRefusal refusal;
  EXPECT_FALSE(reader->Read(&refusal));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace sluice::service
