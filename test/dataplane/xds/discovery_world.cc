#include "test/dataplane/xds/discovery_world.h"

#include <gtest/gtest.h>

namespace sluice::xds {
namespace {

std::string WordFor(const std::string& url) {
  if (url == TypeUrl(kCds)) return "CDS";
  if (url == TypeUrl(kEds)) return "EDS";
  if (url == TypeUrl(kLds)) return "LDS";
  if (url == TypeUrl(kRds)) return "RDS";
  return url == kCommitUrl ? "Commit" : url;
}

}  // namespace

void DiscoveryWorld::Make() {
  discovery = std::make_unique<Discovery>(loop, consumer, record, *this, options);
}

void DiscoveryWorld::Start() {
  Make();
  discovery->Start();
  discovery->OnStreamStart();
}

void DiscoveryWorld::Reconnect() {
  discovery->OnStreamLost();
  discovery->OnStreamStart();
}

void DiscoveryWorld::Take(Response response) {
  ASSERT_TRUE(discovery->has_room());
  discovery->OnResponse(std::move(response));
}

void DiscoveryWorld::Wait(base::Duration by) {
  clock.Advance(by + event::TimerWheel::kTick);
  loop.RunUntilIdle();
}

void DiscoveryWorld::Send(std::string message) {
  ++sent;
  if (options.variant == Variant::kSotw) {
    const auto request = Parse<SotwRequest>(message);
    requests_.push_back(WordFor(request.type_url()) + " " + Short(request));
    if (request.has_error_detail()) last_error = request.error_detail();
    last_node = request.node();
  } else {
    const auto request = Parse<DeltaRequest>(message);
    const std::string text = Short(request);
    requests_.push_back(WordFor(request.type_url()) + (text.empty() ? "" : " ") + text);
    if (request.has_error_detail()) last_error = request.error_detail();
    last_node = request.node();
  }
}

std::string DiscoveryWorld::Requests() {
  std::string text;
  for (const std::string& request : requests_) text += (text.empty() ? "" : "\n") + request;
  requests_.clear();
  return text;
}

DeltaMessage DiscoveryWorld::CommitMessage(uint64_t revision,
                                           ::sluice::xds::v1::Commit::Phase phase,
                                           const config::ResourceSet& resources,
                                           const std::string& nonce) {
  ::sluice::xds::v1::Commit commit;
  commit.set_revision(revision);
  commit.set_group("web");
  commit.set_phase(phase);
  for (const DiscoveryType type : {kCds, kLds, kRds}) {
    DigestSum sum;
    auto* state = commit.add_types();
    state->set_type_url(std::string(TypeUrl(type)));
    for (const auto& [name, resource] : resources.of(ResourceTypeOf(type))) {
      sum.Add(name, resource->version);
    }
    state->set_count(resources.of(ResourceTypeOf(type)).size());
    state->set_digest(std::string(sum.value().begin(), sum.value().end()));
  }
  DeltaMessage message = Delta(DiscoveryType::kCommit, nonce);
  auto* resource = message.add_resources();
  resource->set_name("commit");
  resource->set_version(std::to_string(revision) + "/" + std::to_string(phase));
  resource->mutable_resource()->PackFrom(commit);
  message.mutable_control_plane()->set_identifier("cp;commit=1");
  return message;
}

::sluice::xds::v1::CommitReport DiscoveryWorld::LastReport() const {
  ::sluice::xds::v1::CommitReport report;
  if (last_error.details_size() > 0) last_error.details(0).UnpackTo(&report);
  return report;
}

}  // namespace sluice::xds
