#include "controlplane/xds/standard_session.h"

#include <gtest/gtest.h>

#include "test/controlplane/xds/xds_fixture.h"
#include "test/support/manual_clock.h"

namespace sluice::xds {
namespace {

using envoy::service::discovery::v3::DeltaDiscoveryRequest;
using envoy::service::discovery::v3::DeltaDiscoveryResponse;
using envoy::service::discovery::v3::DiscoveryRequest;
using envoy::service::discovery::v3::DiscoveryResponse;
using snapshot::Type;

using Entries = std::initializer_list<std::pair<const char*, const char*>>;

snapshot::GroupSnapshotRef Snapshot(uint64_t revision, Entries clusters, Entries routes) {
  return std::make_shared<snapshot::GroupSnapshot>(revision, "g", Clusters(clusters),
                                                   Resources(Type::kListener, {{"web", "1"}}),
                                                   Resources(Type::kRoute, routes));
}

// How the two protocols differ for a client that answers everything at once.
struct DeltaClient {
  using Protocol = DeltaProtocol;
  static DeltaDiscoveryRequest Ask(Type type, const std::vector<std::string>& names) {
    DeltaDiscoveryRequest request;
    request.set_type_url(std::string(snapshot::TypeUrl(type)));
    for (const auto& name : names) request.add_resource_names_subscribe(name);
    return request;
  }
  static DeltaDiscoveryRequest Ack(const DeltaDiscoveryResponse& response, const std::vector<std::string>&) {
    DeltaDiscoveryRequest request;
    request.set_type_url(response.type_url());
    request.set_response_nonce(response.nonce());
    return request;
  }
  static std::string Text(const DeltaDiscoveryResponse& response) {
    std::string text;
    for (const auto& resource : response.resources()) text += " " + resource.name() + "=" + resource.version();
    for (const auto& name : response.removed_resources()) text += " -" + name;
    return text;
  }
  using Response = DeltaDiscoveryResponse;
};
struct SotwClient {
  using Protocol = SotwProtocol;
  static DiscoveryRequest Ask(Type type, const std::vector<std::string>& names) {
    DiscoveryRequest request;
    request.set_type_url(std::string(snapshot::TypeUrl(type)));
    for (const auto& name : names) request.add_resource_names(name);
    return request;
  }
  static DiscoveryRequest Ack(const DiscoveryResponse& response, const std::vector<std::string>& names) {
    DiscoveryRequest request = Ask(*snapshot::TypeOfUrl(response.type_url()), names);
    request.set_response_nonce(response.nonce());
    request.set_version_info(response.version_info());
    return request;
  }
  // Bytes tell the version; names are inside the resources.
  static std::string Text(const DiscoveryResponse& response) {
    std::string text;
    for (const auto& resource : response.resources()) text += " " + resource.value().substr(9);
    return text;
  }
  using Response = DiscoveryResponse;
};

template <typename Client>
class StandardSessionTest : public testing::Test {
 protected:
  using Response = typename Client::Response;

  StandardSessionTest() {
    session_ = std::make_unique<StandardSession<typename Client::Protocol>>(SessionContext{
        .node = {.id = "envoy", .cluster = "c", .zone = "", .user_agent = "envoy/1.40", .labels = {},
                 .judge_group = "", .client = fleet::Client::kStandardDelta},
        .driver = driver_, .assignments = assignments_, .strand = strand_, .identifier = "control",
        .write = [this](grpc::ByteBuffer bytes) { received_.push_back(Decode<Response>(std::move(bytes))); }});
  }
  void Subscribe(Type type, std::vector<std::string> names) {
    names_[type] = names;
    session_->OnRequest(Client::Ask(type, names));
  }
  void SubscribeAll() {
    Subscribe(Type::kCluster, {});
    Subscribe(Type::kListener, {});
    Subscribe(Type::kRoute, {"web"});
  }
  // Answers everything that comes until nothing does; what came, in order.
  std::vector<std::string> Exchange() {
    std::vector<std::string> texts;
    while (!received_.empty()) {
      const Response response = received_.front();
      received_.erase(received_.begin());
      texts.push_back(TextOf(response));
      session_->OnRequest(Client::Ack(response, names_[*snapshot::TypeOfUrl(response.type_url())]));
    }
    return texts;
  }
  static std::string TextOf(const Response& response) {
    return response.type_url().substr(response.type_url().rfind('.') + 1) + ":" + Client::Text(response);
  }

  test::ManualClock clock_;
  strand::Strand strand_{clock_};
  snapshot::Assignments assignments_{1};
  RecordingDriver driver_;
  std::vector<Response> received_;
  std::map<Type, std::vector<std::string>> names_;
  std::unique_ptr<StandardSession<typename Client::Protocol>> session_;
};

using Clients = testing::Types<DeltaClient, SotwClient>;
TYPED_TEST_SUITE(StandardSessionTest, Clients);
using Texts = std::vector<std::string>;

TYPED_TEST(StandardSessionTest, NothingIsSaidBeforeTheDriverHasDecided) {
  this->SubscribeAll();
  EXPECT_EQ(this->driver_.Take(), Texts{"ready"});
  EXPECT_TRUE(this->received_.empty());
}

TYPED_TEST(StandardSessionTest, R60MakesBeforeItBreaks) {
  this->SubscribeAll();
  this->session_->Serve(Snapshot(1, {{"x", "1"}}, {{"web", "1"}}));
  const bool delta = std::is_same_v<TypeParam, DeltaClient>;
  EXPECT_EQ(this->Exchange(), (delta ? Texts{"Cluster: x=1", "Listener: web=1", "RouteConfiguration: web=1"}
                                     : Texts{"Cluster: 1", "Listener: 1", "RouteConfiguration: 1"}));
  this->driver_.Take();
  this->session_->Serve(Snapshot(2, {{"y", "2"}}, {{"web", "2"}}));
  // The route moves while both clusters are there; then the old one goes.
  EXPECT_EQ(this->Exchange(), (delta ? Texts{"Cluster: y=2", "RouteConfiguration: web=2", "Cluster: -x"}
                                     : Texts{"Cluster: 1 2", "RouteConfiguration: 2", "Cluster: 2"}));
  EXPECT_EQ(this->driver_.Take(), Texts{"served 2"});
}

TYPED_TEST(StandardSessionTest, RoutesWaitForTheEndpointsOfNewClusters) {
  sluice::v1::Endpoint endpoint;
  endpoint.set_address("127.0.0.1");
  endpoint.set_port(80);
  this->assignments_.Set("x", {endpoint}, 1);
  this->SubscribeAll();
  this->session_->Serve(Snapshot(1, {{"x", "1"}}, {{"web", "1"}}));
  EXPECT_EQ(this->Exchange().size(), 1u);  // the cluster
  this->Subscribe(Type::kEndpoint, {"x"});
  const Texts rest = this->Exchange();
  ASSERT_EQ(rest.size(), 3u);
  EXPECT_TRUE(rest[0].starts_with("ClusterLoadAssignment:"));
  EXPECT_TRUE(rest[2].starts_with("RouteConfiguration:"));
}

TYPED_TEST(StandardSessionTest, R58AChangedClusterIsFollowedByItsEndpoints) {
  sluice::v1::Endpoint endpoint;
  endpoint.set_port(80);
  endpoint.set_address("127.0.0.11");
  this->assignments_.Set("x", {endpoint}, 1);
  endpoint.set_address("127.0.0.22");
  this->assignments_.Set("y", {endpoint}, 1);
  this->SubscribeAll();
  this->session_->Serve(Snapshot(1, {{"x", "1"}, {"y", "1"}}, {{"web", "1"}}));
  this->Subscribe(Type::kEndpoint, {"x", "y"});
  this->Exchange();
  this->session_->Serve(Snapshot(2, {{"x", "2"}, {"y", "1"}}, {{"web", "1"}}));
  const Texts texts = this->Exchange();
  if constexpr (std::is_same_v<TypeParam, DeltaClient>) {  // it would subscribe again: R44
    EXPECT_EQ(texts, Texts{"Cluster: x=2"});
  } else {
    ASSERT_EQ(texts.size(), 2u);
    EXPECT_TRUE(texts[0].starts_with("Cluster:"));
    EXPECT_TRUE(texts[1].starts_with("ClusterLoadAssignment:")) << texts[1];
    EXPECT_NE(texts[1].find("127.0.0.11"), std::string::npos) << texts[1];
    EXPECT_EQ(texts[1].find("127.0.0.22"), std::string::npos) << "y did not change";
  }
}

TYPED_TEST(StandardSessionTest, AClientThatDoesNotAskForEndpointsIsWaitedForOnlySoLong) {
  this->assignments_.Set("x", {}, 1);
  this->SubscribeAll();
  this->session_->Serve(Snapshot(1, {{"x", "1"}}, {{"web", "1"}}));
  EXPECT_EQ(this->Exchange().size(), 1u);
  this->clock_.Advance(StandardSession<typename TypeParam::Protocol>::kStepTime);
  this->strand_.RunUntilIdle();
  EXPECT_EQ(this->Exchange().size(), 2u);
  EXPECT_EQ(this->driver_.Take().back(), "served 1");
}

TYPED_TEST(StandardSessionTest, ARefusalIsReportedWithTheRevision) {
  this->SubscribeAll();
  this->session_->Serve(Snapshot(1, {{"x", "1"}}, {{"web", "1"}}));
  auto nack = TypeParam::Ack(this->received_.at(0), {});
  nack.mutable_error_detail()->set_code(13);
  nack.mutable_error_detail()->set_message("no such thing");
  this->received_.clear();
  this->session_->OnRequest(nack);
  this->Exchange();
  EXPECT_EQ(this->driver_.Take().back(), "served 1 refused: no such thing");
}

TYPED_TEST(StandardSessionTest, R62AClientThatRefusesTheRoutesKeepsTheClustersOfItsOldOnes) {
  this->SubscribeAll();
  this->session_->Serve(Snapshot(1, {{"x", "1"}}, {{"web", "1"}}));
  this->Exchange();
  this->session_->Serve(Snapshot(2, {{"y", "2"}}, {{"web", "2"}}));
  const auto clusters = this->received_.at(0);
  this->received_.clear();
  this->session_->OnRequest(TypeParam::Ack(clusters, {}));
  auto nack = TypeParam::Ack(this->received_.at(0), {"web"});  // the routes: listeners stay
  nack.mutable_error_detail()->set_code(13);
  nack.mutable_error_detail()->set_message("no");
  this->received_.clear();
  this->session_->OnRequest(nack);
  EXPECT_TRUE(this->received_.empty());
  EXPECT_EQ(this->driver_.Take().back(), "served 2 refused: no");
}

TYPED_TEST(StandardSessionTest, ANewerSnapshotStartsOverFromWhatWasSent) {
  this->SubscribeAll();
  this->session_->Serve(Snapshot(1, {{"x", "1"}}, {{"web", "1"}}));
  this->session_->Serve(Snapshot(2, {{"y", "2"}}, {{"web", "2"}}));
  this->Exchange();
  EXPECT_EQ(this->driver_.Take(), (Texts{"ready", "served 2"}));
}

}  // namespace
}  // namespace sluice::xds
