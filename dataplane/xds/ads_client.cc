#include "dataplane/xds/ads_client.h"

#include <fmt/format.h>

#include <utility>

#include "dataplane/base/log.h"

namespace sluice::xds {
namespace {

constexpr std::string_view kSotwPath =
    "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
constexpr std::string_view kDeltaPath =
    "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";

// Parsed and hashed in about 5 ms. Endpoints up to here do not queue behind a compile on the build
// thread; of other types only what costs next to nothing.
constexpr size_t kEndpointsDecodedHere = 512 * 1024;
constexpr size_t kDecodedHere = 32 * 1024;

bool DecodesHere(std::string_view message) {
  if (message.size() <= kDecodedHere) return true;
  return message.size() <= kEndpointsDecodedHere &&
         PeekTypeUrl(message) == TypeUrl(DiscoveryType::kEndpoint);
}

DiscoveryOptions WithOurName(DiscoveryOptions options, bool stages) {
  options.node.set_user_agent_name("sluice-proxy");
  options.node.add_client_features("xds.config.resource-in-sotw");
  if (stages && options.variant == Variant::kDelta) options.node.add_client_features("sluice.commit.v1");
  return options;
}

}  // namespace

AdsClient::AdsClient(upstream::WorkerUpstream& upstream, Consumer& consumer, AdsOptions options,
                     base::Random random)
    : upstream_(upstream),
      options_(std::move(options)),
      authority_(options_.authority.empty() ? options_.cluster : options_.authority),
      random_(random),
      retry_timer_(upstream.loop().timers(), *this),
      stream_(upstream.loop(), upstream.blocks(), *this, options_.max_message, options_.keepalive),
      discovery_(upstream.loop(), consumer, record_, *this, WithOurName(options_.discovery, options_.stages)) {}

AdsClient::~AdsClient() = default;

void AdsClient::Start() {
  discovery_.Start();
  Open();
}

void AdsClient::Open() {
  record_.stats.streams.Add();
  cluster_ = upstream_.registry().FindByName(options_.cluster);
  upstream::WorkerCluster* const cluster =
      cluster_ == nullptr ? nullptr : upstream_.Find(cluster_->id());
  if (cluster == nullptr) return Lose(fmt::format("no cluster '{}'", options_.cluster));
  ++streams_;
  decoding_ = false;
  const bool delta = options_.discovery.variant == Variant::kDelta;
  stream_.Start(*cluster, delta ? kDeltaPath : kSotwPath, authority_);
  discovery_.OnStreamStart();
}

void AdsClient::Lose(const std::string& why) {
  stream_.Close();
  discovery_.OnStreamLost();
  cluster_.reset();
  record_.stats.requests_pending.Add(-record_.stats.requests_pending.value());
  record_.Change([&](Status& status) { status.last_error = why; });
  const base::Duration wait = backoff_.NextWithJitter(random_);
  base::LogWarn("no control plane: {}; next attempt in {} ms", why,
                wait / std::chrono::milliseconds(1));
  retry_timer_.ArmAt(upstream_.loop().now() + wait);
}

void AdsClient::OnTimer(event::Timer&) { Open(); }

void AdsClient::OnStreamEnd(const grpc::Status& status) {
  if (status.code == grpc::StatusCode::kResourceExhausted) record_.stats.broken_messages.Add();
  Lose(fmt::format("{}: {}", grpc::StatusCodeName(status.code), status.message));
}

void AdsClient::Send(std::string message) {
  stream_.Send(message);
  stats::Gauge& pending = record_.stats.requests_pending;
  pending.Add(static_cast<int64_t>(stream_.queued_bytes()) - pending.value());
}

void AdsClient::OnRoom() {
  if (!decoding_) stream_.Next();
}

void AdsClient::OnMessage(std::string message) {
  const Variant variant = options_.discovery.variant;
  decoding_ = true;
  if (DecodesHere(message)) return OnDecoded(DecodeResponse(variant, message));
  // The token is only locked on this thread, so the client cannot die in between.
  auto deliver = [self = std::weak_ptr(self_), stream = streams_,
                  loop = &upstream_.loop()](absl::StatusOr<Response> response) {
    auto shared = std::make_shared<absl::StatusOr<Response>>(std::move(response));
    loop->mailbox().Post([self, stream, shared] {
      const auto client = self.lock();
      if (client == nullptr || (*client)->streams_ != stream) return;
      if ((*client)->stream_.open()) (*client)->OnDecoded(std::move(*shared));
    });
  };
  options_.post_build([variant, deliver = std::move(deliver),
                       bytes = std::make_shared<const std::string>(std::move(message))] {
    deliver(DecodeResponse(variant, *bytes));
  });
}

void AdsClient::OnDecoded(absl::StatusOr<Response> response) {
  decoding_ = false;
  if (!response.ok()) {
    record_.stats.broken_messages.Add();
    const auto text = response.status().message();
    return Lose(fmt::format("a message {}", std::string_view(text.data(), text.size())));
  }
  backoff_.Reset();  // R69
  discovery_.OnResponse(std::move(*response));
  if (discovery_.has_room()) stream_.Next();
}

}  // namespace sluice::xds
