#include "dataplane/route/forward.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "dataplane/http/path.h"
#include "dataplane/route/path_rewrite.h"

namespace sluice::route {
namespace {

// The number that the request itself brings, so that a client or an earlier hop can stay on one
// share.
std::optional<uint64_t> ShareOf(const http::Head& head, const FieldRef& field) {
  if (field.empty()) return std::nullopt;
  const std::string_view text = First(head, field).value_or("");
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "": leave the host as it is.
std::string_view NewHost(const Forward& forward, const ClusterPick& pick, const http::Head& head,
                         buffer::Arena& arena) {
  const HostRewrite& rewrite = forward.host_rewrite;
  switch (rewrite.kind) {
    case HostRewrite::Kind::kLiteral:
      return rewrite.literal;
    case HostRewrite::Kind::kHeader: {
      // The field comes from the client: what is no authority must not become one.
      const std::string_view host = First(head, rewrite.header).value_or("");
      return !host.empty() && http::NormalizeAuthority(host, head.scheme, arena).parts.valid ? host
                                                                                             : "";
    }
    case HostRewrite::Kind::kPathRegex: {
      const std::string host =
          rewrite.path->regex->ReplaceAll(head.path, rewrite.path->substitution);
      if (host.empty() || !http::NormalizeAuthority(host, head.scheme, arena).parts.valid)
        return "";
      return arena.Copy(host);
    }
    case HostRewrite::Kind::kNone:
      break;
  }
  return pick.weighted != nullptr ? std::string_view(pick.weighted->host_rewrite) : "";
}

void SetHost(std::string_view host, bool append_forwarded_host, http::Head& head) {
  if (append_forwarded_host && !head.authority.empty()) {
    const auto before = head.Combined(http::FieldName(http::FieldId::kXForwardedHost));
    head.Set(http::FieldId::kXForwardedHost,
             before ? head.arena().Concat(*before, ",", head.authority) : head.authority);
  }
  head.authority = host;
  if (head.Has(http::FieldId::kHost)) head.Set(http::FieldId::kHost, host);
}

void SetPath(const Route& route, OriginalPath original_path, http::Head& head) {
  if (original_path == OriginalPath::kInsert) {
    const std::string_view original =
        head.has_query ? head.arena().Concat(head.path, "?", head.query) : head.path;
    head.Set(http::FieldId::kXEnvoyOriginalPath, original);
  }
  head.path = RewritePath(route, head.path, head.arena());
}

}  // namespace

ClusterPick PickCluster(const Forward& forward, const http::Head& head, uint64_t random) {
  if (!forward.cluster.empty()) return {forward.cluster, nullptr};
  if (!forward.cluster_header.empty())
    return {First(head, forward.cluster_header).value_or(""), nullptr};
  const uint64_t share =
      ShareOf(head, forward.weight_header).value_or(random) % forward.total_weight;
  const auto taken = std::upper_bound(
      forward.weighted.begin(), forward.weighted.end(), share,
      [](uint64_t value, const WeightedCluster& w) { return value < w.weight_end; });
  if (!taken->cluster.empty()) return {taken->cluster, &*taken};
  return {First(head, taken->cluster_header).value_or(""), &*taken};
}

std::string_view RewritePath(const Route& route, std::string_view path, buffer::Arena& arena) {
  const Forward* forward = route.forward();
  if (forward == nullptr) return path;
  return ApplyPathRewrite(forward->path_rewrite, route.path, path, arena);
}

void FinalizeRequest(const Route& route, const ClusterPick& pick, OriginalPath original_path,
                     http::Head& head) {
  const Forward& forward = *route.forward();
  if (pick.weighted != nullptr && pick.weighted->mutation != nullptr)
    pick.weighted->mutation->request.Apply(head);
  for (const auto& level : route.mutations) level->request.Apply(head);
  const std::string_view host = NewHost(forward, pick, head, head.arena());
  if (!host.empty()) SetHost(host, forward.append_x_forwarded_host, head);
  if (!forward.path_rewrite.empty()) SetPath(route, original_path, head);
}

void FinalizeResponse(const Route& route, const ClusterPick& pick, http::Head& response) {
  if (pick.weighted != nullptr && pick.weighted->mutation != nullptr)
    pick.weighted->mutation->response.Apply(response);
  for (const auto& level : route.mutations) level->response.Apply(response);
}

}  // namespace sluice::route
