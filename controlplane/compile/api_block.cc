#include "controlplane/compile/api_block.h"

#include <fmt/format.h>

#include <algorithm>

#include "controlplane/compile/origin.h"
#include "controlplane/compile/route_action.h"
#include "controlplane/compile/route_match.h"
#include "controlplane/compile/sections.h"
#include "controlplane/model/content.h"

namespace sluice::compile {
namespace {

namespace v3 = envoy::config::route::v3;
using model::ObjectPtr;
using sluice::v1::Object;

void AppendVarint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

void AppendRoute(std::string& out, const v3::Route& route) {
  AppendField(out, v3::VirtualHost::kRoutesFieldNumber, model::DeterministicBytes(route));
}

bool Serves(const sluice::v1::Route& route, const Section& section) {
  return !section.retired &&
         (route.versions().empty() ||
          std::find(route.versions().begin(), route.versions().end(), section.version) !=
              route.versions().end());
}

// A reply of the Api itself to all that comes this far in `section`.
v3::Route Reply(const Object& api, const std::string& field, const Section& section,
                uint32_t status, const std::string& body) {
  v3::Route route;
  route.set_name(api.name());
  SetOrigin({model::KeyOf(api), field}, *route.mutable_metadata());
  *route.mutable_match() = MatchBelow(section.Prefix(), section);
  SetReply(status, body, route);
  return route;
}

void AppendUnknownVersion(std::string& out, const Object& api, const Section& section) {
  if (section.unknown_header.empty()) return;
  v3::Route route = Reply(api, "spec.version_by", section, 404, "unknown version\n");
  v3::HeaderMatcher& header = *route.mutable_match()->add_headers();
  header.set_name(section.unknown_header);
  header.set_present_match(true);
  AppendRoute(out, route);
}

// What a section ends with.
void AppendEnd(std::string& out, const Object& api, const Section& section) {
  const std::string field = fmt::format("spec.versions[{}]", section.version_index);
  if (section.retired) {
    std::string body = fmt::format("version {} is retired", section.version);
    if (!section.successor.empty()) body += fmt::format("; its successor is {}", section.successor);
    AppendRoute(out, Reply(api, field, section, 410, body + "\n"));
  } else if (section.closed) {
    AppendRoute(out, Reply(api, field, section, 404, "no route matches\n"));
  }
}

// Of the same names in both.
bool SameHashing(const HashServices& a, const HashServices& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && SameHash(x.second, y.second);
  });
}

}  // namespace

void AppendField(std::string& out, int number, std::string_view bytes) {
  AppendVarint(out, static_cast<uint64_t>(number) << 3 | 2);
  AppendVarint(out, bytes.size());
  out.append(bytes);
}

ApiBlock::CompiledPtr ApiBlock::CompileOne(const Object& object,
                                           const std::vector<Section>& sections,
                                           const HashServices& hashing) {
  const ObjectPtr hash_service = HashServiceOf(object.route(), hashing);
  auto compiled = std::make_shared<Compiled>();
  compiled->rank = model::RankOf(object.route(), object.name());
  for (const Section& section : sections) {
    std::string& bytes = compiled->bytes.emplace_back();
    if (!Serves(object.route(), section)) continue;
    v3::Route route;
    route.set_name(object.name());
    SetOrigin({model::KeyOf(object), "spec"}, *route.mutable_metadata());
    SetAction(object.route(), section, route);
    if (hash_service != nullptr) SetHashPolicy(hash_service->service(), *route.mutable_route());
    for (v3::RouteMatch& match : CompileMatch(object.route().match(), section)) {
      route.mutable_match()->Swap(&match);
      AppendRoute(bytes, route);
    }
  }
  return compiled;
}

ApiBlock::CompiledPtr ApiBlock::Reusable(const Object& object, const ApiBlock& previous) const {
  const auto known = previous.compiled_.find(&object);
  if (known == previous.compiled_.end()) return nullptr;
  const bool same = SameHash(HashServiceOf(object.route(), previous.hashing_),
                             HashServiceOf(object.route(), hashing_));
  return same ? known->second : nullptr;
}

void ApiBlock::Assemble(const std::vector<Section>& sections) {
  std::vector<const Compiled*> ordered;
  ordered.reserve(compiled_.size());
  size_t size = 4096;
  for (const auto& [object, compiled] : compiled_) {
    ordered.push_back(compiled.get());
    for (const std::string& bytes : compiled->bytes) size += bytes.size();
  }
  std::sort(ordered.begin(), ordered.end(),
            [](const Compiled* a, const Compiled* b) { return a->rank < b->rank; });
  bytes_.reserve(size);
  for (size_t i = 0; i < sections.size(); ++i) {
    AppendUnknownVersion(bytes_, *api_, sections[i]);
    for (const Compiled* route : ordered) bytes_.append(route->bytes[i]);
    AppendEnd(bytes_, *api_, sections[i]);
  }
  // The Api's own 404: nothing behind it is looked for, and its policies have a place to stand.
  Section all;
  all.base = sections[0].base;
  AppendRoute(bytes_, Reply(*api_, "spec.base_path", all, 404, "no route matches\n"));
}

void ApiBlock::CollectServices() {
  for (const ObjectPtr& route : routes_) {
    const sluice::v1::Route& spec = route->route();
    if (spec.has_forward()) services_.push_back(spec.forward().service());
    for (const auto& share : spec.split().services()) services_.push_back(share.service());
  }
  std::sort(services_.begin(), services_.end());
  services_.erase(std::unique(services_.begin(), services_.end()), services_.end());
}

std::shared_ptr<const ApiBlock> ApiBlock::Make(const model::Config& config, const ObjectPtr& api,
                                               const std::shared_ptr<const ApiBlock>& previous) {
  const bool same_api = previous != nullptr && previous->api_ == api;
  auto block = std::make_shared<ApiBlock>();
  block->routes_ = config.ReferrersOf(model::KeyOf(*api));
  const bool same_routes = same_api && previous->routes_ == block->routes_;
  if (same_routes) {
    block->services_ = previous->services_;
  } else {
    block->CollectServices();
  }
  block->hashing_ = HashServicesOf(config, block->services_);
  if (same_routes && SameHashing(previous->hashing_, block->hashing_)) return previous;
  block->api_ = api;
  const std::vector<Section> sections = SectionsOf(api->api());
  block->compiled_.reserve(block->routes_.size());
  for (const ObjectPtr& route : block->routes_) {
    CompiledPtr compiled = same_api ? block->Reusable(*route, *previous) : nullptr;
    if (compiled == nullptr) compiled = CompileOne(*route, sections, block->hashing_);
    block->compiled_.emplace(route.get(), std::move(compiled));
  }
  block->Assemble(sections);
  return block;
}

}  // namespace sluice::compile
