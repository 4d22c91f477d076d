// Request methods (RFC 9110 9, RFC 5789). Case-sensitive.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::http {

enum class Method : uint8_t {
  kUnknown,  // any other token: forwarded under its own text, never read as another method
  kGet, kHead, kPost, kPut, kDelete, kConnect, kOptions, kTrace, kPatch,
};

Method LookupMethod(std::string_view text);
// "" for kUnknown.
std::string_view MethodText(Method method);
// Safe to repeat when it is not known whether the first attempt was processed (RFC 9110 9.2.2).
bool IsIdempotent(Method method);

}  // namespace sluice::http
