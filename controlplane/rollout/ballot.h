// The vote on one revision: who can serve it, who refused, and what follows (wire.md, audience).
//
// Pure; a value of the roll-out, on the strand. A member that disconnects leaves the audience. One
// that says nothing until the deadline is silent: it is listed, and nobody waits for it.
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace sluice::rollout {

enum class Verdict {
  kOpen,      // somebody has still to answer
  kServe,     // those who can, serve
  // Nobody serves: more than 10 % and at least two refused, or all of them; or all who were asked
  // have gone, perhaps because of what they were asked.
  kWithdraw,
};

class Ballot final {
 public:
  // `audience`: ids of the proxies that are asked.
  explicit Ballot(std::set<std::string> audience)
      : waiting_(std::move(audience)), somebody_was_asked_(!waiting_.empty()) {}

  void Prepared(const std::string& id);
  void Refused(const std::string& id);
  void Gone(const std::string& id);
  // The time is over: who has not answered is silent.
  void Close();
  Verdict Count() const;

  bool Asked(const std::string& id) const;
  const std::set<std::string>& prepared() const { return prepared_; }
  const std::set<std::string>& refused() const { return refused_; }
  const std::set<std::string>& silent() const { return silent_; }
  const std::set<std::string>& waiting() const { return waiting_; }

 private:
  // Takes `id` from where it waits (or was silent); false if it was not asked.
  bool Take(const std::string& id);
  std::set<std::string> waiting_;
  std::set<std::string> prepared_;
  std::set<std::string> refused_;
  std::set<std::string> silent_;
  bool somebody_was_asked_;
};

}  // namespace sluice::rollout
