#include "dataplane/http/method.h"

#include <array>

namespace sluice::http {
namespace {

constexpr std::array<std::string_view, 10> kTexts = {
    "", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};

Method Confirm(std::string_view text, Method guess) {
  return text == kTexts[static_cast<size_t>(guess)] ? guess : Method::kUnknown;
}

}  // namespace

Method LookupMethod(std::string_view text) {
  if (text.size() < 3) return Method::kUnknown;
  switch (text[0]) {
    case 'G':
      return Confirm(text, Method::kGet);
    case 'H':
      return Confirm(text, Method::kHead);
    case 'D':
      return Confirm(text, Method::kDelete);
    case 'C':
      return Confirm(text, Method::kConnect);
    case 'O':
      return Confirm(text, Method::kOptions);
    case 'T':
      return Confirm(text, Method::kTrace);
    case 'P':
      if (text[1] == 'O') return Confirm(text, Method::kPost);
      if (text[1] == 'U') return Confirm(text, Method::kPut);
      return Confirm(text, Method::kPatch);
    default:
      return Method::kUnknown;
  }
}

std::string_view MethodText(Method method) { return kTexts[static_cast<size_t>(method)]; }

bool IsIdempotent(Method method) {
  switch (method) {
    case Method::kGet:
    case Method::kHead:
    case Method::kPut:
    case Method::kDelete:
    case Method::kOptions:
    case Method::kTrace:
      return true;
    default:
      return false;
  }
}

}  // namespace sluice::http
