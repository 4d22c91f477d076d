// Reads the fleet, which lives on the strand, from the threads of gRPC calls.
//
// Thread: any but the strand. `Read` waits for the strand; a Watch is told of changes and dies with
// its call: the strand may still hold its end, never its owner.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>

#include "controlplane/fleet/fleet.h"
#include "controlplane/strand/strand.h"

namespace sluice::service {

class FleetReader final {
 public:
  // Both outlive the reader.
  FleetReader(strand::Strand& strand, fleet::Fleet& fleet) : strand_(strand), fleet_(fleet) {}

  // What `read` returns of the fleet, on the strand. Only before the strand stops.
  template <typename Result>
  Result Read(std::function<Result(const fleet::Fleet&)> read) {
    auto promise = std::make_shared<std::promise<Result>>();
    std::future<Result> result = promise->get_future();
    strand_.Post([this, promise, read = std::move(read)] { promise->set_value(read(fleet_)); });
    return result.get();
  }

  // Says when the fleet has changed since the last Wait.
  class Watch final {
   public:
    explicit Watch(FleetReader& reader);
    ~Watch();
    // True when something changed, at the latest after `most`.
    bool Wait(std::chrono::milliseconds most);

   private:
    struct Shared {
      std::mutex mutex;
      std::condition_variable wake;
      bool changed = false;
      fleet::Fleet::WatchId id = 0;  // strand
    };
    FleetReader& reader_;
    std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  };

 private:
  strand::Strand& strand_;
  fleet::Fleet& fleet_;
};

}  // namespace sluice::service
