#include "dataplane/admin/page.h"

#include <algorithm>

namespace sluice::admin {

std::optional<std::string_view> Request::Parameter(std::string_view key) const {
  std::string_view rest = query;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const size_t equals = std::min(part.find('='), part.size());
    if (part.substr(0, equals) != key) continue;
    return equals == part.size() ? std::string_view() : part.substr(equals + 1);
  }
  return std::nullopt;
}

}  // namespace sluice::admin
