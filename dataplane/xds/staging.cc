#include "dataplane/xds/staging.h"

#include <fmt/format.h>

#include <set>

namespace sluice::xds {
namespace {

using config::ResourceType;
using ::sluice::xds::v1::Commit;
using ::sluice::xds::v1::Problem;
using ::sluice::xds::v1::TypeState;

constexpr std::array<ResourceType, 3> kRevisioned = {ResourceType::kCluster,
                                                     ResourceType::kListener, ResourceType::kRoute};

crypto::Digest Term(std::string_view name, std::string_view version) {
  return crypto::Sha256().Add(name).Add(std::string_view("\0", 1)).Add(version).Finish();
}

std::string_view Bytes(const crypto::Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Problem Mismatch(std::string_view type_url, std::string text) {
  Problem problem;
  problem.set_kind(Problem::MISMATCH);
  problem.set_type_url(std::string(type_url));
  problem.set_text(std::move(text));
  return problem;
}

}  // namespace

void DigestSum::Add(std::string_view name, std::string_view version) {
  const crypto::Digest term = Term(name, version);
  unsigned carry = 0;
  for (size_t i = value_.size(); i-- > 0;) {
    const unsigned sum = value_[i] + term[i] + carry;
    value_[i] = static_cast<uint8_t>(sum);
    carry = sum >> 8;
  }
}

void DigestSum::Subtract(std::string_view name, std::string_view version) {
  const crypto::Digest term = Term(name, version);
  unsigned borrow = 0;
  for (size_t i = value_.size(); i-- > 0;) {
    const unsigned difference = 256u + value_[i] - term[i] - borrow;
    value_[i] = static_cast<uint8_t>(difference);
    borrow = difference < 256 ? 1 : 0;
  }
}

void Staging::Reset(const config::ResourceSet& serving) {
  resources_ = serving;
  types_ = {};
  for (const ResourceType type : kRevisioned) {
    for (const auto& [name, resource] : resources_.of(type)) {
      of(type).sum.Add(name, resource->version);
    }
  }
}

void Staging::Put(ResourceType type, const config::ResourceRef& resource) {
  Remove(type, resource->name);
  resources_.of(type)[resource->name] = resource;
  of(type).sum.Add(resource->name, resource->version);
}

void Staging::Remove(ResourceType type, std::string_view name) {
  auto& undecodable = of(type).undecodable;
  if (const auto it = undecodable.find(name); it != undecodable.end()) undecodable.erase(it);
  config::ResourceMap& map = resources_.of(type);
  const auto it = map.find(name);
  if (it == map.end()) return;
  of(type).sum.Subtract(name, it->second->version);
  map.erase(it);
}

void Staging::Clear(ResourceType type) {
  resources_.of(type).clear();
  of(type) = {};
}

void Staging::NoteProblem(ResourceType type, const Problem& problem) {
  of(type).undecodable[problem.resource()] = problem;
}

Problems Staging::Compare(const Commit& commit) const {
  Problems problems;
  std::set<std::string> listed;
  for (const TypeState& state : commit.types()) {
    if (!listed.insert(state.type_url()).second) {
      problems.push_back(Mismatch(state.type_url(), "is listed twice"));
      continue;
    }
    CompareType(state, problems);
  }
  for (const ResourceType type : kRevisioned) {
    const std::string url(config::TypeUrl(type));
    if (!listed.contains(url)) problems.push_back(Mismatch(url, "is not listed"));
  }
  return problems;
}

void Staging::CompareType(const TypeState& state, Problems& problems) const {
  const std::optional<DiscoveryType> known = FindType(state.type_url());
  if (!known.has_value() || !IsRevisioned(*known)) {
    problems.push_back(Mismatch(state.type_url(), "is no type of a revision here"));
    return;
  }
  const ResourceType type = ResourceTypeOf(*known);
  for (const auto& [name, problem] : of(type).undecodable) problems.push_back(problem);
  if (!of(type).undecodable.empty()) return;
  const size_t count = resources_.of(type).size();
  if (count != state.count()) {
    problems.push_back(Mismatch(
        state.type_url(), fmt::format("{} resources instead of {}", count, state.count())));
  } else if (Bytes(of(type).sum.value()) != state.digest()) {
    problems.push_back(Mismatch(state.type_url(), "the digest is another one"));
  }
}

crypto::Digest Staging::digest() const {
  crypto::Sha256 hash;
  for (const ResourceType type : kRevisioned) {
    hash.Add(config::TypeUrl(type)).Add(Bytes(of(type).sum.value()));
  }
  return hash.Finish();
}

}  // namespace sluice::xds
