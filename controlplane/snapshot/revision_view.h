// One revision, as groups of proxies see it: which group a node belongs to, and what it holds.
//
// Immutable but for a cache: what a group holds is compiled when it is first asked for, from what
// the revision before has, so that a small change costs little. Thread: any; a mutex guards the
// cache and is held while compiling, so that a group is compiled once: the writer asks for all
// groups in use before it publishes, and later callers find them there.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/compile/group.h"
#include "controlplane/compile/origin.h"
#include "controlplane/model/config.h"
#include "controlplane/snapshot/group_snapshot.h"

namespace sluice::snapshot {

// What decides about a proxy's group.
struct Member {
  std::map<std::string, std::string> labels;
  std::string zone;
  compile::ClientClass client = compile::ClientClass::kCommitting;
};

class RevisionView final {
 public:
  // `previous` (may be nullptr) lends what did not change; it is let go of at the first revision
  // after this one.
  RevisionView(uint64_t number, model::Config config, std::shared_ptr<const RevisionView> previous);

  uint64_t number() const { return number_; }
  const model::Config& config() const { return config_; }

  // Names of the Gateways that select a proxy with these labels, sorted.
  std::vector<std::string> GatewaysOf(const std::map<std::string, std::string>& labels) const;
  compile::GroupKey GroupOf(const Member& member) const;
  GroupSnapshotRef For(const Member& member) const { return Of(GroupOf(member)); }
  GroupSnapshotRef Of(const compile::GroupKey& group) const;

  // The object and field that a part of a resource was made from, as far as a group that was
  // compiled has the resource; nullopt if not. For refusals: it parses the resource.
  std::optional<compile::Origin> OriginOf(std::string_view type_url, const std::string& resource,
                                          std::string_view field_path) const;

 private:
  using CompiledRef = std::shared_ptr<const compile::CompiledGroup>;
  struct Entry {
    CompiledRef compiled;
    GroupSnapshotRef snapshot;
  };
  // What is known of `group` already; empty if nothing is.
  Entry Known(const compile::GroupKey& group) const;

  const uint64_t number_;
  const model::Config config_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const RevisionView> previous_;  // guarded by mutex_, as all below
  mutable std::map<compile::GroupKey, Entry> groups_;
};

// "mobile+web@zone-a": the name of a group, as Commit.group has it; standard clients end in
// "/standard".
std::string GroupName(const compile::GroupKey& group);

}  // namespace sluice::snapshot
