// A gRPC server with one AdsService on a strand of its own, and raw streams to it.
#pragma once

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "controlplane/xds/ads_service.h"
#include "test/controlplane/xds/xds_fixture.h"

namespace sluice::xds {

using envoy::service::discovery::v3::AggregatedDiscoveryService;
using envoy::service::discovery::v3::DeltaDiscoveryRequest;
using envoy::service::discovery::v3::DeltaDiscoveryResponse;
using envoy::service::discovery::v3::DiscoveryRequest;
using envoy::service::discovery::v3::DiscoveryResponse;

// Real time: gRPC has threads of its own.
class AdsServer final {
 public:
  AdsServer() {
    strand_.Start();
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&service.grpc_service());
    server_ = builder.BuildAndStart();
    channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(port_), grpc::InsecureChannelCredentials());
    stub = AggregatedDiscoveryService::NewStub(channel);
  }
  ~AdsServer() {
    OnStrand([this] { service.CloseAll(); });
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
    server_.reset();
    strand_.Stop();
  }

  void OnStrand(const std::function<void()>& task) {
    std::promise<void> done;
    strand_.Post([&] {
      task();
      done.set_value();
    });
    done.get_future().get();
  }
  // Until the driver has noted `event`; the test's time limit bounds this.
  void UntilEvent(const std::string& event) {
    for (bool seen = false; !seen; std::this_thread::yield()) {
      OnStrand(
          [&] { seen = std::find(driver.events.begin(), driver.events.end(), event) != driver.events.end(); });
    }
  }

  base::SystemClock clock;
  RecordingDriver driver;
  snapshot::Assignments assignments{1};

 private:
  strand::Strand strand_{clock};

 public:
  AdsService service{
      {.strand = strand_, .driver = driver, .assignments = assignments, .identifier = "control"}};
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<AggregatedDiscoveryService::Stub> stub;

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A stream of one of the two protocols, as a client has it.
template <typename Request, typename Response>
class ClientStream final {
 public:
  explicit ClientStream(AdsServer& server) {
    if constexpr (std::is_same_v<Request, DeltaDiscoveryRequest>) {
      stream_ = server.stub->DeltaAggregatedResources(&context_);
    } else {
      stream_ = server.stub->StreamAggregatedResources(&context_);
    }
  }
  ~ClientStream() {
    context_.TryCancel();
    if (!finished_) stream_->Finish();
  }

  bool Write(const Request& request) { return stream_->Write(request); }
  // The next response; empty at the end of the stream.
  std::optional<Response> Read() {
    Response response;
    if (!stream_->Read(&response)) return std::nullopt;
    return response;
  }
  // Reads to the end.
  grpc::Status End() {
    while (Read()) {
    }
    finished_ = true;
    return stream_->Finish();
  }
  void Cancel() { context_.TryCancel(); }
  void SayNoMore() { stream_->WritesDone(); }

  // Without node and type.
  static Request Bare() { return Request(); }
  static Request First(const std::string& type_url, const std::string& node = "n1") {
    Request request;
    request.mutable_node()->set_id(node);
    request.set_type_url(type_url);
    return request;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriterInterface<Request, Response>> stream_;
  bool finished_ = false;
};
using DeltaStream = ClientStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse>;
using SotwStream = ClientStream<DiscoveryRequest, DiscoveryResponse>;

inline std::string Url(snapshot::Type type) { return std::string(snapshot::TypeUrl(type)); }

// "grpc::StatusCode text" of the end of a stream.
inline std::string Text(const grpc::Status& status) {
  return std::to_string(status.error_code()) + " " + status.error_message();
}

}  // namespace sluice::xds
