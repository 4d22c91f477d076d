// One worker stands still before it switches (`--fault hold`): SERVE waits for it, and the other
// worker goes on serving.
#pragma once

#include <chrono>

#include "test/integration/config_bench/figures.h"
#include "test/integration/config_bench/rig.h"
#include "test/integration/main_job/number_backends.h"

namespace sluice::configbench {

// `rig` is committing and not started; backend 0 is used.
void CheckHeldWorker(Rig& rig, const mainjob::NumberBackends& backends, Figures& figures);

}  // namespace sluice::configbench
