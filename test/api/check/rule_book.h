// The `rule` column of api/xds-subset.tsv as the tests read it: on their own, without the generator
// or the table under test.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sluice::api {

enum class RuleOn { kValue, kItem, kKey };

// One constraint, e.g. {"uint32", "lte", "100"}; {"duration", "gt", "1000000"} in nanoseconds.
struct Constraint {
  std::string kind;
  RuleOn on = RuleOn::kValue;
  std::string name;
  std::string value;
  bool lax = false;  // strict=false beside a well_known_regex
};

struct StatedRules {
  std::string message;
  std::string field;
  std::string oneof;                    // "" outside one
  std::vector<Constraint> constraints;  // without oneof_required
  bool oneof_required = false;
};

// All rows of phase P1 that state something. Ends the test program if the table cannot be read.
std::vector<StatedRules> ReadRuleRows();

}  // namespace sluice::api
