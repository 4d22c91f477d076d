// The table of the results, and whether all of them are good.
#pragma once

#include <string>
#include <vector>

namespace sluice::configbench {

class Figures final {
 public:
  // Prints the heading.
  Figures();

  // Times in milliseconds, of which the longest must not be over `allowed`; 0: no limit.
  void Add(const std::string& what, const std::vector<double>& ms, double allowed);
  // One time in milliseconds; `allowed` as above.
  void AddLongest(const std::string& what, double ms, double allowed);
  // Something that was counted or seen, in words, and whether it is as it must be.
  void AddFact(const std::string& what, const std::string& found, bool good);
  bool good() const { return good_; }

 private:
  // "ok", "MISSED", or nothing without a limit.
  const char* Judge(double ms, double allowed);

  bool good_ = true;
};

}  // namespace sluice::configbench
