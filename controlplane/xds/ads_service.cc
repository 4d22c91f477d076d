#include "controlplane/xds/ads_service.h"

namespace sluice::xds {

namespace {
using envoy::service::discovery::v3::AggregatedDiscoveryService;
using DeltaMethods = AggregatedDiscoveryService::WithRawCallbackMethod_DeltaAggregatedResources<
    AggregatedDiscoveryService::WithRawCallbackMethod_StreamAggregatedResources<
        AggregatedDiscoveryService::Service>>;
}  // namespace

class AdsService::Methods final : public DeltaMethods {
 public:
  explicit Methods(StreamOwner& owner) : owner_(owner) {}

 private:
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* DeltaAggregatedResources(
      grpc::CallbackServerContext*) override {
    return AdsStream<DeltaProtocol>::Open(owner_);
  }
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StreamAggregatedResources(
      grpc::CallbackServerContext*) override {
    return AdsStream<SotwProtocol>::Open(owner_);
  }

  StreamOwner& owner_;
};

AdsService::AdsService(Options options)
    : options_(std::move(options)), methods_(new Methods(*this)) {}

AdsService::~AdsService() = default;

grpc::Service& AdsService::grpc_service() { return *methods_; }

void AdsService::OnAssignments() {
  for (StreamEntry* stream : streams_) stream->OnAssignments();
}

void AdsService::CloseAll() {
  closing_ = true;
  for (StreamEntry* stream : streams_) stream->Close({grpc::StatusCode::UNAVAILABLE, "shutting down"});
}

void AdsService::OnOpen(StreamEntry& entry) {
  streams_.insert(&entry);
  if (closing_) return entry.Close({grpc::StatusCode::UNAVAILABLE, "shutting down"});
  if (streams_.size() > kMaxStreams) {
    entry.Close({grpc::StatusCode::RESOURCE_EXHAUSTED, "too many streams on this control plane"});
  }
}

void AdsService::OnClosed(StreamEntry& entry) { streams_.erase(&entry); }

SessionContext AdsService::ContextFor(fleet::Node node) {
  return {.node = std::move(node), .driver = options_.driver, .assignments = options_.assignments,
          .strand = options_.strand, .identifier = options_.identifier, .write = {}};
}

}  // namespace sluice::xds
