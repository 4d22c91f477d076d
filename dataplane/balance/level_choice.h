// Which priority level a request goes to, whom it may find there, and how localities share a level:
// Envoy's rules for overprovisioning, degraded endpoints and panic, evaluated when health changes and
// never when a request picks.
//
// A level's availability is factor * healthy / all, at most 100 % (degraded alike). Load goes to
// healthy members level by level as far as availability reaches, then to degraded ones; when all of
// it together is below 100 %, shares grow in proportion and a level with fewer usable members than
// the panic threshold serves all of its members. With every level in panic, load follows the number
// of members. Of a load, each per cent is one entry of a table of 100: a pick reads one of them.
// A locality's weight falls with its availability in the same way.
// (xDS: LocalityLbEndpoints.priority, ClusterLoadAssignment.Policy, CommonLbConfig.)
//
// Owner: the upstream::EndpointTable. Threads: made and moved by the config thread, the only writer of
// counts and, through Move, of health bytes (EndpointTable::SetHealth); workers read atomics, each
// good by itself, so that a pick during a change sees the old or the new rule. A new table counts
// anew; nothing is rebuilt, here or on a worker, when health changes. Nothing survives a restart.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dataplane/balance/balancing.h"
#include "dataplane/balance/endpoint_state.h"

namespace sluice::balance {

// Where a member of a table stands.
struct MemberPlace {
  uint32_t level = 0;   // index by priority, without empty ones
  uint32_t part = 0;    // index of its locality among all levels' localities
  uint32_t weight = 1;
};

class LevelChoice final {
 public:
  static constexpr uint32_t kNoPart = UINT32_MAX;
  struct Choice {
    uint32_t level = 0;
    Serve serve = Serve::kNobody;
  };

  // `places` lives as long as this object and names levels and parts without gaps. `part_weights` by
  // part. Counts what `states` say now.
  LevelChoice(std::span<const MemberPlace> places, std::span<const uint32_t> part_weights,
              const Provisioning& provisioning, uint32_t panic_percent, States states);

  // ---- Config thread ----
  // Member `member` is counted as `to` and no longer as `from`.
  void Move(uint32_t member, Health from, Health to);

  // ---- Any thread ----
  // `hash`: any number; its remainder by 100 chooses, as in Envoy.
  Choice For(uint64_t hash) const;
  bool ChoosesByHash() const { return sole_.load(std::memory_order_relaxed) == kMixed; }
  // One of parts [first, first + count) by their effective weights, or kNoPart when none has any.
  // `unit` in [0, 1).
  uint32_t PickPart(uint32_t first, uint32_t count, Serve serve, double unit) const;

 private:
  static constexpr uint16_t kMixed = UINT16_MAX;
  struct Counts {
    uint64_t members[3] = {};  // by Health
    uint64_t weight[3] = {};
    void Add(Health health, uint32_t one_weight, int sign);
    uint64_t all() const { return members[0] + members[1] + members[2]; }
  };
  struct Part {
    Counts counts;
    double weight = 0;
    std::atomic<double> healthy{0};  // effective weights
    std::atomic<double> degraded{0};
  };
  using Loads = std::vector<uint32_t>;  // per cent, by level

  uint32_t Availability(const Counts& level, Health health) const;
  bool InPanic(const Counts& level) const;
  void PublishPart(Part& part);
  void PublishLevels();
  void PublishTotalPanic();
  // Nobody is usable and panic is off.
  void PublishNobody();
  void Write(uint32_t from, uint32_t count, uint32_t level, Serve serve);
  void WriteSole();

  const std::span<const MemberPlace> places_;
  const Provisioning provisioning_;
  const uint32_t panic_percent_;
  std::vector<Counts> levels_;
  std::unique_ptr<Part[]> parts_;
  size_t part_count_;
  // A Choice packed: level * 8 + serve. sole_: what all entries are, or kMixed.
  std::atomic<uint16_t> sole_{0};
  std::array<std::atomic<uint16_t>, 100> choices_{};
};

}  // namespace sluice::balance
