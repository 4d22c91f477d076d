// Proxies that remember what they were told, and a roll-out over them in virtual time.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/rollout/rollout.h"
#include "test/controlplane/model/fixtures.h"
#include "test/support/manual_clock.h"

namespace sluice::rollout {

using Texts = std::vector<std::string>;
using ::sluice::xds::v1::Problem;

// One connected stream. Like a session it answers only when its peer does: when the test says so.
class FakeLink final : public fleet::Link {
 public:
  FakeLink(fleet::Driver& driver, fleet::Node node) : driver_(driver), node_(std::move(node)) {
    driver_.OnReady(*this);
  }
  ~FakeLink() { driver_.OnGone(*this); }

  const fleet::Node& node() const override { return node_; }
  void Prepare(snapshot::GroupSnapshotRef snapshot) override { Note("prepare", snapshot); }
  void Serve(snapshot::GroupSnapshotRef snapshot) override { Note("serve", snapshot); }

  // What it was told since the last call.
  Texts Told() { return std::exchange(told_, {}); }
  void Prepared(uint64_t revision) { driver_.OnPrepared(*this, Report(revision)); }
  void Served(uint64_t revision) { driver_.OnServed(*this, Report(revision)); }
  // Holds something else, and is being sent it again.
  void Mismatches(uint64_t revision) { driver_.OnMismatch(*this, Refusal(revision, Problem::MISMATCH)); }
  void IsTooOld() { driver_.OnTooOld(*this, Refusal(0, Problem::LOCAL)); }
  void Refuses(uint64_t revision, Problem::Kind kind = Problem::CONTENT) {
    const fleet::Driver::Report report = Refusal(revision, kind);
    node_.client == fleet::Client::kCommitting ? driver_.OnPrepared(*this, report)
                                               : driver_.OnServed(*this, report);
  }

 private:
  static fleet::Driver::Report Report(uint64_t revision) {
    fleet::Driver::Report report;
    report.set_revision(revision);
    report.set_workers(2);
    return report;
  }
  static fleet::Driver::Report Refusal(uint64_t revision, Problem::Kind kind) {
    fleet::Driver::Report report = Report(revision);
    Problem& problem = *report.add_refused();
    problem.set_kind(kind);
    problem.set_resource("0.0.0.0:8080");
    problem.set_text("cannot");
    problem.mutable_origin()->set_kind("Gateway");
    problem.mutable_origin()->set_name("web");
    return report;
  }
  void Note(const char* what, const snapshot::GroupSnapshotRef& snapshot) {
    told_.push_back(std::string(what) + " " + std::to_string(snapshot->revision()));
  }

  fleet::Driver& driver_;
  const fleet::Node node_;
  Texts told_;
};

class RolloutTest : public testing::Test {
 protected:
  // A revision with content of its own, or with that of the revision `same_as`.
  ViewRef View(uint64_t number, uint64_t same_as = 0) {
    const uint64_t content = same_as == 0 ? number : same_as;
    model::Config config;
    if (content != 0) {
      config = model::ShopConfigWith(
          {model::Obj("Route", "shop/list",
                      "route { api: 'shop/api' match { prefix: '/l" + std::to_string(content) +
                          "' } forward { service: 'shop/backend' } }")});
    }
    return std::make_shared<const snapshot::RevisionView>(number, std::move(config), nullptr);
  }
  // `live` is decided from before.
  void Begin(uint64_t live) {
    rollout_ = std::make_unique<Rollout>(
        Rollout::Options{.strand = strand_,
                         .fleet = fleet_,
                         .zones_changed = [this] { ++zones_changed_; },
                         .in_use_changed =
                             [this] {
                               ++in_use_changed_;
                               told_in_use_ = InUse();
                             },
                         .decide =
                             [this](uint64_t revision, std::function<void()> stored) {
                               decided_.push_back(revision);
                               store_answers_ = std::move(stored);
                               if (!slow_store_) store_answers_();
                             },
                         .withdraw = [this](uint64_t revision,
                                            uint64_t before) { withdrawn_.emplace_back(revision, before); }},
        View(live));
  }
  std::unique_ptr<FakeLink> Join(const std::string& id, fleet::Client client = fleet::Client::kCommitting,
                                 std::map<std::string, std::string> labels = {}) {
    return std::make_unique<FakeLink>(*rollout_, fleet::Node{.id = id,
                                                             .cluster = "c",
                                                             .zone = "z",
                                                             .user_agent = "",
                                                             .labels = std::move(labels),
                                                             .judge_group = "",
                                                             .client = client});
  }
  // Joined, and serves what is live.
  std::unique_ptr<FakeLink> Serving(const std::string& id) {
    auto link = Join(id);
    link->Prepared(rollout_->live()->number());
    link->Served(rollout_->live()->number());
    link->Told();
    return link;
  }
  void Pass(base::Duration time) {
    clock_.Advance(time);
    strand_.RunUntilIdle();
  }
  // Numbers of what is in use: live, ahead, older.
  std::vector<uint64_t> InUse() {
    const rollout::InUse in_use = rollout_->InUse();
    std::vector<uint64_t> numbers = {in_use.live->number()};
    for (const ViewRef& view : in_use.ahead) numbers.push_back(view->number());
    numbers.insert(numbers.end(), in_use.older.begin(), in_use.older.end());
    return numbers;
  }
  sluice::v1::WaitServedProgress Progress(uint64_t revision) { return fleet_.ProgressOf(revision); }

  test::ManualClock clock_;
  strand::Strand strand_{clock_};
  fleet::Fleet fleet_{clock_};
  std::vector<uint64_t> decided_;
  bool slow_store_ = false;               // answers when the test calls:
  std::function<void()> store_answers_;
  std::vector<std::pair<uint64_t, uint64_t>> withdrawn_;
  int zones_changed_ = 0, in_use_changed_ = 0;
  std::vector<uint64_t> told_in_use_;  // InUse() when it was said to change
  std::unique_ptr<Rollout> rollout_;
};

}  // namespace sluice::rollout
