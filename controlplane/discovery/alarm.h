// What sources tell the operator: losses that were not believed, and input that was not understood.
//
// Sinks are called on the thread of the source, under no lock of the catalog; they must not call
// the source back. An alarm or problem stands until it is said again with `stands` false.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace sluice::discovery {

// A source lost over half of its endpoints within one TTL; they are kept until most are back or
// somebody releases them. Far more often the source is what is broken.
struct LossAlarm {
  std::string source;  // "registered", or "file:/path".
  size_t lost = 0;
  size_t of = 0;
  bool stands = true;
};
using LossAlarmSink = std::function<void(const LossAlarm&)>;

// A file that cannot be used; what was read before stays in use.
struct SourceProblem {
  std::string service;
  std::string source;  // "file:/path".
  std::string text;    // Where and why, one sentence.
  bool stands = true;
};
using SourceProblemSink = std::function<void(const SourceProblem&)>;

// The rule for all sources: more than half, and at least ten (small ones may well end at once).
constexpr bool IsSuspiciousLoss(size_t lost, size_t of) { return lost >= 10 && lost * 2 > of; }

}  // namespace sluice::discovery
