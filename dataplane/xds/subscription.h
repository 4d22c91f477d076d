// The protocol of one type on one stream, without I/O: which requests are due, in the words of one
// variant. Two implementations: delta_subscription.h and sotw_subscription.h.
//
// It compares what its Interest wants with what the server was told. Requests are serialised
// messages. Order on a stream: StartStream, then any of the others. Thread: config.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dataplane/xds/interest.h"
#include "dataplane/xds/response.h"
#include "envoy/config/core/v3/base.pb.h"
#include "google/rpc/status.pb.h"

namespace sluice::xds {

class Subscription {
 public:
  using Node = envoy::config::core::v3::Node;
  virtual ~Subscription() = default;

  // A new stream: the server knows nothing of us, and old nonces are dead (R9, R42).
  virtual void StartStream() = 0;
  // The request that tells of changes of the Interest, or opens the type on this stream; nothing if
  // there is nothing to tell. `node`: not nullptr in the first request of a stream (R3).
  virtual std::optional<std::string> TakeRequest(const Node* node) = 0;
  // The one answer to `response` (R10): no error is an ACK. A Commit's ACK has one, of code 0.
  virtual std::string Answer(const Response& response,
                             const std::optional<google::rpc::Status>& error) = 0;
  // Held names that `response` takes away, asked for or not.
  virtual std::vector<std::string> Removals(const Response& response) const = 0;
  // Requests after which the server sends everything again, in this order; none if the type is not
  // open on this stream.
  virtual std::vector<std::string> TakeRestart() = 0;
  // The type was opened on this stream (R27).
  virtual bool open() const = 0;
};

}  // namespace sluice::xds
