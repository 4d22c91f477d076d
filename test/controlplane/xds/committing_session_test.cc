#include "controlplane/xds/committing_session.h"

#include <gtest/gtest.h>

#include "test/controlplane/xds/xds_fixture.h"
#include "test/support/manual_clock.h"

namespace sluice::xds {
namespace {

using envoy::service::discovery::v3::DeltaDiscoveryRequest;
using envoy::service::discovery::v3::DeltaDiscoveryResponse;
using snapshot::Type;
using ::sluice::xds::v1::Commit;
using ::sluice::xds::v1::CommitReport;
using ::sluice::xds::v1::Problem;

snapshot::GroupSnapshotRef Snapshot(uint64_t revision, snapshot::WireMap clusters) {
  return std::make_shared<snapshot::GroupSnapshot>(revision, "g", std::move(clusters), snapshot::WireMap{},
                                                   snapshot::WireMap{});
}

using Texts = std::vector<std::string>;

// A client that commits: keeps what it was sent, and answers when the test says so.
class CommittingSessionTest : public testing::Test {
 protected:
  CommittingSessionTest() {
    session_ = std::make_unique<CommittingSession>(SessionContext{
        .node = {.id = "p1", .cluster = "c", .zone = "z", .user_agent = "", .labels = {}, .judge_group = "",
                 .client = fleet::Client::kCommitting},
        .driver = driver_, .assignments = assignments_, .strand = strand_, .identifier = "control",
        .write = [this](grpc::ByteBuffer bytes) {
          received_.push_back(Decode<DeltaDiscoveryResponse>(std::move(bytes)));
        }});
  }

  static std::string Url(Type type) { return std::string(snapshot::TypeUrl(type)); }
  void Subscribe(const std::string& url, const std::string& name) {
    DeltaDiscoveryRequest request;
    request.set_type_url(url);
    request.add_resource_names_subscribe(name);
    session_->OnRequest(request);
  }
  void BecomeReady() {
    for (const Type type : snapshot::kRevisionedTypes) Subscribe(Url(type), "*");
    Subscribe(std::string(kCommitTypeUrl), "*");
    received_.clear();
    driver_.Take();
  }
  // "Cluster: a=1 -b" and "Commit 42/PREPARE" of everything received since the last call.
  std::vector<std::string> Received() {
    std::vector<std::string> texts;
    for (const auto& response : received_) {
      std::string text = response.type_url().substr(response.type_url().rfind('.') + 1) + ":";
      for (const auto& resource : response.resources()) text += " " + resource.name() + "=" + resource.version();
      for (const auto& name : response.removed_resources()) text += " -" + name;
      texts.push_back(std::move(text));
      last_ = response;
    }
    received_.clear();
    return texts;
  }
  // Answers the Commit that came last.
  void Answer(Problem::Kind kind = Problem::KIND_UNSPECIFIED, const std::string& text = "") {
    DeltaDiscoveryRequest request;
    request.set_type_url(std::string(kCommitTypeUrl));
    request.set_response_nonce(last_.nonce());
    CommitReport report;
    if (kind != Problem::KIND_UNSPECIFIED) {
      Problem& problem = *report.add_refused();
      problem.set_kind(kind);
      problem.set_text(text);
      request.mutable_error_detail()->set_code(3);
    }
    request.mutable_error_detail()->add_details()->PackFrom(report);
    session_->OnRequest(request);
  }

  test::ManualClock clock_;
  strand::Strand strand_{clock_};
  snapshot::Assignments assignments_{7};
  RecordingDriver driver_;
  std::vector<DeltaDiscoveryResponse> received_;
  DeltaDiscoveryResponse last_;
  std::unique_ptr<CommittingSession> session_;
};


TEST_F(CommittingSessionTest, TheFirstResponseSaysThatWeCommitAndNothingElse) {
  Subscribe(Url(Type::kCluster), "*");
  ASSERT_EQ(received_.size(), 1u);
  EXPECT_EQ(received_[0].control_plane().identifier(), "control;commit=1");
  EXPECT_EQ(Received(), Texts{"Cluster:"});
  EXPECT_TRUE(driver_.Take().empty());
  Subscribe(Url(Type::kListener), "*");
  Subscribe(Url(Type::kRoute), "*");
  EXPECT_TRUE(Received().empty());
  EXPECT_TRUE(driver_.Take().empty());
  Subscribe(std::string(kCommitTypeUrl), "*");
  EXPECT_EQ(driver_.Take(), Texts{"ready"});
}

TEST_F(CommittingSessionTest, ChangesThenTheCommitThenServe) {
  BecomeReady();
  const auto snapshot = Snapshot(42, Clusters({{"a", "1"}}));
  session_->Prepare(snapshot);
  // An empty wildcard is answered once, as the protocol wants it.
  EXPECT_EQ(Received(), (Texts{"Cluster: a=1", "Listener:", "RouteConfiguration:", "Commit: commit=42/PREPARE"}));
  Commit commit;
  ASSERT_TRUE(last_.resources(0).resource().UnpackTo(&commit));
  EXPECT_EQ(commit.phase(), Commit::PREPARE);
  ASSERT_EQ(commit.types_size(), 3);
  EXPECT_EQ(commit.types(0).count(), 1u);
  EXPECT_EQ(commit.types(0).digest(), snapshot->digest(Type::kCluster).bytes());
  Answer();
  EXPECT_EQ(driver_.Take(), Texts{"prepared 42"});
  session_->Serve(snapshot);
  EXPECT_EQ(Received(), Texts{"Commit: commit=42/SERVE"});
  Answer();
  EXPECT_EQ(driver_.Take(), Texts{"served 42"});
}

TEST_F(CommittingSessionTest, RevisionsThatWaitCoalesceWhole) {
  BecomeReady();
  session_->Prepare(Snapshot(1, Clusters({{"a", "1"}})));
  Received();
  session_->Prepare(Snapshot(2, Clusters({{"a", "2"}, {"b", "2"}})));
  session_->Prepare(Snapshot(3, Clusters({{"b", "3"}})));
  EXPECT_TRUE(Received().empty());
  Answer();
  EXPECT_EQ(Received(), (Texts{"Cluster: b=3 -a", "Commit: commit=3/PREPARE"}));
}

TEST_F(CommittingSessionTest, ServeOfARevisionThatWasOvertakenIsNotSent) {
  BecomeReady();
  const auto first = Snapshot(1, Clusters({{"a", "1"}}));
  session_->Prepare(first);
  Received();
  Answer();
  session_->Prepare(Snapshot(2, Clusters({{"a", "2"}})));
  Received();
  session_->Serve(first);
  EXPECT_TRUE(Received().empty());
}

TEST_F(CommittingSessionTest, ARefusalReachesTheDriverAndDeltasBuildOnWhatWasStaged) {
  BecomeReady();
  session_->Prepare(Snapshot(1, Clusters({{"a", "1"}})));
  Received();
  Answer(Problem::CONTENT, "bad regex");
  EXPECT_EQ(driver_.Take(), Texts{"prepared 1 refused: bad regex"});
  session_->Prepare(Snapshot(2, Clusters({{"a", "1"}, {"b", "1"}})));
  EXPECT_EQ(Received(), (Texts{"Cluster: b=1", "Commit: commit=2/PREPARE"}));
}

TEST_F(CommittingSessionTest, AMismatchSendsTheTypeAgainAndGivesUpAfterTwoTries) {
  BecomeReady();
  session_->Prepare(Snapshot(1, Clusters({{"a", "1"}})));
  for (int i = 0; i < CommittingSession::kMismatchRetries; ++i) {
    Received();
    Answer(Problem::MISMATCH, "other clusters");
    EXPECT_EQ(driver_.Take(), Texts{"mismatch 1 refused: other clusters"});
    DeltaDiscoveryRequest again;
    again.set_type_url(Url(Type::kCluster));
    again.add_resource_names_unsubscribe("*");
    again.add_resource_names_subscribe("*");
    session_->OnRequest(again);
    EXPECT_EQ(Received(), (Texts{"Cluster: a=1", "Commit: commit=1/PREPARE"}));
  }
  Answer(Problem::MISMATCH, "other clusters");
  EXPECT_EQ(driver_.Take(), Texts{"prepared 1 refused: other clusters"});
}

TEST_F(CommittingSessionTest, AClientThatDoesNotAskForEveryTypeIsTooOldUntilItDoes) {
  Subscribe(Url(Type::kCluster), "*");
  Subscribe(Url(Type::kListener), "*");
  Subscribe(std::string(kCommitTypeUrl), "*");
  clock_.Advance(CommittingSession::kTypesTime);
  strand_.RunUntilIdle();
  EXPECT_EQ(driver_.Take(),
            Texts{"too old 0 refused: too_old: it does not ask for envoy.config.route.v3.RouteConfiguration"});
  Subscribe(Url(Type::kRoute), "*");
  EXPECT_EQ(driver_.Take(), Texts{"ready"});
  session_.reset();
  EXPECT_EQ(driver_.Take(), Texts{"gone"});
}

TEST_F(CommittingSessionTest, AClientThatAskedForEveryTypeInTimeIsNotTooOld) {
  BecomeReady();
  clock_.Advance(CommittingSession::kTypesTime * 2);
  strand_.RunUntilIdle();
  EXPECT_TRUE(driver_.Take().empty());
}

TEST_F(CommittingSessionTest, AClientThatComesBackIsSentOnlyWhatChanged) {
  DeltaDiscoveryRequest request;
  request.set_type_url(Url(Type::kCluster));
  request.add_resource_names_subscribe("*");
  (*request.mutable_initial_resource_versions())["a"] = "1";
  (*request.mutable_initial_resource_versions())["gone"] = "1";
  session_->OnRequest(request);
  BecomeReady();
  session_->Prepare(Snapshot(5, Clusters({{"a", "1"}, {"b", "1"}})));
  EXPECT_EQ(Received()[0], "Cluster: b=1 -gone");
}

TEST_F(CommittingSessionTest, EndpointsGoByNameAndAtOnce) {
  sluice::v1::Endpoint endpoint;
  endpoint.set_address("127.0.0.1");
  endpoint.set_port(80);
  assignments_.Set("shop/cart", {endpoint}, 1);
  BecomeReady();
  Subscribe(Url(Type::kEndpoint), "shop/cart");
  ASSERT_EQ(received_.size(), 1u);
  EXPECT_EQ(received_[0].system_version_info(), "endpoints/7:1");
  const std::string nonce = received_[0].nonce();
  received_.clear();
  endpoint.set_port(81);
  assignments_.Set("shop/cart", {endpoint}, 2);
  session_->OnAssignments();
  EXPECT_TRUE(received_.empty());  // the answer to the last one comes first
  DeltaDiscoveryRequest ack;
  ack.set_type_url(Url(Type::kEndpoint));
  ack.set_response_nonce(nonce);
  session_->OnRequest(ack);
  EXPECT_EQ(driver_.settled, 1u);
  ASSERT_EQ(received_.size(), 1u);
  EXPECT_EQ(received_[0].system_version_info(), "endpoints/7:2");
  ack.set_response_nonce(received_[0].nonce());
  session_->OnRequest(ack);
  EXPECT_EQ(driver_.settled, 2u);
}

TEST_F(CommittingSessionTest, ChangesOfEndpointsThatDoNotConcernItAreSettledWithItsFirstAnswer) {
  assignments_.Set("shop/cart", {}, 3);
  BecomeReady();
  EXPECT_EQ(driver_.settled, 0u);
  session_->Prepare(Snapshot(1, Clusters({{"a", "1"}})));
  Received();
  Answer();
  EXPECT_EQ(driver_.settled, 3u);
}

TEST_F(CommittingSessionTest, TheEndOfTheStreamIsTold) {
  BecomeReady();
  session_.reset();
  EXPECT_EQ(driver_.Take(), Texts{"gone"});
}

}  // namespace
}  // namespace sluice::xds
