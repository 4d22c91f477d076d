#include "dataplane/route/table.h"

#include <string>
#include <utility>

namespace sluice::route {
namespace {

std::string_view WithoutPort(std::string_view authority) {
  const size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.back() == ']') return authority;
  return authority.substr(0, colon);
}

// Each segment up to its first ';' (RFC 3986 3.3). Allocates; only where the connection manager
// keeps parameters in the path and the table must not see them.
std::string WithoutParameters(std::string_view path) {
  std::string result;
  result.reserve(path.size());
  bool in_parameter = false;
  for (char c : path) {
    in_parameter = c == ';' || (in_parameter && c != '/');
    if (!in_parameter) result.push_back(c);
  }
  return result;
}

std::string_view SchemeOf(const http::Head& head) {
  return head.Get(http::FieldId::kXForwardedProto).value_or(head.scheme);
}

bool IsInternal(const http::Head& head) { return head.Find("x-envoy-internal") == "true"; }

bool NeedsTls(const VirtualHost& host, const http::Head& head) {
  if (host.tls() == TlsRequirement::kNone || SchemeOf(head) == "https") return false;
  return host.tls() == TlsRequirement::kAll || !IsInternal(head);
}

}  // namespace

Table::Table(TableOptions options, std::vector<std::shared_ptr<const VirtualHost>> hosts,
             std::vector<ClusterReference> clusters)
    : options_(std::move(options)),
      hosts_(std::move(hosts)),
      clusters_(std::move(clusters)),
      host_index_(hosts_) {}

Match Table::Find(const http::Head& head, uint64_t random) const {
  const VirtualHost* host = FindHost(head.authority, head.scheme);
  if (host == nullptr) return {};
  return FindIn(*host, head, random);
}

const VirtualHost* Table::FindHost(std::string_view authority, std::string_view scheme) const {
  return host_index_.Find(options_.ignore_port ? WithoutPort(authority) : authority, scheme);
}

Match Table::FindIn(const VirtualHost& host, const http::Head& head, uint64_t random) const {
  if (NeedsTls(host, head)) return {&host.tls_redirect(), &host};
  if (options_.ignore_path_parameters && head.path.find(';') != std::string_view::npos) {
    return {host.Find(WithoutParameters(head.path), head, random), &host};
  }
  return {host.Find(head.path, head, random), &host};
}

}  // namespace sluice::route
