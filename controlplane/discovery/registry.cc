#include "controlplane/discovery/registry.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <utility>

#include "dataplane/base/check.h"
#include "dataplane/base/status_macros.h"

namespace sluice::discovery {
namespace {

constexpr std::string_view kSource = "registered";
constexpr size_t kMaxInstanceBytes = 256;
// How soon erasing is tried again when the store refused it.
constexpr base::Duration kRetry = std::chrono::seconds(5);

// Whoever knows the id may end the lease, so it must not be guessed.
std::string NewId() {
  std::array<unsigned char, 16> bytes;
  base::Check(getrandom(bytes.data(), bytes.size(), 0) == ssize_t{bytes.size()}, "getrandom works");
  std::string id;
  for (const unsigned char byte : bytes) id += fmt::format("{:02x}", byte);
  return id;
}

std::string InstanceOf(const sluice::v1::RegisterRequest& request) {
  return request.instance().empty() ? AddressOf(request.endpoint()) : request.instance();
}

}  // namespace

Registry::Registry(Catalog& catalog, const base::Clock& clock, Persist persist,
                   LossAlarmSink alarms)
    : catalog_(catalog), clock_(clock), persist_(std::move(persist)), alarms_(std::move(alarms)) {}

void Registry::SetServices(const std::map<std::string, base::Duration>& ttl_by_service) {
  std::lock_guard lock(mutex_);
  ttls_ = ttl_by_service;
  Catalog::Services services;
  for (const auto& [service, ttl] : ttls_) {
    leases_.SetTtl(service, ttl);
    services[service] = leases_.Present(service);
  }
  catalog_.ReplaceSource(kSource, std::move(services));
}

absl::Status Registry::Restore(std::span<const LeaseWrite> stored) {
  std::lock_guard lock(mutex_);
  leases_ = Leases();
  absl::Status status;
  Leases::Outcome outcome;
  for (const auto& [service, ttl] : ttls_) outcome.services.insert(service);
  for (const LeaseWrite& entry : stored) {
    Request request;
    if (!entry.value || !request.ParseFromString(*entry.value)) {
      status.Update(absl::DataLossError(fmt::format("lease {}: cannot be read", entry.id)));
      continue;
    }
    const base::Duration ttl = TtlOf(request.service());
    leases_.Put({entry.id, request.service(), InstanceOf(request), request.endpoint(), ttl},
                clock_.Now() + ttl + kRestoreGrace, outcome);
  }
  Pass(outcome);
  return status;
}

absl::StatusOr<Grant> Registry::Register(const Request& request) {
  std::lock_guard store_lock(store_mutex_);
  Lease lease;
  bool is_stored = false;
  {
    std::lock_guard lock(mutex_);
    SLUICE_RETURN_IF_ERROR(Check(request));
    lease = LeaseFor(request, is_stored);
  }
  if (!is_stored) {
    const LeaseWrite write{lease.id, request.SerializeAsString()};
    SLUICE_RETURN_IF_ERROR(persist_({&write, 1}));
  }
  std::lock_guard lock(mutex_);
  Grant grant{lease.id, lease.ttl, {}};
  Leases::Outcome outcome;
  to_erase_.erase(lease.id);
  leases_.Put(std::move(lease), clock_.Now() + grant.ttl, outcome);
  grant.position = Pass(outcome);
  return grant;
}

std::vector<std::string> Registry::Heartbeat(std::span<const std::string> leases) {
  std::lock_guard lock(mutex_);
  std::vector<std::string> unknown;
  Leases::Outcome outcome;
  for (const std::string& id : leases) {
    if (!leases_.Touch(id, clock_.Now(), outcome)) unknown.push_back(id);
  }
  Pass(outcome);
  return unknown;
}

absl::StatusOr<Position> Registry::Deregister(const std::string& lease) {
  Position position;
  {
    std::lock_guard lock(mutex_);
    Leases::Outcome outcome;
    if (!leases_.Remove(lease, outcome)) {
      return absl::NotFoundError(fmt::format("lease '{}': there is none", lease));
    }
    position = Pass(outcome);
  }
  std::lock_guard store_lock(store_mutex_);
  EraseForgotten();
  return position;
}

base::MonoTime Registry::Tick() {
  {
    std::lock_guard lock(mutex_);
    Leases::Outcome outcome;
    leases_.Advance(clock_.Now(), outcome);
    Pass(outcome);
  }
  SayAlarm();
  std::lock_guard store_lock(store_mutex_);
  const bool erased = EraseForgotten();
  std::lock_guard lock(mutex_);
  return erased ? leases_.next_due() : std::min(leases_.next_due(), clock_.Now() + kRetry);
}

void Registry::Release() {
  {
    std::lock_guard lock(mutex_);
    Leases::Outcome outcome;
    leases_.Release(clock_.Now(), outcome);
    Pass(outcome);
  }
  SayAlarm();
  std::lock_guard store_lock(store_mutex_);
  EraseForgotten();
}

absl::Status Registry::Check(const Request& request) const {
  if (!ttls_.contains(request.service())) {
    return absl::FailedPreconditionError(fmt::format(
        "service: '{}' is not a Service whose endpoints register themselves", request.service()));
  }
  if (request.instance().size() > kMaxInstanceBytes) {
    return absl::InvalidArgumentError(fmt::format("instance: at most {} bytes", kMaxInstanceBytes));
  }
  const absl::Status endpoint = CheckEndpoint(request.endpoint());
  if (endpoint.ok()) return endpoint;
  const absl::string_view text = endpoint.message();
  return absl::InvalidArgumentError(
      fmt::format("endpoint.{}", std::string_view(text.data(), text.size())));
}

Lease Registry::LeaseFor(const Request& request, bool& is_stored) const {
  const std::string instance = InstanceOf(request);
  const Lease* known = leases_.Find(request.service(), instance);
  is_stored = known && Same(known->endpoint, request.endpoint());
  return {known ? known->id : NewId(), request.service(), instance, request.endpoint(),
          TtlOf(request.service())};
}

base::Duration Registry::TtlOf(const std::string& service) const {
  const auto found = ttls_.find(service);
  return found == ttls_.end() ? kDefaultTtl : found->second;
}

Position Registry::Pass(const Leases::Outcome& outcome) {
  to_erase_.insert(outcome.forgotten.begin(), outcome.forgotten.end());
  for (const std::string& service : outcome.services) {
    if (ttls_.contains(service)) catalog_.Replace(kSource, service, leases_.Present(service));
  }
  return catalog_.position();
}

bool Registry::EraseForgotten() {
  for (;;) {
    std::vector<LeaseWrite> writes;
    {
      std::lock_guard lock(mutex_);
      for (const std::string& id : to_erase_) {
        if (writes.size() == kMaxStored) break;
        writes.push_back({id, std::nullopt});
      }
    }
    if (writes.empty()) return true;
    if (!persist_(writes).ok()) return false;
    std::lock_guard lock(mutex_);
    for (const LeaseWrite& write : writes) to_erase_.erase(write.id);
  }
}

void Registry::SayAlarm() {
  LossAlarm alarm{std::string(kSource), 0, 0, false};
  {
    std::lock_guard lock(mutex_);
    if (leases_.holding() == std::exchange(alarm_stands_, leases_.holding())) return;
    alarm.stands = leases_.holding();
    alarm.lost = leases_.held_lost();
    alarm.of = leases_.held_of();
  }
  alarms_(alarm);
}

}  // namespace sluice::discovery
