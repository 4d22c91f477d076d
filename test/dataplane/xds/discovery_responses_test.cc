// ACK, NACK, what serves after each, and committing streams.
#include <gtest/gtest.h>

#include "test/dataplane/xds/discovery_world.h"

namespace sluice::xds {
namespace {

using config::ResourceType;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::sluice::xds::v1::Commit;
using ::sluice::xds::v1::Problem;

class SotwResponsesTest : public testing::Test, public DiscoveryWorld {
 protected:
  SotwResponsesTest() : DiscoveryWorld(Variant::kSotw) {}
};
class DeltaResponsesTest : public testing::Test, public DiscoveryWorld {
 protected:
  DeltaResponsesTest() : DiscoveryWorld(Variant::kDelta) {}
};

TEST_F(SotwResponsesTest, R30TheGoodServeTheBadKeepTheirCopyAndTheNackNamesThem) {
  Start();
  Respond(Sotw(kCds, "v1", "1", {"a", "b", "c"}));
  Requests();
  consumer.refuses["b"] = "connect_timeout: must be > 0";
  Respond(Sotw(kCds, "v2", "2", {"a", "b", "d"}));
  EXPECT_EQ(Requests(), "CDS v1 2!");
  EXPECT_EQ(last_error.message(), "'b': connect_timeout: must be > 0");
  EXPECT_EQ(consumer.Names(ResourceType::kCluster), "a b d") << "c was removed";
  consumer.refuses.clear();
  Respond(Sotw(kCds, "v3", "3", {"a", "b", "d"}));
  EXPECT_EQ(Requests(), "CDS v3 3") << "recovered";
}

TEST_F(SotwResponsesTest, AProblemWithAnotherTypeIsNotTakenForOneOfThisName) {
  Start();
  consumer.complains = ContentProblem(TypeUrl(kLds), "a", "needs a route");
  Respond(Sotw(kCds, "v1", "1", {"a@ea"}));
  EXPECT_EQ(Requests(), "CDS - -\nCDS - 1!\nEDS - - ea") << "cluster a serves";
}

TEST_F(SotwResponsesTest, R22ZeroResourcesRemoveAll) {
  Start();
  Respond(Sotw(kCds, "v1", "1", {"a", "b"}));
  Respond(Sotw(kCds, "v2", "2", {}));
  EXPECT_EQ(consumer.calls.back(), "clusters -a -b");
}

TEST_F(SotwResponsesTest, R24NothingOfAResponseWithADuplicateIsUsed) {
  Start();
  Requests();
  Respond(Sotw(kCds, "v1", "1", {"a", "b", "a"}));
  EXPECT_EQ(Requests(), "CDS - 1!\nLDS - -") << "an error ends the step of start-up (R55)";
  EXPECT_TRUE(consumer.calls.empty());
}

TEST_F(SotwResponsesTest, R26WhatWasNotAskedForIsIgnored) {
  Start();
  Respond(Sotw(kCds, "v1", "1", {"a@ea"}));
  Requests();
  Respond(Sotw(kEds, "v1", "2", {"ea", "other"}));
  EXPECT_EQ(Requests(), "EDS v1 2 ea\nLDS - -");
  EXPECT_EQ(consumer.Names(ResourceType::kEndpoint), "ea");
}

TEST_F(SotwResponsesTest, R27ATypeThatIsNotOpenGetsNoAnswer) {
  Start();
  Requests();
  Respond(Sotw(kRds, "v1", "1", {"r"}));
  EXPECT_EQ(Requests(), "");
  EXPECT_EQ(record.stats.of(kRds).update_unasked.value(), 1u);
  EXPECT_TRUE(consumer.calls.empty());
}

TEST_F(SotwResponsesTest, R4ANackOfOneTypeDoesNotHoldTheOthersBack) {
  Start();
  Respond(Sotw(kCds, "c1", "1", {"a@ea"}));
  Respond(Sotw(kEds, "e1", "2", {"ea"}));
  consumer.refuses["web"] = "bad";
  Respond(Sotw(kLds, "l1", "3", {"web"}));
  Respond(Sotw(kLds, "l1", "4", {"web"}));  // its NACK waits
  Requests();
  Respond(Sotw(kEds, "e2", "5", {"ea"}));
  Respond(Sotw(kCds, "c2", "6", {"a@ea"}));
  EXPECT_EQ(Requests(), "EDS e2 5 ea\nCDS c2 6");
}

TEST_F(SotwResponsesTest, R20AServerThatResendsWhatWasRefusedIsAnsweredEverMoreSlowly) {
  Start();
  Requests();
  consumer.refuses["a"] = "bad";
  int nonce = 0;
  const auto resend = [&] { Respond(Sotw(kCds, "v1", std::to_string(++nonce), {"a"})); };
  resend();
  EXPECT_EQ(Requests(), "CDS - 1!\nLDS - -");
  // As go-control-plane does: each NACK is answered with the same response at once.
  size_t answers = 0;
  for (int i = 0; i < 60 * 100; ++i) {
    if (nonce == static_cast<int>(answers) + 1) resend();
    Wait(milliseconds(10));
    if (!Requests().empty()) ++answers;
  }
  EXPECT_GE(answers, 5u);
  EXPECT_LE(answers, 10u) << "in a minute and more";
  EXPECT_GE(record.stats.of(kCds).rejection_delayed.value(), 5u);
  consumer.refuses.clear();
  Respond(Sotw(kCds, "v2", "fresh", {"a"}));
  Wait(seconds(30));
  EXPECT_NE(Requests().find("CDS v2 fresh"), std::string::npos);
}

TEST_F(SotwResponsesTest, R20AServerThatDoesNotEvenWaitForTheAnswerIsNotReadAnyFaster) {
  Start();
  consumer.refuses["a"] = "bad";
  for (const auto* nonce : {"1", "2", "3"}) Respond(Sotw(kCds, "v1", nonce, {"a"}));
  EXPECT_EQ(Requests(), "CDS - -\nCDS - 1!\nLDS - -");
  EXPECT_EQ(consumer.calls.size(), 2u) << "the third one is not even looked at";
  Respond(Sotw(kCds, "v1", "4", {"a"}));
  EXPECT_FALSE(discovery->has_room());
  Wait(milliseconds(200));
  EXPECT_EQ(Requests(), "CDS - 2!");
  EXPECT_TRUE(discovery->has_room());
  Wait(milliseconds(400));
  EXPECT_EQ(Requests(), "CDS - 3!");
}

TEST_F(SotwResponsesTest, R20SomethingNewIsNotHeldUpByARefusalThatWaits) {
  Start();
  consumer.refuses["a"] = "bad";
  for (const auto* nonce : {"1", "2"}) Respond(Sotw(kCds, "v1", nonce, {"a"}));
  Requests();
  consumer.refuses.clear();
  Respond(Sotw(kCds, "v2", "3", {"a"}));
  EXPECT_EQ(Requests(), "CDS - 2!\nCDS v2 3");
}

TEST_F(SotwResponsesTest, R14ARefusalThatWaitsGoesWithTheNamesThatChange) {
  Start();
  Respond(Sotw(kCds, "c1", "1", {"a@ea"}));
  consumer.refuses["ea"] = "bad";
  Respond(Sotw(kEds, "e1", "2", {"ea"}));
  Respond(Sotw(kEds, "e1", "3", {"ea"}));
  Requests();
  Respond(Sotw(kCds, "c2", "4", {"a@ea", "b@eb"}));
  EXPECT_EQ(Requests(), "CDS c2 4\nEDS - 3! ea eb") << "the server would drop it with nonce 2";
}

TEST_F(SotwResponsesTest, R67TheStreamWaitsWhenTwoOfATypeAreThere) {
  consumer.answers = false;
  Start();
  Respond(Sotw(kCds, "v1", "1", {"a"}));
  Respond(Sotw(kCds, "v2", "2", {"a"}));
  EXPECT_TRUE(discovery->has_room()) << "one in hand, one waiting";
  Respond(Sotw(kCds, "v3", "3", {"a"}));
  EXPECT_FALSE(discovery->has_room());
  const int before = rooms;
  consumer.AnswerAll();
  EXPECT_TRUE(discovery->has_room());
  EXPECT_GT(rooms, before);
  consumer.AnswerAll();
  EXPECT_EQ(record.stats.of(kCds).update_success.value(), 3u) << "R10: each is answered";
}

TEST_F(SotwResponsesTest, EndpointsNeverWaitForACompile) {
  Start();
  Respond(Sotw(kCds, "v1", "1", {"a@ea"}));
  consumer.answers = false;
  Respond(Sotw(kCds, "v2", "2", {"a@ea"}));
  Respond(Sotw(kEds, "e1", "3", {"ea"}));
  EXPECT_EQ(consumer.calls.back(), "endpoints +ea");
}

TEST_F(SotwResponsesTest, R66AResourceWithATtlGoesWhenItIsNotRenewed) {
  Start();
  envoy::service::discovery::v3::Resource wrapper;
  wrapper.set_name("a");
  wrapper.mutable_ttl()->set_seconds(10);
  *wrapper.mutable_resource() = ResourceAny(kCds, "a");
  SotwMessage message = Sotw(kCds, "v1", "1", {"b"});
  message.add_resources()->PackFrom(wrapper);
  Respond(message);
  Wait(seconds(8));
  wrapper.clear_resource();
  message = Sotw(kCds, "v1", "2", {"b"});
  message.add_resources()->PackFrom(wrapper);
  Respond(message);  // renews it
  Wait(seconds(8));
  EXPECT_EQ(consumer.Names(ResourceType::kCluster), "a b");
  Requests();
  Wait(seconds(3));
  EXPECT_EQ(consumer.Names(ResourceType::kCluster), "b");
  EXPECT_EQ(Requests(), "") << "there is no response to answer";
}

TEST_F(DeltaResponsesTest, R12AnUnparsableResourceIsRefusedByNameAndTheOthersServe) {
  Start();
  Requests();
  DeltaMessage message = Delta(kCds, "1", "1", {"a", "b"});
  message.mutable_resources(1)->mutable_resource()->set_value("\xff");
  Respond(message);
  EXPECT_EQ(Requests(), "CDS 1!\nLDS");
  EXPECT_EQ(last_error.message(), "'b': cannot be parsed as envoy.config.cluster.v3.Cluster");
  EXPECT_EQ(consumer.Names(ResourceType::kCluster), "a");
}

TEST_F(DeltaResponsesTest, AnAnswerThatComesAfterItsStreamIsNotSent) {
  consumer.answers = false;
  Start();
  Respond(Delta(kCds, "1", "7", {"a"}));
  Reconnect();
  Requests();
  consumer.AnswerAll();
  EXPECT_EQ(Requests(), "LDS") << "its nonce died with the stream (R9)";
  Reconnect();
  EXPECT_EQ(Requests(), "CDS a=7\nLDS");
}

// A committing server that knows what it has sent.
class CommitTest : public testing::Test, public DiscoveryWorld {
 protected:
  CommitTest() : DiscoveryWorld(Variant::kDelta) {}
  // A resource of the revision that is being sent, as "name@reference".
  void Put(DiscoveryType type, const std::string& name, const std::string& version) {
    Keep(type, name, version);
    Respond(Marked(Delta(type, Nonce(), version, {name})));
  }
  void Keep(DiscoveryType type, const std::string& name, const std::string& version) {
    const size_t at = name.find('@');
    const std::string bare = name.substr(0, at);
    set.of(ResourceTypeOf(type))[bare] =
        Decoded(type, bare, version, at == std::string::npos ? "" : name.substr(at + 1));
  }
  void Send(Commit::Phase phase, uint64_t revision) {
    Respond(CommitMessage(revision, phase, set, Nonce()));
  }
  static DeltaMessage Marked(DeltaMessage message) {
    message.mutable_control_plane()->set_identifier("cp;commit=1");
    return message;
  }
  std::string Nonce() { return "n" + std::to_string(++nonces_); }
  // A first revision, served.
  void Begin() {
    Start();
    Put(kCds, "a@ea", "1");
    Put(kLds, "web@r", "1");
    Put(kRds, "r", "1");
    Send(Commit::PREPARE, 41);
    Send(Commit::SERVE, 41);
    Requests();
    consumer.calls.clear();
  }
  config::ResourceSet set;

 private:
  int nonces_ = 0;
};

TEST_F(CommitTest, TheMarkInTheFirstResponseOpensTheOtherTypesAndStages) {
  Start();
  EXPECT_EQ(Requests(), "CDS");
  Put(kCds, "a@ea", "1");
  EXPECT_EQ(Requests(), "LDS +*\nRDS +*\nCommit +*\nCDS n1\nEDS +ea")
      << "endpoints of staged clusters are asked for at once";
  EXPECT_TRUE(consumer.calls.empty());
  EXPECT_EQ(initial_fetches, 0);
}

TEST_F(CommitTest, PrepareThenServe) {
  Start();
  Put(kCds, "a@ea", "1");
  Put(kLds, "web@r", "1");
  Put(kRds, "r", "1");
  Requests();
  Send(Commit::PREPARE, 41);
  EXPECT_EQ(consumer.calls, NameList{"prepare 41"});
  EXPECT_EQ(Requests(), "Commit n4!") << "every answer to a Commit has error_detail";
  EXPECT_EQ(last_error.code(), 0) << "and this one is an ACK";
  EXPECT_EQ(LastReport().revision(), 41u);
  EXPECT_EQ(LastReport().phase(), Commit::PREPARE);
  const Revision& revision = consumer.revisions.at(0);
  EXPECT_EQ(revision.group, "web");
  EXPECT_EQ(revision.resources.clusters.size() + revision.resources.listeners.size() +
                revision.resources.routes.size(),
            3u);
  EXPECT_NE(revision.digest, crypto::Digest{});
  EXPECT_EQ(initial_fetches, 0);
  Send(Commit::SERVE, 41);
  EXPECT_EQ(Requests(), "Commit n5!");
  EXPECT_EQ(LastReport().workers(), 2u);
  EXPECT_EQ(consumer.revision, 41u);
  EXPECT_EQ(initial_fetches, 1);
  EXPECT_EQ(record.status().serving_revision, 41u);
}

TEST_F(CommitTest, WhatIsStagedNeverExpires) {
  Start();
  Keep(kCds, "a", "1");
  DeltaMessage message = Marked(Delta(kCds, "n", "1", {"a"}));
  message.mutable_resources(0)->mutable_ttl()->set_seconds(3);
  Respond(message);
  Wait(seconds(10));  // a timer that finds nothing to do must not fire for ever
  Send(Commit::PREPARE, 41);
  EXPECT_EQ(last_error.code(), 0);
}

TEST_F(CommitTest, ARefusedRevisionIsANackWithTheReportAndTheNextOneBuildsOnTheStagedSet) {
  Begin();
  consumer.refuses_revisions = "address: is taken";
  Put(kCds, "b@eb", "1");
  Send(Commit::PREPARE, 42);
  EXPECT_NE(last_error.code(), 0);
  EXPECT_EQ(LastReport().refused(0).field_path(), "address");
  consumer.refuses_revisions.clear();
  Put(kCds, "c", "1");
  Send(Commit::PREPARE, 43);
  EXPECT_EQ(last_error.code(), 0);
  EXPECT_EQ(consumer.revisions.back().resources.clusters.size(), 3u);
}

TEST_F(CommitTest, AResourceThatGotLostIsAMismatchAndItsTypeIsSentAgain) {
  Begin();
  Keep(kCds, "b", "1");  // and never sent
  Send(Commit::PREPARE, 42);
  EXPECT_EQ(Requests(), "Commit n6!\nCDS -*\nCDS +*");
  EXPECT_EQ(LastReport().refused(0).kind(), Problem::MISMATCH);
  EXPECT_EQ(LastReport().refused(0).type_url(), TypeUrl(kCds));
  EXPECT_TRUE(consumer.calls.empty());
  Respond(Marked(Delta(kCds, "again", "1", {"a@ea", "b"})));
  Send(Commit::PREPARE, 42);
  EXPECT_EQ(last_error.code(), 0);
  EXPECT_EQ(consumer.calls, NameList{"prepare 42"});
}

TEST_F(CommitTest, R20AMismatchThatStaysIsNotAHotLoop) {
  Begin();
  Keep(kCds, "b", "1");
  Send(Commit::PREPARE, 42);
  Requests();
  Send(Commit::PREPARE, 42);
  EXPECT_EQ(Requests(), "");
  Wait(milliseconds(200));
  EXPECT_EQ(Requests(), "Commit n7!\nCDS -*\nCDS +*");
}

TEST_F(CommitTest, WhatCannotBeDecodedIsNackedAtOnceAndNamedAtTheCommit) {
  Begin();
  DeltaMessage message = Marked(Delta(kCds, "bad", "2", {"a"}));
  message.mutable_resources(0)->mutable_resource()->set_value("\xff");
  Respond(message);
  EXPECT_EQ(Requests(), "CDS bad!");
  Keep(kCds, "a", "2");
  Send(Commit::PREPARE, 42);
  EXPECT_EQ(LastReport().refused(0).kind(), Problem::CONTENT);
  EXPECT_EQ(LastReport().refused(0).resource(), "a");
  EXPECT_EQ(Requests(), "Commit n6!") << "sending it again would not help";
}

TEST_F(CommitTest, EndpointsFlowBesideAPrepareAndAreLetGoOfOnlyWhenTheSwitchIsDone) {
  Begin();
  consumer.answers = false;
  set.clusters.erase("a");
  DeltaMessage gone = Marked(Delta(kCds, "gone"));
  gone.add_removed_resources("a");
  Respond(gone);
  Put(kCds, "b@eb", "1");
  Send(Commit::PREPARE, 42);
  EXPECT_EQ(Requests(), "CDS gone\nCDS n6\nEDS +eb") << "ea still serves";
  Respond(Marked(Delta(kEds, "e", "1", {"ea", "eb"})));
  EXPECT_EQ(consumer.calls, (NameList{"prepare 42", "endpoints +ea +eb"}));
  consumer.AnswerAll();
  Send(Commit::SERVE, 42);
  Requests();
  consumer.AnswerAll();
  EXPECT_EQ(Requests(), "Commit n8!\nEDS -ea");
}

TEST_F(CommitTest, ALostStreamDropsWhatWasStagedAndTheNextOneListsWhatServes) {
  Begin();
  Put(kCds, "b", "1");
  Send(Commit::PREPARE, 42);
  Requests();
  Reconnect();
  EXPECT_EQ(consumer.calls.back(), "discard");
  EXPECT_EQ(Requests(), "CDS a=1\nEDS +ea\nLDS +* web=1\nRDS +* r=1\nCommit +*");
  set.clusters.erase("b");
  Send(Commit::PREPARE, 41);
  EXPECT_EQ(last_error.code(), 0) << "the digest is that of the serving set again";
}

TEST_F(CommitTest, ASwitchThatEndsAfterItsStreamStillCounts) {
  Begin();
  Put(kCds, "b", "1");
  Send(Commit::PREPARE, 42);
  consumer.answers = false;
  Send(Commit::SERVE, 42);
  discovery->OnStreamLost();
  consumer.AnswerAll();
  Requests();
  discovery->OnStreamStart();
  EXPECT_EQ(Requests(), "CDS a=1 b=1\nEDS +ea\nLDS +* web=1\nRDS +* r=1\nCommit +*");
}

TEST_F(CommitTest, ServesFromItsStateDirectoryAndSaysSoOnTheFirstStream) {
  options.serving.clusters["a"] = Decoded(kCds, "a", "1", "ea");
  options.serving_revision = 41;
  Start();
  EXPECT_EQ(Requests(), "CDS a=1\nEDS +ea\nLDS +*\nRDS +*\nCommit +*");
  Keep(kCds, "a", "1");
  Send(Commit::PREPARE, 42);
  EXPECT_EQ(last_error.code(), 0);
}

TEST_F(CommitTest, AServerThatDoesNotEndRevisionsAfterAllIsServedAsAStandardOne) {
  options.serving.listeners["web"] = Decoded(kLds, "web", "1", "r");
  options.serving_revision = 41;
  Start();
  Requests();
  Respond(Delta(kCds, "1", "1", {"a"}));
  EXPECT_EQ(Requests(), "RDS +r -*\nCommit -*\nCDS 1");
  EXPECT_EQ(consumer.calls, NameList{"clusters +a"});
  EXPECT_FALSE(record.status().committing);
}

TEST_F(CommitTest, ARevisionThatWasNotPreparedCannotBeServed) {
  Begin();
  Send(Commit::SERVE, 99);
  EXPECT_EQ(LastReport().refused(0).kind(), Problem::MISMATCH);
  EXPECT_EQ(record.status().serving_revision, 41u);
  Send(Commit::PHASE_UNSPECIFIED, 99);
  EXPECT_EQ(LastReport().refused(0).field_path(), "phase");
}

}  // namespace
}  // namespace sluice::xds
