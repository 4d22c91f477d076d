#include "test/dataplane/upstream/world.h"

namespace sluice::upstream {

void Client::Forget() {
  response.Clear();
  informational.Clear();
  trailers.Clear();
  body.clear();
  body_bytes = 0;
  failure = CallFailure();
  sendable = 0;
  ended_ = failed_ = false;
}

std::string Client::Result() const {
  if (failed_) return "!" + std::to_string(static_cast<int>(failure.error));
  if (response.status == 0) return "";
  return std::to_string(response.status) + " " + body + (ended_ ? "." : "");
}

http::Head& Client::NewResponseHead(http::StreamEvents::HeadKind kind) {
  switch (kind) {
    case http::StreamEvents::HeadKind::kMain: return response;
    case http::StreamEvents::HeadKind::kInformational: informational.Clear(); return informational;
    case http::StreamEvents::HeadKind::kTrailers: return trailers;
  }
  return response;
}

void Client::OnResponseHead(http::EndStream) {
  if (on_head) on_head();
}

void Client::OnResponseBody(buffer::Buffer& data) {
  body_bytes += data.size();
  while (!data.empty()) {
    const buffer::Slice slice = data.PopFront();
    if (keep_body) body += slice.view();
  }
}

void Client::OnResponseEnd() {
  ended_ = true;
  if (on_end) on_end();
}

void Client::OnFailed(const CallFailure& f) {
  failure = f;
  failed_ = true;
  if (on_failed) on_failed();
}

WorkerCluster& World::Serve(ClusterSpec spec, std::vector<net::Address> addresses) {
  auto shared = std::make_shared<const ClusterSpec>(std::move(spec));
  cluster = registry.Prepare(shared);
  registry.Publish(*cluster, shared);
  registry.SetEndpoints(*cluster, SetOf(addresses));
  return *worker.upstream.Find(cluster->id());
}

EndpointSet World::SetOf(const std::vector<net::Address>& addresses) {
  EndpointSet set;
  for (const net::Address& address : addresses) {
    EndpointSpec one;
    one.address = address;
    set.endpoints.push_back(one);
  }
  return set;
}

void World::Advance(base::Duration by) {
  clock.Advance(by);
  Run();
}

}  // namespace sluice::upstream
