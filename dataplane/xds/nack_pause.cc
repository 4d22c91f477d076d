#include "dataplane/xds/nack_pause.h"

namespace sluice::xds {

bool NackPause::Repeats(const crypto::Digest& fingerprint) const {
  return last_ == fingerprint || in_a_row_ >= kManyRefusals;
}

base::Duration NackPause::OnRefused(const crypto::Digest& fingerprint) {
  const bool repeats = Repeats(fingerprint);
  if (!repeats) backoff_.Reset();
  last_ = fingerprint;
  ++in_a_row_;
  return repeats ? backoff_.Next() : base::Duration::zero();
}

void NackPause::OnAccepted() {
  backoff_.Reset();
  last_.reset();
  in_a_row_ = 0;
}

}  // namespace sluice::xds
