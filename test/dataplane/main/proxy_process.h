// The real binary as a child, and a control plane for it in the test's process. Each wait is
// bounded.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "dataplane/config/resource.h"
#include "dataplane/net/address.h"
#include "dataplane/net/socket.h"
#include "envoy/service/discovery/v3/discovery.pb.h"
#include "sluice/xds/v1/commit.pb.h"
#include "test/support/grpc_ads_server.h"

namespace sluice::main {

class ProxyProcess final {
 public:
  explicit ProxyProcess(const std::vector<std::string>& flags);
  ~ProxyProcess();

  // Reads stdout until {"ready":true}; false if the process ends or nothing comes.
  bool WaitReady();
  // The address that was announced last for that listener; not an IP if none was.
  net::Address AddressOf(const std::string& listener) const;
  // A page of the admin, the head left out.
  std::string Admin(const std::string& path) const;
  // SIGTERM, then the end: the exit code, or minus the signal.
  int Stop();
  int WaitEnd();

 private:
  bool ReadLine();

  pid_t pid_ = -1;
  net::Fd stdout_;
  std::string text_;                // not read as lines yet
  std::vector<std::string> lines_;  // all of them
};

// A committing server that sends whole revisions.
class CommittingServer final {
 public:
  using Report = ::sluice::xds::v1::CommitReport;
  using Commit = ::sluice::xds::v1::Commit;
  // The next Prepare is for the stream of a process that has just been started.
  void AwaitStream() { begins_ = true; }
  // The answer to PREPARE of `set`, on the newest stream; nullopt if none comes.
  std::optional<Report> Prepare(uint64_t revision, const config::ResourceSet& set);
  std::optional<Report> Serve();
  // PREPARE without waiting for the answer; its nonce, nullopt if no stream comes.
  std::optional<std::string> SendPrepare(uint64_t revision, const config::ResourceSet& set);
  // SERVE without waiting for the answer.
  void SendServe() { SendCommit(Commit::SERVE); }
  // A bootstrap that names this server and an admin, and `more`.
  std::string Bootstrap(const std::string& more = "") const;

 private:
  using Request = envoy::service::discovery::v3::DeltaDiscoveryRequest;
  // Takes requests until one is of `type_url` and answers `nonce`; an empty one subscribes.
  std::optional<Request> Await(std::string_view type_url, const std::string& nonce = "");
  void SendType(config::ResourceType type, const config::ResourceMap& resources);
  // Sends it; the nonce that its answer will have.
  std::string SendCommit(Commit::Phase phase);
  std::optional<Report> AwaitReport(const std::string& nonce);

  test::GrpcAdsServer server_;
  bool begins_ = true;  // the stream: only its first request names the node
  int nonce_ = 0;
  Commit commit_;
};

}  // namespace sluice::main
