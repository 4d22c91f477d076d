// What an admin page is: a request in, a response out. Pages are functions without state, one per
// file; pages.h lists them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "dataplane/admin/sources.h"

namespace sluice::admin {

struct Request {
  std::string path;   // as it came: nothing is decoded
  std::string query;  // without '?'

  // The value of the first "key=value" or "key" (then empty) in the query.
  std::optional<std::string_view> Parameter(std::string_view key) const;
};

struct Response {
  uint16_t status = 200;
  std::string body;
  std::string_view content_type = "text/plain; charset=utf-8";  // a literal
};
inline Response JsonResponse(std::string body) {
  return {200, std::move(body), "application/json"};
}

// A response, or work that makes one on the config thread. Such work may use the sources' pointers,
// none of their functions.
using Answer = std::variant<Response, std::function<Response()>>;

enum class Verb : uint8_t { kGet, kPost };  // HEAD is GET without the body

struct Page {
  std::string_view path;
  Verb verb;
  std::string_view help;
  // Main's thread. `sources` outlives the returned work; `now` is the loop's.
  Answer (*answer)(const Sources& sources, base::MonoTime now, const Request& request);
};

}  // namespace sluice::admin
