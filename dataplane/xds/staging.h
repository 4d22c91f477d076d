// What a committing server has sent since the last revision that is served: the set that the next
// Commit names by count and digest (wire.md section 1).
//
// It begins as the serving set and follows the deltas of its stream; losing the stream drops it.
// Digests are kept up as resources come and go, so a Commit costs what changed. Resources that
// could not be decoded are remembered until they are replaced, because their names explain a digest
// that does not match. Thread: config.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/config/resource.h"
#include "dataplane/crypto/digest.h"
#include "dataplane/xds/discovery_type.h"
#include "dataplane/xds/problem_text.h"

namespace sluice::xds {

// A sum of SHA-256 values modulo 2^256, big-endian.
class DigestSum final {
 public:
  // The term of one resource: SHA-256(name, one zero byte, version).
  void Add(std::string_view name, std::string_view version);
  void Subtract(std::string_view name, std::string_view version);
  const crypto::Digest& value() const { return value_; }

 private:
  crypto::Digest value_{};
};

class Staging final {
 public:
  // Everything before is forgotten; versions are those the server gave.
  void Reset(const config::ResourceSet& serving);
  // `type` is revisioned, here and below.
  void Put(config::ResourceType type, const config::ResourceRef& resource);
  void Remove(config::ResourceType type, std::string_view name);
  // The set without that type, as it is before the type is sent again.
  void Clear(config::ResourceType type);
  // What could not be decoded: the Commit that counts on it is wrong, not the count.
  void NoteProblem(config::ResourceType type, const ::sluice::xds::v1::Problem& problem);

  const config::ResourceSet& resources() const { return resources_; }
  // Compares with what the Commit names. Empty: equal. MISMATCH problems name the type by type_url;
  // a type that holds something undecodable gives that instead.
  Problems Compare(const ::sluice::xds::v1::Commit& commit) const;
  // Revision.digest: SHA-256 of type URLs and digests, in the order of DiscoveryType.
  crypto::Digest digest() const;

 private:
  struct Type {
    DigestSum sum;
    std::map<std::string, ::sluice::xds::v1::Problem, std::less<>> undecodable;
  };
  Type& of(config::ResourceType type) { return types_[static_cast<size_t>(type)]; }
  const Type& of(config::ResourceType type) const { return types_[static_cast<size_t>(type)]; }
  void CompareType(const ::sluice::xds::v1::TypeState& state, Problems& problems) const;

  config::ResourceSet resources_;
  std::array<Type, config::kResourceTypes.size()> types_;
};

}  // namespace sluice::xds
