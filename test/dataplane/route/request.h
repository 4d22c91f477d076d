// A request head as the router gets it, for tests.
#pragma once

#include <string_view>

#include "dataplane/buffer/arena.h"
#include "dataplane/buffer/block_pool.h"
#include "dataplane/http/head.h"

namespace sluice::route {

// Texts are copied to the arena; they need not live on.
class Request final {
 public:
  // `target` is a path, with a query if it has a '?'.
  explicit Request(std::string_view target = "/", std::string_view authority = "example.com") {
    head.method = http::Method::kGet;
    head.method_text = "GET";
    head.scheme = "http";
    head.target = arena.Copy(target);
    head.authority = arena.Copy(authority);
    const size_t question = head.target.find('?');
    head.path = head.target.substr(0, question);
    head.has_query = question != std::string_view::npos;
    if (head.has_query) head.query = head.target.substr(question + 1);
  }

  Request& With(std::string_view name, std::string_view value) {
    head.Append(name, value);
    return *this;
  }
  Request& Method(std::string_view text) {
    head.method_text = arena.Copy(text);
    head.method = http::LookupMethod(text);
    return *this;
  }
  Request& Scheme(std::string_view text) {
    head.scheme = arena.Copy(text);
    return *this;
  }

  buffer::BlockPool pool;
  buffer::Arena arena{pool};
  http::Head head{arena};
};

}  // namespace sluice::route
