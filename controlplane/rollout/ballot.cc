#include "controlplane/rollout/ballot.h"

namespace sluice::rollout {

bool Ballot::Take(const std::string& id) { return waiting_.erase(id) + silent_.erase(id) > 0; }

void Ballot::Prepared(const std::string& id) {
  if (Take(id)) prepared_.insert(id);
}

void Ballot::Refused(const std::string& id) {
  if (Take(id)) refused_.insert(id);
}

void Ballot::Gone(const std::string& id) {
  Take(id);
  prepared_.erase(id);
  refused_.erase(id);
}

void Ballot::Close() {
  silent_.merge(waiting_);
  waiting_.clear();
}

bool Ballot::Asked(const std::string& id) const {
  return waiting_.contains(id) || prepared_.contains(id) || refused_.contains(id) || silent_.contains(id);
}

Verdict Ballot::Count() const {
  if (!waiting_.empty()) return Verdict::kOpen;
  const size_t all = prepared_.size() + refused_.size() + silent_.size();
  const size_t refused = refused_.size();
  if (all == 0 && somebody_was_asked_) return Verdict::kWithdraw;
  if (refused > 0 && refused == all) return Verdict::kWithdraw;
  if (refused >= 2 && refused * 10 > all) return Verdict::kWithdraw;
  return Verdict::kServe;
}

}  // namespace sluice::rollout
