// What a control plane that starts finds in its store: what is live, what is newest, and what became
// of it.
//
// A value; reading it waits for the disk. Nothing is live that the store does not name as the target:
// a head without one was stored and not decided, so the proxies are to be asked, not told. A head that
// is marked as withdrawn was decided against, and is to be replaced without asking again.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "controlplane/revision/writer.h"
#include "controlplane/store/store.h"

namespace sluice::main {

// The roll-out is one for all groups; the store keeps its target under this name.
inline constexpr char kAllGroups[] = "*";

struct StartState {
  revision::ViewRef live;  // number 0, without content: nothing was decided yet
  revision::ViewRef head;  // the same object as `live` if that is the newest
  bool head_withdrawn = false;
};

// Errors of the store; DATA_LOSS for contents that cannot be read.
absl::StatusOr<StartState> ReadStartState(store::Store& store);

}  // namespace sluice::main
