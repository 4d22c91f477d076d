// The connection to sluice-control, and what a failed call means to the user.
//
// Plaintext for now: who may call what comes with its own flags. Proxies for the web that the
// environment names are not asked. Nothing is tried again: a command is one attempt, and whoever
// runs it sees how it ended.
//
// Thread: that of the command.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "sluice/v1/config_service.grpc.pb.h"
#include "sluice/v1/insight_service.grpc.pb.h"
#include "sluice/v1/registry_service.grpc.pb.h"
#include "sluice/v1/revision_service.grpc.pb.h"
#include "tools/sluicectl/console.h"

namespace sluice::ctl {

// What the server wants to be told to the author, out of grpc-status-details-bin; empty if there is
// nothing, or nothing that can be read.
std::vector<sluice::v1::Problem> ProblemsOf(const grpc::Status& status);

class Client final {
 public:
  // `server` is host:port. All calls together end after `timeout` from now; infinite is allowed.
  // Connects with the first call, not here.
  Client(std::string server, absl::Duration timeout);

  // A context with what is left of the time, at most `most`.
  std::unique_ptr<grpc::ClientContext> Context(
      absl::Duration most = absl::InfiniteDuration()) const;

  // The services; each call needs a Context() of its own.
  sluice::v1::Config::Stub& config() { return *config_; }
  sluice::v1::Revisions::Stub& revisions() { return *revisions_; }
  sluice::v1::Insight::Stub& insight() { return *insight_; }
  sluice::v1::Registry::Stub& registry() { return *registry_; }

  // The exit code for a failed call; `text` says what happened, without the problems. A server that
  // could not be reached is told from one that answered UNAVAILABLE by the state of the connection.
  ExitCode Explain(const grpc::Status& status, std::string& text) const;

 private:
  const std::string server_;
  const absl::Duration timeout_;
  const absl::Time deadline_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<sluice::v1::Config::Stub> config_;
  const std::unique_ptr<sluice::v1::Revisions::Stub> revisions_;
  const std::unique_ptr<sluice::v1::Insight::Stub> insight_;
  const std::unique_ptr<sluice::v1::Registry::Stub> registry_;
};

}  // namespace sluice::ctl
