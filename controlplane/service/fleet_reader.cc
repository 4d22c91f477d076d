#include "controlplane/service/fleet_reader.h"

namespace sluice::service {

FleetReader::Watch::Watch(FleetReader& reader) : reader_(reader) {
  reader_.strand_.Post([&fleet = reader_.fleet_, shared = shared_] {
    shared->id = fleet.Watch([shared] {
      {
        const std::lock_guard lock(shared->mutex);
        shared->changed = true;
      }
      shared->wake.notify_all();
    });
  });
}

FleetReader::Watch::~Watch() {
  reader_.strand_.Post([&fleet = reader_.fleet_, shared = shared_] { fleet.Unwatch(shared->id); });
}

bool FleetReader::Watch::Wait(std::chrono::milliseconds most) {
  std::unique_lock lock(shared_->mutex);
  const bool changed = shared_->wake.wait_for(lock, most, [&] { return shared_->changed; });
  shared_->changed = false;
  return changed;
}

}  // namespace sluice::service
