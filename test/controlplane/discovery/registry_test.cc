#include "controlplane/discovery/registry.h"

#include <gtest/gtest.h>

#include "test/controlplane/discovery/endpoints.h"
#include "test/support/manual_clock.h"

namespace sluice::discovery {
namespace {

using std::chrono::seconds;

// A live log in memory that can refuse.
struct FakeLog {
  std::map<std::string, std::string> entries;
  bool refuses = false;
  size_t largest = 0;

  absl::Status Write(std::span<const LeaseWrite> writes) {
    if (refuses) return absl::UnavailableError("store: busy");
    largest = std::max(largest, writes.size());
    for (const LeaseWrite& write : writes) {
      if (write.value) {
        entries[write.id] = *write.value;
      } else {
        entries.erase(write.id);
      }
    }
    return absl::OkStatus();
  }
  std::vector<LeaseWrite> All() const {
    std::vector<LeaseWrite> all;
    for (const auto& [id, value] : entries) all.push_back({id, value});
    return all;
  }
};

class RegistryTest : public testing::Test {
 protected:
  // A control plane with its own catalog; the log and the clock outlive it.
  struct Process {
    Process(FakeLog& log, test::ManualClock& clock, std::vector<LossAlarm>& alarms)
        : registry(
              catalog, clock, [&log](std::span<const LeaseWrite> w) { return log.Write(w); },
              [&alarms](const LossAlarm& alarm) { alarms.push_back(alarm); }) {
      registry.SetServices({{"a/x", seconds(15)}});
    }
    Catalog catalog{1};
    Registry registry;
  };

  static sluice::v1::RegisterRequest Request(uint32_t port, const std::string& instance = "") {
    sluice::v1::RegisterRequest request;
    request.set_service("a/x");
    request.set_instance(instance);
    *request.mutable_endpoint() = At("10.0.0.1", port, "zone-a");
    return request;
  }
  std::string Register(uint32_t port, const std::string& instance = "") {
    const absl::StatusOr<Grant> grant = process_.registry.Register(Request(port, instance));
    EXPECT_TRUE(grant.ok()) << grant.status();
    return grant.ok() ? grant->lease : "";
  }
  size_t Beat(const std::vector<std::string>& leases) {
    return leases.size() - process_.registry.Heartbeat(leases).size();
  }

  test::ManualClock clock_;
  FakeLog log_;
  std::vector<LossAlarm> alarms_;
  Process process_{log_, clock_, alarms_};
  Catalog& catalog_ = process_.catalog;
  Registry& registry_ = process_.registry;
};

TEST_F(RegistryTest, AnInstanceIsInTheCatalogAndStoredWhenItIsAcknowledged) {
  const Grant grant = *registry_.Register(Request(80));
  EXPECT_EQ(grant.ttl, seconds(15));
  EXPECT_EQ(grant.position, catalog_.position());
  EXPECT_EQ(Text(catalog_, "a/x"), "10.0.0.1:80@zone-a");
  EXPECT_TRUE(log_.entries.contains(grant.lease));
  EXPECT_EQ(grant.lease.size(), 32u);
}

TEST_F(RegistryTest, RegisteringAgainRenewsTheSameLease) {
  const std::string lease = Register(80, "one");
  const Position before = catalog_.position();
  clock_.Advance(seconds(10));
  EXPECT_EQ(Register(80, "one"), lease);
  EXPECT_EQ(catalog_.position(), before) << "nothing changed";
  clock_.Advance(seconds(10));
  registry_.Tick();
  EXPECT_EQ(Text(catalog_, "a/x"), "10.0.0.1:80@zone-a");
  EXPECT_EQ(Register(81, "one"), lease);
  EXPECT_EQ(Text(catalog_, "a/x"), "10.0.0.1:81@zone-a") << "it has moved";
}

TEST_F(RegistryTest, RefusesWithTheFieldThatIsWrong) {
  sluice::v1::RegisterRequest request = Request(0);
  EXPECT_EQ(registry_.Register(request).status().message(), "endpoint.port: must be 1 to 65535");
  request = Request(80, std::string(257, 'i'));
  EXPECT_EQ(registry_.Register(request).status().message(), "instance: at most 256 bytes");
  request = Request(80);
  request.set_service("a/static");
  const absl::Status refused = registry_.Register(request).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_EQ(refused.message(),
            "service: 'a/static' is not a Service whose endpoints register themselves");
}

TEST_F(RegistryTest, WhatCannotBeStoredIsNotAcknowledged) {
  log_.refuses = true;
  EXPECT_TRUE(absl::IsUnavailable(registry_.Register(Request(80)).status()));
  EXPECT_EQ(Text(catalog_, "a/x"), "");
}

TEST_F(RegistryTest, HeartbeatsKeepALeaseAndWriteNothing) {
  const std::string lease = Register(80);
  log_.refuses = true;
  for (int i = 0; i < 10; ++i) {
    clock_.Advance(seconds(10));
    EXPECT_EQ(Beat({lease, "unknown"}), 1u);
    registry_.Tick();
  }
  EXPECT_EQ(Count(catalog_, "a/x"), 1u);
}

TEST_F(RegistryTest, ASilentInstanceLeavesAfterItsTtlAndTheStoreLater) {
  const std::string lease = Register(80);
  EXPECT_EQ(registry_.Tick(), clock_.Now() + seconds(15));
  clock_.Advance(seconds(15));
  registry_.Tick();
  EXPECT_EQ(Text(catalog_, "a/x"), "");
  EXPECT_TRUE(log_.entries.contains(lease));
  clock_.Advance(seconds(15));
  EXPECT_EQ(registry_.Tick(), base::kNever);
  EXPECT_TRUE(log_.entries.empty());
  EXPECT_EQ(Beat({lease}), 0u);
}

TEST_F(RegistryTest, DeregisteringLeavesAtOnceEvenIfTheStoreIsBusy) {
  const std::string lease = Register(80);
  log_.refuses = true;
  const Position position = *registry_.Deregister(lease);
  EXPECT_EQ(position, catalog_.position());
  EXPECT_EQ(Text(catalog_, "a/x"), "");
  EXPECT_TRUE(absl::IsNotFound(registry_.Deregister(lease).status()));
  EXPECT_EQ(registry_.Tick(), clock_.Now() + seconds(5)) << "tried again";
  log_.refuses = false;
  registry_.Tick();
  EXPECT_TRUE(log_.entries.empty());
}

TEST_F(RegistryTest, ARestartLosesNoLiveLease) {
  const std::string old = Register(80);
  clock_.Advance(seconds(3600));
  Beat({old});
  Register(81);
  Process next(log_, clock_, alarms_);
  ASSERT_TRUE(next.registry.Restore(log_.All()).ok());
  EXPECT_EQ(Text(next.catalog, "a/x"), "10.0.0.1:80@zone-a 10.0.0.1:81@zone-a");
  clock_.Advance(seconds(44));
  next.registry.Tick();
  EXPECT_EQ(Count(next.catalog, "a/x"), 2u) << "valid for TTL + 30 s";
  EXPECT_TRUE(next.registry.Heartbeat(std::vector{old}).empty()) << "under its old id";
  clock_.Advance(seconds(1));
  next.registry.Tick();
  EXPECT_EQ(Text(next.catalog, "a/x"), "10.0.0.1:80@zone-a");
}

TEST_F(RegistryTest, AnUnreadableEntryIsNamedAndTheOthersAreTaken) {
  Register(80);
  std::vector<LeaseWrite> stored = log_.All();
  stored.push_back({"broken", "\xff\xff"});
  Process next(log_, clock_, alarms_);
  const absl::Status status = next.registry.Restore(stored);
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_EQ(status.message(), "lease broken: cannot be read");
  EXPECT_EQ(Count(next.catalog, "a/x"), 1u);
}

TEST_F(RegistryTest, AServiceThatComesBackHasItsInstancesStill) {
  const std::string lease = Register(80);
  registry_.SetServices({});
  EXPECT_EQ(Text(catalog_, "a/x"), "none");
  EXPECT_EQ(Beat({lease}), 1u);
  registry_.SetServices({{"a/x", seconds(60)}});
  EXPECT_EQ(Text(catalog_, "a/x"), "10.0.0.1:80@zone-a");
  EXPECT_EQ(Beat({lease}), 1u);
  clock_.Advance(seconds(59));
  registry_.Tick();
  EXPECT_EQ(Count(catalog_, "a/x"), 1u) << "the new TTL";
}

TEST_F(RegistryTest, ALargeLossRaisesOneAlarmAndClearsIt) {
  std::vector<std::string> leases;
  for (uint32_t i = 0; i < 20; ++i) leases.push_back(Register(1000 + i));
  clock_.Advance(seconds(15));
  registry_.Tick();
  registry_.Tick();
  EXPECT_EQ(Count(catalog_, "a/x"), 20u);
  ASSERT_EQ(alarms_.size(), 1u);
  EXPECT_EQ(alarms_[0].source, "registered");
  EXPECT_EQ(alarms_[0].lost, 20u);
  EXPECT_TRUE(alarms_[0].stands);
  clock_.Advance(seconds(3600));
  registry_.Tick();
  EXPECT_EQ(log_.entries.size(), 20u) << "what is held stays stored";
  EXPECT_EQ(Beat(leases), 20u);
  registry_.Tick();
  ASSERT_EQ(alarms_.size(), 2u);
  EXPECT_FALSE(alarms_[1].stands);
}

TEST_F(RegistryTest, ReleasingBelievesTheLossAndErasesInPortions) {
  for (uint32_t i = 0; i < 250; ++i) Register(1000 + i);
  clock_.Advance(seconds(15));
  registry_.Tick();
  registry_.Release();
  EXPECT_EQ(Count(catalog_, "a/x"), 0u);
  EXPECT_TRUE(log_.entries.empty());
  EXPECT_LE(log_.largest, Registry::kMaxStored);
  ASSERT_EQ(alarms_.size(), 2u);
  EXPECT_FALSE(alarms_[1].stands);
}

}  // namespace
}  // namespace sluice::discovery
