// Asks by an HTTP request and judges the status of the answer (xDS: HealthCheck.HttpHealthCheck).
//
// The connection stays open between questions if it may (reuse_connection). An answer's body is
// dropped; one longer than kMostBody is not waited for. A request that dies on a connection which
// had served others is asked once more on a new one: the service may just have closed it for being
// idle. Owner: EndpointChecker. Thread: config.
#pragma once

#include <memory>
#include <string>

#include "dataplane/health/probe.h"
#include "dataplane/health/probe_clusters.h"
#include "dataplane/http/head.h"

namespace sluice::health {

class HttpProbe final : public Probe {
 public:
  static constexpr size_t kMostBody = 64 * 1024;  // bytes

  // What is borrowed outlives this object. `cluster_spec` is that of the cluster it is made for,
  // whose `check` is an HttpCheckSpec; `host`: the Host of the request.
  HttpProbe(ProbeClusters& clusters, const upstream::ClusterSpec& cluster_spec,
            const net::Address& address, std::string host, Events& events);
  ~HttpProbe() override;

  void Start() override;
  void Cancel() override;

 private:
  class Question;
  void Ask(bool again);
  // `question_` is over: with its connection if that was reused and died.
  void OnAnswer(ProbeResult result);
  void OnLost(bool may_ask_again);
  void Drop();
  ProbeResult Judge(const http::Head& response) const;

  ProbeClusters& clusters_;
  const upstream::HttpCheckSpec spec_;
  const std::string host_;
  Events& events_;
  std::shared_ptr<upstream::Cluster> cluster_;
  std::unique_ptr<Question> question_;
};

}  // namespace sluice::health
