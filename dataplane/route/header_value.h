// The value of a field as conditions see it: all its lines as one.
//
// Lines are joined by ",", as Envoy does, and cookie lines by "; " (RFC 9110 5.3, RFC 6265 5.4): a
// condition that saw one line only could be got round by sending another. Pure; borrows the head's bytes
// or its own stack, and allocates only when several lines together exceed 1 KiB.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "dataplane/http/head.h"
#include "dataplane/route/predicates.h"

namespace sluice::route {

class HeaderValue final {
 public:
  HeaderValue(const http::Head& head, const HeaderName& name);
  HeaderValue(const HeaderValue&) = delete;
  HeaderValue& operator=(const HeaderValue&) = delete;

  // nullopt: the request has no such field. Lives as long as this object and the head.
  std::optional<std::string_view> value() const { return value_; }

 private:
  void ReadField(const http::Head& head, const HeaderName& name);
  void ReadPath(const http::Head& head);
  void Join(std::string_view separator, std::string_view more);

  std::optional<std::string_view> value_;
  size_t used_ = 0;
  char small_[1024];
  std::string large_;
};

}  // namespace sluice::route
