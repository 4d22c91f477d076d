#include "controlplane/main/start_state.h"

#include <memory>
#include <utility>

#include "controlplane/revision/history.h"
#include "dataplane/base/status_macros.h"

namespace sluice::main {

namespace {

absl::StatusOr<revision::ViewRef> ViewOf(store::Store& store, uint64_t number) {
  model::Config config;
  if (number != 0) {
    SLUICE_ASSIGN_OR_RETURN(config, revision::ReadConfig(store, number));
  }
  return std::make_shared<const snapshot::RevisionView>(number, std::move(config), nullptr);
}

}  // namespace

absl::StatusOr<StartState> ReadStartState(store::Store& store) {
  SLUICE_ASSIGN_OR_RETURN(const uint64_t head, store.Head());
  const absl::StatusOr<uint64_t> target = store.Target(kAllGroups);
  if (!target.ok() && !absl::IsNotFound(target.status())) return target.status();
  StartState state;
  SLUICE_ASSIGN_OR_RETURN(state.live, ViewOf(store, target.ok() ? *target : 0));
  state.head = state.live;
  if (head == state.live->number()) return state;
  SLUICE_ASSIGN_OR_RETURN(state.head, ViewOf(store, head));
  SLUICE_ASSIGN_OR_RETURN(const store::RevisionRecord record, store.GetRevision(head));
  state.head_withdrawn = record.withdrawn;
  return state;
}

}  // namespace sluice::main
