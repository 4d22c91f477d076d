// An ADS server for one proxy: holds resources, sends them as they are subscribed to (delta), and
// measures until the answer. It can end revisions with commits or be a standard server.
//
// Threads: gRPC's own threads read, and answer subscriptions; the scenario's thread changes
// resources and waits for answers. The newest stream counts.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "envoy/service/discovery/v3/ads.grpc.pb.h"
#include "sluice/xds/v1/commit.pb.h"

namespace sluice::configbench {

inline constexpr char kClusters[] = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
inline constexpr char kEndpoints[] =
    "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
inline constexpr char kListeners[] = "type.googleapis.com/envoy.config.listener.v3.Listener";
inline constexpr char kRoutes[] = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
inline constexpr char kCommits[] = "type.googleapis.com/sluice.xds.v1.Commit";

class AdsServer final
    : private envoy::service::discovery::v3::AggregatedDiscoveryService::Service {
 public:
  enum class Kind { kCommitting, kStandard };
  using Commit = sluice::xds::v1::Commit;
  using Time = std::chrono::steady_clock::time_point;

  // On 127.0.0.1, any free port.
  explicit AdsServer(Kind kind);
  ~AdsServer() override;

  Kind kind() const { return kind_; }
  int port() const { return port_; }
  // Puts a resource into what is held, with a new version. Sent when subscribed to, or by Send.
  void Hold(const std::string& type_url, const std::string& name,
            const google::protobuf::Message& resource);
  // Sends what is held under that name; the nonce that the answer will have.
  std::string Send(const std::string& type_url, const std::string& name);
  // Ends a revision with all that is held.
  std::string SendCommit(uint64_t revision, Commit::Phase phase);
  // Waits for the answer, which must be an ACK: dies otherwise. When it was read.
  Time AwaitAck(const std::string& nonce);
  // Waits until something of that type was subscribed to.
  void AwaitSubscription(const std::string& type_url);

 private:
  using Request = envoy::service::discovery::v3::DeltaDiscoveryRequest;
  using Response = envoy::service::discovery::v3::DeltaDiscoveryResponse;
  using Stream = grpc::ServerReaderWriter<Response, Request>;
  struct Held {
    std::string version;
    std::string bytes;
  };
  struct Answer {
    Time at;
    std::string refusal;  // "": an ACK
  };

  grpc::Status DeltaAggregatedResources(grpc::ServerContext* context, Stream* stream) override;
  void Take(const Request& request);
  Response NewResponse(const std::string& type_url);
  void Add(const std::string& name, Response& response) const;
  void AddTypeState(const std::string& type_url, Commit& commit) const;
  // One writer at a time; what was sent to no stream is lost, as on a real one.
  std::string Write(const Response& response);

  const Kind kind_;
  int port_ = 0;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::map<std::string, std::map<std::string, Held>> held_;  // by type URL and name
  std::map<std::string, Answer> answers_;                    // by nonce
  std::set<std::string> subscribed_;                         // type URLs
  uint64_t versions_ = 0;
  uint64_t nonces_ = 0;
  Stream* stream_ = nullptr;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace sluice::configbench
