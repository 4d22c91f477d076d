// Keeps a server that resends what we refuse from turning the stream into a hot loop (xds.md R20):
// go-control-plane answers every NACK with the same response at once.
//
// The first refusal of something is answered at once; further ones wait 200 ms, twice as long each
// time, at most 30 s. What differs from the response before is new, and answered at once, but for a
// server that sends nothing acceptable kManyRefusals times in a row. One object per type.
#pragma once

#include <cstdint>
#include <optional>

#include "dataplane/base/clock.h"
#include "dataplane/crypto/digest.h"
#include "dataplane/xds/backoff.h"

namespace sluice::xds {

class NackPause final {
 public:
  static constexpr uint32_t kManyRefusals = 10;

  // A response was refused: how long its answer has to wait.
  base::Duration OnRefused(const crypto::Digest& fingerprint);
  void OnAccepted();
  // A response like this one would have to wait, so it need not be looked at before the answer to
  // the last one has gone.
  bool Repeats(const crypto::Digest& fingerprint) const;

 private:
  Backoff backoff_{std::chrono::milliseconds(200), std::chrono::seconds(30)};
  std::optional<crypto::Digest> last_;  // refused
  uint32_t in_a_row_ = 0;
};

}  // namespace sluice::xds
