#include "controlplane/judge/judge.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "test/support/manual_clock.h"

namespace sluice::judge {
namespace {

using ::sluice::xds::v1::Problem;
using snapshot::GroupSnapshotRef;
using Answer = absl::StatusOr<Judge::Problems>;

GroupSnapshotRef Snapshot(uint64_t revision, const std::string& content = "",
                          const std::string& group = "web@") {
  const std::string version = content.empty() ? std::to_string(revision) : content;
  return std::make_shared<snapshot::GroupSnapshot>(
      revision, group,
      snapshot::WireMap{{"a", snapshot::MakeWireResource(snapshot::Type::kCluster, "a", version, "x")}},
      snapshot::WireMap{}, snapshot::WireMap{});
}

// The stream of a validating proxy. On the strand.
class FakeLink final : public fleet::Link {
 public:
  explicit FakeLink(const std::string& group) { node_.judge_group = group; }
  const fleet::Node& node() const override { return node_; }
  void Prepare(GroupSnapshotRef snapshot) override { asked.push_back(snapshot->revision()); }
  void Serve(GroupSnapshotRef) override { ADD_FAILURE() << "judges do not serve"; }
  std::vector<uint64_t> asked;

 private:
  fleet::Node node_;
};

// The validating proxy is a shell script that writes down its starts; its stream is a fake.
class JudgeTest : public testing::Test {
 protected:
  JudgeTest() {
    folder_ = testing::TempDir() + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    Script("while [ ! -e " + folder_ + "/die ]; do sleep 0.01; done; rm " + folder_ + "/die; exit 3");
    judge_ = std::make_unique<Judge>(Judge::Options{
        .strand = strand_, .proxy_binary = folder_ + "/proxy", .socket_path = folder_ + "/socket"});
    strand_.Start();
  }
  ~JudgeTest() override {
    OnStrand([&] { judge_->Stop(); });
    strand_.Stop();
  }

  void Script(const std::string& text) {
    // Put in its place whole: one that is being written cannot be run.
    std::ofstream(folder_ + "/new") << "#!/bin/sh\necho \"$@\" >> " << folder_ << "/starts\n" << text << "\n";
    chmod((folder_ + "/new").c_str(), 0700);
    std::filesystem::rename(folder_ + "/new", folder_ + "/proxy");
  }
  // A bootstrap is many lines; each start has one with the mode.
  size_t Starts() const {
    std::ifstream file(folder_ + "/starts");
    size_t starts = 0;
    for (std::string line; std::getline(file, line);)
      starts += line.find("--mode validate") != std::string::npos;
    return starts;
  }
  void OnStrand(const std::function<void()>& task) {
    std::promise<void> done;
    strand_.Post([&] {
      task();
      done.set_value();
    });
    done.get_future().get();
  }
  // Other processes take their time; the test's time limit bounds this.
  void Until(const std::function<bool()>& condition) {
    while (!condition()) std::this_thread::yield();
  }
  void Pass(base::Duration time) {
    OnStrand([] {});  // what goes on sets its timers first
    clock_.Advance(time);
    OnStrand([] {});
  }
  std::future<Answer> Ask(GroupSnapshotRef snapshot) {
    return std::async(std::launch::async, [this, snapshot] { return judge_->Ask({snapshot}); });
  }
  // The proxy connects, as soon as it is wanted, and is asked for `revision`.
  void Connect(FakeLink& link, uint64_t revision) {
    Until([&] {
      OnStrand([&] {
        if (link.asked.empty()) judge_->OnReady(link);
      });
      return !link.asked.empty();
    });
    EXPECT_EQ(link.asked.back(), revision);
  }
  void UntilAsked(FakeLink& link, uint64_t revision) {
    Until([&] {
      bool asked = false;
      OnStrand([&] { asked = !link.asked.empty() && link.asked.back() == revision; });
      return asked;
    });
  }
  void Say(FakeLink& link, uint64_t revision, const std::string& problem = "") {
    fleet::Driver::Report report;
    report.set_revision(revision);
    if (!problem.empty()) report.add_refused()->set_text(problem);
    OnStrand([&] { judge_->OnPrepared(link, report); });
  }

  std::string folder_;
  test::ManualClock clock_;
  strand::Strand strand_{clock_};
  std::unique_ptr<Judge> judge_;
};

TEST_F(JudgeTest, AsksAProxyThatItStartsAndPassesOnWhatItSays) {
  FakeLink link("web@");
  auto answer = Ask(Snapshot(1));
  Connect(link, 1);
  Say(link, 1);
  ASSERT_TRUE(answer.get().ok());
  answer = Ask(Snapshot(2));
  UntilAsked(link, 2);
  Say(link, 1);  // of another revision
  Say(link, 2, "bad regex");
  const Answer said = answer.get();
  ASSERT_TRUE(said.ok());
  ASSERT_EQ(said->size(), 1u);
  EXPECT_EQ((*said)[0].text(), "bad regex");
  Until([&] { return Starts() == 1; });
}

TEST_F(JudgeTest, WhatWasApprovedIsNotAskedAgain) {
  FakeLink link("web@");
  auto answer = Ask(Snapshot(1, "same"));
  Connect(link, 1);
  Say(link, 1);
  ASSERT_TRUE(answer.get().ok());
  EXPECT_TRUE(judge_->Ask({Snapshot(2, "same")}).ok());
  EXPECT_EQ(link.asked, std::vector<uint64_t>{1});
  EXPECT_TRUE(judge_->Ask({}).ok());
}

TEST_F(JudgeTest, AProxyThatDiesOfARevisionRefusesItAndIsStartedAgain) {
  FakeLink link("web@");
  auto answer = Ask(Snapshot(1));
  Connect(link, 1);
  std::ofstream(folder_ + "/die") << "now";
  const absl::Status status = answer.get().status();
  EXPECT_TRUE(absl::IsAborted(status)) << status;
  EXPECT_EQ(std::string(status.message()).find("judge_crashed"), 0u);
  EXPECT_EQ(Starts(), 1u);
  Pass(Judge::kPause);
  Until([&] { return Starts() == 2; });
  FakeLink second("web@");
  answer = Ask(Snapshot(2));
  Connect(second, 2);
  Say(second, 2);
  EXPECT_TRUE(answer.get().ok());
}

TEST_F(JudgeTest, AProxyThatEndsBeforeItConnectsSaysNothingOfTheRevision) {
  Script("exit 1");
  const absl::Status status = judge_->Ask({Snapshot(1)}).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

TEST_F(JudgeTest, WithoutABinaryThereIsNoAnswer) {
  std::filesystem::remove(folder_ + "/proxy");
  const absl::Status status = judge_->Ask({Snapshot(1)}).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_NE(std::string(status.message()).find(folder_ + "/proxy"), std::string::npos);
}

TEST_F(JudgeTest, ASilentProxyMakesItUnavailableAndIsReplaced) {
  FakeLink silent("web@");
  auto answer = Ask(Snapshot(1));
  Connect(silent, 1);
  Until([&] { return Starts() == 1; });
  Pass(Judge::kPatience - std::chrono::milliseconds(1));
  EXPECT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  Pass(std::chrono::milliseconds(1));
  EXPECT_TRUE(absl::IsUnavailable(answer.get().status()));
  // Whoever asks while the old one ends waits for the new one, and is not told of a crash.
  answer = Ask(Snapshot(2));
  FakeLink next("web@");
  Until([&] { return Starts() == 2; });
  OnStrand([&] { judge_->OnGone(silent); });
  Connect(next, 2);
  Say(next, 2);
  EXPECT_TRUE(answer.get().ok());
  EXPECT_EQ(silent.asked, std::vector<uint64_t>{1});
}

TEST_F(JudgeTest, EndsTheOneThatWasNotAskedForLongest) {
  std::vector<std::unique_ptr<FakeLink>> links;
  for (size_t i = 0; i <= Judge::kChildren; ++i) {
    const std::string group = "g" + std::to_string(i) + "@";
    links.push_back(std::make_unique<FakeLink>(group));
    auto answer = Ask(Snapshot(1, "", group));
    Connect(*links.back(), 1);
    Say(*links.back(), 1);
    ASSERT_TRUE(answer.get().ok());
    Until([&] { return Starts() == i + 1; });
  }
  auto last = Ask(Snapshot(2, "", "g8@"));
  UntilAsked(*links.back(), 2);
  Say(*links.back(), 2);
  ASSERT_TRUE(last.get().ok());
  auto first = Ask(Snapshot(2, "", "g0@"));
  Until([&] { return Starts() == Judge::kChildren + 2; });
  FakeLink again("g0@");
  Connect(again, 2);
  Say(again, 2);
  EXPECT_TRUE(first.get().ok());
}

TEST_F(JudgeTest, StopEndsWhatIsAskedAndAllThatComesAfter) {
  FakeLink link("web@");
  auto answer = Ask(Snapshot(1));
  Connect(link, 1);
  OnStrand([&] { judge_->Stop(); });
  EXPECT_TRUE(absl::IsUnavailable(answer.get().status()));
  EXPECT_TRUE(absl::IsUnavailable(judge_->Ask({Snapshot(2)}).status()));
}

}  // namespace
}  // namespace sluice::judge
