#include "controlplane/service/registry_service.h"

#include <gtest/gtest.h>

#include "test/controlplane/service/service_fixture.h"

namespace sluice::service {
namespace {

class RegistryServiceTest : public ServiceTest {
 protected:
  RegistryServiceTest() { registry_.SetServices({{"shop/cart", std::chrono::milliseconds(1500)}}); }

  grpc::Status Register(const std::string& service, sluice::v1::RegisterResponse& response) {
    grpc::ClientContext context;
    sluice::v1::RegisterRequest request;
    request.set_service(service);
    request.set_instance("i1");
    request.mutable_endpoint()->set_address("10.0.0.1");
    request.mutable_endpoint()->set_port(80);
    return registry_stub_->Register(&context, request, &response);
  }
};

TEST_F(RegistryServiceTest, AnInstanceComesStaysAndGoes) {
  sluice::v1::RegisterResponse registered;
  ASSERT_TRUE(Register("shop/cart", registered).ok());
  EXPECT_EQ(registered.ttl().seconds(), 1);
  EXPECT_EQ(registered.ttl().nanos(), 500'000'000);
  EXPECT_EQ(registered.position().log(), "endpoints");
  EXPECT_EQ(registered.position().epoch(), 4u);
  EXPECT_GT(registered.position().seq(), 0u);
  EXPECT_EQ(lease_changes_, 1);
  ASSERT_TRUE(catalog_.Get("shop/cart").has_value());
  EXPECT_EQ(catalog_.Get("shop/cart")->endpoints.size(), 1u);

  grpc::ClientContext beat, leave, again;
  sluice::v1::HeartbeatRequest heartbeat;
  heartbeat.add_leases(registered.lease());
  heartbeat.add_leases("unknown");
  sluice::v1::HeartbeatResponse heard;
  ASSERT_TRUE(registry_stub_->Heartbeat(&beat, heartbeat, &heard).ok());
  ASSERT_EQ(heard.unknown_size(), 1);
  EXPECT_EQ(heard.unknown(0), "unknown");

  sluice::v1::DeregisterRequest request;
  request.set_lease(registered.lease());
  sluice::v1::DeregisterResponse left;
  ASSERT_TRUE(registry_stub_->Deregister(&leave, request, &left).ok());
  EXPECT_GT(left.position().seq(), registered.position().seq());
  EXPECT_EQ(lease_changes_, 2);
  EXPECT_TRUE(catalog_.Get("shop/cart")->endpoints.empty());
  EXPECT_EQ(registry_stub_->Deregister(&again, request, &left).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(RegistryServiceTest, AServiceThatIsNotRegisteredForIsRefused) {
  sluice::v1::RegisterResponse response;
  EXPECT_EQ(Register("shop/none", response).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(lease_changes_, 0);
}

}  // namespace
}  // namespace sluice::service
