// One way to ask an endpoint whether it is well: by HTTP or by bare TCP.
//
// A probe is asked again and again, one question at a time; what it may keep in between is its
// connection. Owner: EndpointChecker, which also bounds each question in time. Thread: config.
#pragma once

#include <cstdint>

namespace sluice::health {

enum class ProbeResult : uint8_t {
  kPassed,
  kDegraded,   // passed, but the service says that others should be preferred
  kRefused,    // an answer that says no: unhealthy at once
  kRetriable,  // an answer that says no, but may be a hiccup
  kNetwork,    // no answer, or not the one expected: refused, reset, cut short
};

class Probe {
 public:
  class Events {
   public:
    // The question asked last is answered. The probe may be asked again, or destroyed in a later
    // turn.
    virtual void OnProbed(ProbeResult result) = 0;

   protected:
    ~Events() = default;
  };
  virtual ~Probe() = default;

  // Asks. OnProbed follows on a later turn, unless Cancel comes before.
  virtual void Start() = 0;
  // The answer does not matter any more; its connection is closed. Idempotent.
  virtual void Cancel() = 0;
};

}  // namespace sluice::health
