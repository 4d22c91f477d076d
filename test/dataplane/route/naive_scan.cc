#include "test/dataplane/route/naive_scan.h"

#include <cctype>
#include <string>

namespace sluice::route {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

bool TakesPath(const PathRule& rule, std::string_view received) {
  if (rule.kind == PathRule::Kind::kRegex) return rule.regex->FullMatch(received);
  const std::string path = rule.case_sensitive ? std::string(received) : Lower(received);
  if (rule.kind == PathRule::Kind::kExact) return path == rule.text;
  if (path.compare(0, rule.text.size(), rule.text) != 0) return false;
  return rule.kind == PathRule::Kind::kPrefix || path.size() == rule.text.size() ||
         path[rule.text.size()] == '/';
}

}  // namespace

const Route* NaiveRoute(const VirtualHost& host, const http::Head& head, uint64_t random) {
  for (const Route& route : host.routes()) {
    if (TakesPath(route.path, head.path) && route.predicates.Match(head, random)) return &route;
  }
  return nullptr;
}

const VirtualHost* NaiveHost(const Table& table, std::string_view authority) {
  const VirtualHost* suffix = nullptr;
  const VirtualHost* prefix = nullptr;
  const VirtualHost* any = nullptr;
  size_t longest_suffix = 0;
  size_t longest_prefix = 0;
  for (const auto& host : table.hosts()) {
    for (const std::string& domain : host->domains()) {
      if (domain == authority) return host.get();
      if (domain == "*") {
        any = host.get();
      } else if (authority.size() < domain.size()) {
        continue;
      } else if (domain.front() == '*' && authority.ends_with(domain.substr(1)) &&
                 domain.size() > longest_suffix) {
        suffix = host.get();
        longest_suffix = domain.size();
      } else if (domain.back() == '*' &&
                 authority.starts_with(domain.substr(0, domain.size() - 1)) &&
                 domain.size() > longest_prefix) {
        prefix = host.get();
        longest_prefix = domain.size();
      }
    }
  }
  return suffix != nullptr ? suffix : prefix != nullptr ? prefix : any;
}

}  // namespace sluice::route
