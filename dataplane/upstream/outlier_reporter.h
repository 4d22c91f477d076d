// How one worker's calls to one endpoint ended, told to outlier detection: the only place where a
// result becomes a count.
//
// Owner: the Pool. Thread: the worker's loop. With no outlier detection in the cluster's spec of
// the moment every call returns at once; a change of the spec is seen at the next result. When a
// threshold of failures in a row is reached the config thread hears of it, by one message
// (Registry::Options.on_trip); while it is delayed no second one follows. Nothing survives a
// restart.
#pragma once

#include <cstdint>
#include <memory>

#include "dataplane/upstream/outlier_counts.h"

namespace sluice::upstream {

class Endpoint;
class WorkerCluster;
enum class CallError : uint8_t;

class OutlierReporter final {
 public:
  // Both outlive this object.
  OutlierReporter(WorkerCluster& cluster, const std::shared_ptr<Endpoint>& endpoint)
      : cluster_(cluster), endpoint_(endpoint) {}
  OutlierReporter(const OutlierReporter&) = delete;
  OutlierReporter& operator=(const OutlierReporter&) = delete;

  // The final head of a response came.
  void OnAnswer(uint16_t status);
  // A call ended without a whole response; errors that are not the endpoint's do not count.
  void OnError(CallError error);
  // The owner of a call gave up waiting for the endpoint.
  void OnTimeout();

 private:
  // nullptr: nobody wants to know.
  const OutlierSpec* spec() const;
  OutlierCounts::Block& block();
  void Answered(const OutlierSpec& spec, uint16_t status);
  void FailedLocally(uint16_t status);
  void CountFailure(Ejection type, uint32_t threshold);

  WorkerCluster& cluster_;
  const std::shared_ptr<Endpoint>& endpoint_;
  OutlierCounts::Block* block_ = nullptr;  // made at the first result that counts
};

}  // namespace sluice::upstream
