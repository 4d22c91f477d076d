#include "dataplane/health/http_probe.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "dataplane/upstream/call.h"

namespace sluice::health {

using http::EndStream;
using upstream::ClusterSpec;
using upstream::HealthCheckSpec;
using upstream::HttpCheckSpec;
using upstream::StatusRange;

namespace {

constexpr std::string_view kDegradedField = "x-envoy-degraded";

const HttpCheckSpec& HttpOf(const ClusterSpec& spec) {
  return std::get<HttpCheckSpec>(spec.check->check);
}

// How to reach the endpoint: as the cluster does, but without its limits and its own checks.
ClusterSpec SpecOfProbe(const ClusterSpec& of) {
  ClusterSpec spec = of;
  const HealthCheckSpec check = *spec.check;
  spec.protocol = HttpOf(of).http2 ? upstream::Protocol::kHttp2 : upstream::Protocol::kHttp1;
  spec.check.reset();
  spec.outlier.reset();
  spec.discovery = upstream::Discovery::kStatic;
  spec.dns_targets.clear();
  spec.breaker = {.max_connections = upstream::BreakerLimits::kUnlimited,
                  .max_pending_requests = upstream::BreakerLimits::kUnlimited,
                  .max_requests = upstream::BreakerLimits::kUnlimited,
                  .max_retries = 0};
  spec.connect_timeout = check.timeout;
  spec.idle_timeout = base::Duration::zero();  // an interval may be longer
  spec.max_requests_per_connection = check.reuse_connection ? 0 : 1;
  return spec;
}

bool Contains(const std::vector<StatusRange>& ranges, int64_t status) {
  return std::any_of(ranges.begin(), ranges.end(), [status](const StatusRange& range) {
    return status >= range.begin && status < range.end;
  });
}

}  // namespace

// One request; outlives its own end until the end of the turn.
class HttpProbe::Question final : public event::Deferred, private upstream::CallEvents {
 public:
  Question(HttpProbe& probe, bool again)
      : probe_(&probe),
        again_(again),
        arena_(probe.clusters_.blocks()),
        request_(arena_),
        response_(arena_),
        informational_(arena_),
        trailers_(arena_) {
    const HttpCheckSpec& spec = probe.spec_;
    request_.method = spec.method;
    request_.method_text = spec.method_text;
    request_.scheme = "http";
    const size_t mark = spec.path.find('?');
    request_.target = spec.path;
    request_.path = std::string_view(spec.path).substr(0, mark);
    request_.has_query = mark != std::string::npos;
    if (request_.has_query) request_.query = std::string_view(spec.path).substr(mark + 1);
    request_.authority = probe.host_;
    if (spec.http2) request_.version = http::Version::kHttp2;
    for (const auto& [name, value] : spec.fields) request_.Append(name, value);
    call_.Start(*probe.clusters_.Find(*probe.cluster_), request_, EndStream::kYes, *this);
  }

  // Nothing is told any more.
  void Leave() {
    probe_ = nullptr;
    call_.Forget();
  }

 private:
  http::Head& NewResponseHead(http::StreamEvents::HeadKind kind) override {
    switch (kind) {
      case http::StreamEvents::HeadKind::kMain: break;
      case http::StreamEvents::HeadKind::kInformational: informational_.Clear(); return informational_;
      case http::StreamEvents::HeadKind::kTrailers: return trailers_;
    }
    return response_;
  }
  void OnResponseHead(EndStream) override {}
  void OnResponseBody(buffer::Buffer& data) override {
    body_bytes_ += data.size();
    data.Clear();
    if (body_bytes_ > kMostBody && probe_ != nullptr) probe_->OnAnswer(probe_->Judge(response_));
  }
  void OnResponseTrailers() override {}
  void OnResponseEnd() override {
    if (probe_ != nullptr) probe_->OnAnswer(probe_->Judge(response_));
  }
  void OnFailed(const upstream::CallFailure& failure) override {
    if (probe_ != nullptr) probe_->OnLost(failure.reused_connection && !again_);
  }

  HttpProbe* probe_;
  const bool again_;
  buffer::Arena arena_;
  http::Head request_, response_, informational_, trailers_;
  size_t body_bytes_ = 0;
  upstream::Call call_;
};

HttpProbe::HttpProbe(ProbeClusters& clusters, const ClusterSpec& cluster_spec,
                     const net::Address& address, std::string host, Events& events)
    : clusters_(clusters),
      spec_(HttpOf(cluster_spec)),
      host_(std::move(host)),
      events_(events),
      cluster_(clusters.Make(SpecOfProbe(cluster_spec), address)) {}

HttpProbe::~HttpProbe() {
  Drop();
  clusters_.Release(std::move(cluster_));
}

void HttpProbe::Start() { Ask(/*again=*/false); }

void HttpProbe::Ask(bool again) {
  Drop();
  question_ = std::make_unique<Question>(*this, again);
}

void HttpProbe::Cancel() { Drop(); }

void HttpProbe::Drop() {
  if (question_ == nullptr) return;
  question_->Leave();
  clusters_.loop().DestroyLater(std::move(question_));
}

void HttpProbe::OnAnswer(ProbeResult result) {
  Drop();
  events_.OnProbed(result);
}

void HttpProbe::OnLost(bool may_ask_again) {
  if (may_ask_again) return Ask(/*again=*/true);
  OnAnswer(ProbeResult::kNetwork);
}

ProbeResult HttpProbe::Judge(const http::Head& response) const {
  if (Contains(spec_.expected, response.status)) {
    return response.Find(kDegradedField) ? ProbeResult::kDegraded : ProbeResult::kPassed;
  }
  return Contains(spec_.retriable, response.status) ? ProbeResult::kRetriable
                                                    : ProbeResult::kRefused;
}

}  // namespace sluice::health
