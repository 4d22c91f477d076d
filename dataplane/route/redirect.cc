#include "dataplane/route/redirect.h"

#include "dataplane/route/path_rewrite.h"
#include "fmt/format.h"

namespace sluice::route {
namespace {

// The request's authority as the Location names it. A port that only said "the default" of the old
// scheme would be wrong with the new one.
std::string_view HostOf(const Redirect& redirect, std::string_view scheme, const http::Head& head) {
  const std::string_view host = head.authority;
  const size_t colon = host.rfind(':');
  if (colon == std::string_view::npos || host.back() == ']') return host;
  if (redirect.port != 0) return host.substr(0, colon);
  const std::string_view before = head.Get(http::FieldId::kXForwardedProto).value_or(head.scheme);
  const std::string_view port = host.substr(colon);
  const bool was_default =
      (before == "http" && port == ":80") || (before == "https" && port == ":443");
  return scheme != before && was_default ? host.substr(0, colon) : host;
}

struct Target {
  std::string_view path;
  std::string_view query;
  bool has_query = false;
};

Target TargetOf(const Route& route, const Redirect& redirect, http::Head& head) {
  Target target{redirect.path, head.query, head.has_query};
  if (redirect.path.empty()) {
    target.path = ApplyPathRewrite(redirect.rewrite, route.path, head.path, head.arena());
  }
  if (redirect.strip_query || redirect.path_has_query) target.has_query = false;
  return target;
}

}  // namespace

std::string_view RedirectLocation(const Route& route, http::Head& head) {
  const Redirect& redirect = *route.redirect();
  const std::string_view scheme =
      redirect.scheme.empty() ? head.scheme : std::string_view(redirect.scheme);
  const std::string_view host =
      redirect.host.empty() ? HostOf(redirect, scheme, head) : std::string_view(redirect.host);
  const Target target = TargetOf(route, redirect, head);
  char port[8];
  const size_t port_size =
      redirect.port == 0 ? 0
                         : static_cast<size_t>(fmt::format_to(port, ":{}", redirect.port) - port);
  buffer::Arena& arena = head.arena();
  const std::string_view origin =
      arena.Concat(arena.Concat(scheme, "://", host), {port, port_size});
  if (!target.has_query) return arena.Concat(origin, target.path);
  return arena.Concat(arena.Concat(origin, target.path), "?", target.query);
}

}  // namespace sluice::route
