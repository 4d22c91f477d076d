// Finds the virtual host of an authority (xDS: VirtualHost.domains), in Envoy's order: exact name,
// longest "*suffix", longest "prefix*", "*". A wildcard stands for at least one byte.
//
// Immutable, shared by all workers; no allocation. O(|authority|).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/route/radix_trie.h"
#include "dataplane/route/virtual_host.h"

namespace sluice::route {

// Longest domain that is accepted: a DNS name is at most 253 bytes, a port takes six.
inline constexpr size_t kMaxDomainBytes = 512;

class HostIndex final {
 public:
  // The hosts outlive the index. A domain longer than kMaxDomainBytes or taken before is left out.
  explicit HostIndex(std::span<const std::shared_ptr<const VirtualHost>> hosts);

  // `authority` is normalised for `scheme`: lower case, no trailing dot, no default port. So a
  // domain "name:80" is found by "name" on http, unless "name" itself is a domain; likewise 443 on
  // https.
  const VirtualHost* Find(std::string_view authority, std::string_view scheme) const;

 private:
  using ByName = absl::flat_hash_map<std::string, const VirtualHost*>;
  void Add(const VirtualHost& host, std::string_view domain, uint32_t index,
           std::vector<RadixTrie::Key>& suffixes, std::vector<RadixTrie::Key>& prefixes);
  const VirtualHost* FindWildcard(std::string_view authority) const;

  std::vector<const VirtualHost*> hosts_;
  ByName exact_;
  ByName exact_http_;   // domains that end in ":80", without it
  ByName exact_https_;  // domains that end in ":443", without it
  RadixTrie suffixes_;  // reversed
  RadixTrie prefixes_;
  size_t longest_suffix_ = 0;
  const VirtualHost* any_ = nullptr;
};

}  // namespace sluice::route
