#include "dataplane/route/host_index.h"

#include <algorithm>

namespace sluice::route {
namespace {

constexpr std::string_view kHttpPort = ":80";
constexpr std::string_view kHttpsPort = ":443";

absl::string_view Key(std::string_view text) { return {text.data(), text.size()}; }

std::string Reversed(std::string_view text) { return std::string(text.rbegin(), text.rend()); }

// "[::1]" ends in what looks like a port; a name has one colon at most.
bool HasPort(std::string_view authority) {
  const size_t colon = authority.rfind(':');
  return colon != std::string_view::npos &&
         (authority.front() != '[' || authority[colon - 1] == ']');
}

}  // namespace

HostIndex::HostIndex(std::span<const std::shared_ptr<const VirtualHost>> hosts) {
  std::vector<RadixTrie::Key> suffixes;
  std::vector<RadixTrie::Key> prefixes;
  for (uint32_t i = 0; i < hosts.size(); ++i) {
    hosts_.push_back(hosts[i].get());
    for (const std::string& domain : hosts[i]->domains())
      Add(*hosts[i], domain, i, suffixes, prefixes);
  }
  suffixes_ = RadixTrie(std::move(suffixes));
  prefixes_ = RadixTrie(std::move(prefixes));
}

void HostIndex::Add(const VirtualHost& host, std::string_view domain, uint32_t index,
                    std::vector<RadixTrie::Key>& suffixes, std::vector<RadixTrie::Key>& prefixes) {
  if (domain.empty() || domain.size() > kMaxDomainBytes) return;
  if (domain == "*") {
    if (any_ == nullptr) any_ = &host;
  } else if (domain.front() == '*') {
    suffixes.push_back({Reversed(domain.substr(1)), {index, index}});
    longest_suffix_ = std::max(longest_suffix_, domain.size() - 1);
  } else if (domain.back() == '*') {
    prefixes.push_back({std::string(domain.substr(0, domain.size() - 1)), {index, index}});
  } else {
    exact_.emplace(domain, &host);
    if (domain.ends_with(kHttpPort)) {
      exact_http_.emplace(domain.substr(0, domain.size() - kHttpPort.size()), &host);
    } else if (domain.ends_with(kHttpsPort)) {
      exact_https_.emplace(domain.substr(0, domain.size() - kHttpsPort.size()), &host);
    }
  }
}

const VirtualHost* HostIndex::Find(std::string_view authority, std::string_view scheme) const {
  // A request without authority gets the one host there is, if that takes everything.
  if (authority.empty()) {
    return exact_.empty() && suffixes_.empty() && prefixes_.empty() ? any_ : nullptr;
  }
  // An empty map would hash the name all the same.
  if (!exact_.empty()) {
    if (const auto found = exact_.find(Key(authority)); found != exact_.end()) return found->second;
  }
  const ByName& with_port = scheme == "https" ? exact_https_ : exact_http_;
  if (!with_port.empty() && !HasPort(authority)) {
    if (const auto found = with_port.find(Key(authority)); found != with_port.end())
      return found->second;
  }
  if (const VirtualHost* host = FindWildcard(authority)) return host;
  return any_;
}

const VirtualHost* HostIndex::FindWildcard(std::string_view authority) const {
  if (suffixes_.empty() && prefixes_.empty()) return nullptr;
  uint32_t longest = RadixTrie::kNoRank;
  auto visit = [&](size_t depth, std::span<const RadixTrie::Item> items) {
    if (depth < authority.size()) longest = items.front().value;
    return RadixTrie::kNoRank;  // go on: the longest wildcard wins, not the lowest rank
  };
  if (!suffixes_.empty()) {
    char reversed[kMaxDomainBytes];
    const size_t size = std::min(authority.size(), longest_suffix_);
    std::reverse_copy(authority.end() - static_cast<ptrdiff_t>(size), authority.end(), reversed);
    suffixes_.Walk({reversed, size}, visit);
    if (longest != RadixTrie::kNoRank) return hosts_[longest];
  }
  prefixes_.Walk(authority, visit);
  return longest == RadixTrie::kNoRank ? nullptr : hosts_[longest];
}

}  // namespace sluice::route
