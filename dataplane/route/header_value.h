// The values of a field as conditions see them.
//
// Several lines of one name are several values, each tested on its own: a condition that saw the
// first only, or only all of them joined, could be got round by sending another line (RFC
// 9110 5.3). A few fields are one value joined by ",", as in Envoy, which stores them so. Pure;
// borrows the head's bytes or its own stack, and allocates only when joined lines together exceed 1
// KiB.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "dataplane/http/head.h"
#include "dataplane/route/predicates.h"

namespace sluice::route {

// All lines of a field as one value in the order they came, or a part of the start line.
class JoinedValue final {
 public:
  JoinedValue(const http::Head& head, const HeaderName& name);
  JoinedValue(const JoinedValue&) = delete;
  JoinedValue& operator=(const JoinedValue&) = delete;

  // nullopt: the request has no such field. Lives as long as this object and the head.
  std::optional<std::string_view> value() const { return value_; }

 private:
  void ReadField(const http::Head& head, const HeaderName& name);
  void ReadPath(const http::Head& head);
  // Appends to value_, which it moves to memory of our own first.
  void Join(std::string_view separator, std::string_view more);

  std::optional<std::string_view> value_;  // into the head, small_ or large_
  size_t used_ = 0;                        // of small_
  char small_[1024];
  std::string large_;  // once small_ is too small
};

// Whether field line `field` is one of `name`; removed lines are not.
bool IsNamed(const http::Field& field, const HeaderName& name);

struct FieldTest {
  bool present = false;  // there is a value at all
  bool held = false;     // `test` was true for one
};

// What a condition on field `name` finds. An empty value is present: it is not absence.
// Calls `test(value)` for one value after the other until it is true.
template <typename Test>
FieldTest TestField(const http::Head& head, const HeaderName& name, Test&& test) {
  if (name.joined) {
    const JoinedValue joined(head, name);
    if (!joined.value()) return {};
    return {true, test(*joined.value())};
  }
  FieldTest result;
  if (name.id != http::FieldId::kUnknown && !head.Has(name.id)) return result;
  for (uint32_t i = 0; i < head.size(); ++i) {
    const http::Field& field = head.at(i);
    if (!IsNamed(field, name)) continue;
    result.present = true;
    if (test(field.value())) {
      result.held = true;
      break;
    }
  }
  return result;
}

}  // namespace sluice::route
