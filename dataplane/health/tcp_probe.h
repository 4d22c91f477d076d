// Asks by bytes on a bare connection: `send`, then everything of `receive` must come, in order
// (xDS: HealthCheck.TcpHealthCheck). Without both, that a connection can be made is the answer.
//
// The connection stays open between questions if it may (reuse_connection) and bytes are exchanged.
// A peer that sends more than kMostAnswer without what is waited for has failed. Owner:
// EndpointChecker. Thread: config.
#pragma once

#include <memory>
#include <string>

#include "dataplane/buffer/block_pool.h"
#include "dataplane/event/loop.h"
#include "dataplane/health/probe.h"
#include "dataplane/net/address.h"
#include "dataplane/upstream/health_check_spec.h"

namespace sluice::health {

class TcpProbe final : public Probe {
 public:
  static constexpr size_t kMostAnswer = 64 * 1024;  // bytes

  // What is borrowed outlives this object. `spec.check` is a TcpCheckSpec.
  TcpProbe(event::Loop& loop, buffer::BlockPool& blocks, const upstream::HealthCheckSpec& spec,
           const net::Address& address, Events& events);
  ~TcpProbe() override;

  void Start() override;
  void Cancel() override;

 private:
  class Connection;
  void OnConnected(bool ok);
  void OnReadable();
  void Send();
  // True when all of `receive` is in answer_, in order.
  bool Complete() const;
  void End(ProbeResult result);
  void Drop();

  event::Loop& loop_;
  buffer::BlockPool& blocks_;
  const upstream::TcpCheckSpec spec_;
  const bool reuse_;
  const net::Address address_;
  Events& events_;
  std::unique_ptr<Connection> connection_;
  bool asked_ = false;  // OnProbed is owed
  bool again_ = false;  // on a connection that had served others
  std::string answer_;
};

}  // namespace sluice::health
