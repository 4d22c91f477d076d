// Random objects out of few names and values, so that they often refer to each other and clash.
#pragma once

#include <random>
#include <vector>

#include "controlplane/model/config.h"

namespace sluice::model {

enum class Quality {
  kAny,    // much of it is wrong
  kValid,  // Validate finds no problem, in any mixture
};

class RandomConfig final {
 public:
  RandomConfig(uint32_t seed, Quality quality) : random_(seed), quality_(quality) {}

  // An object of a random kind; its name may be one that was given before.
  ObjectPtr Object();
  // The key of such an object.
  ObjectKey Key();
  // A configuration of about `objects` objects.
  Config Make(int objects);

 private:
  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  bool Chance(int percent) { return Below(100) < percent; }
  ObjectPtr Gateway(int number);
  ObjectPtr Api(int number);
  ObjectPtr Route(int number);
  ObjectPtr Service(int number);

  std::mt19937 random_;
  const Quality quality_;
};

// `routes` routes over `apis` Apis of one gateway "web", with as many services as Apis. Valid.
Config LargeConfig(int routes, int apis);

}  // namespace sluice::model
