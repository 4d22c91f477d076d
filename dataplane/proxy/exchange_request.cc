// The request side of ExchangeDriver: rules, route, filters, forward.
#include <algorithm>

#include "dataplane/http/status_text.h"
#include "dataplane/proxy/downstream_connection.h"
#include "dataplane/proxy/exchange_driver.h"
#include "dataplane/proxy/forged_fields.h"
#include "dataplane/proxy/local_reply.h"
#include "dataplane/proxy/request_hash.h"
#include "dataplane/proxy/request_id.h"
#include "dataplane/proxy/request_rules.h"
#include "dataplane/route/redirect.h"
#include "dataplane/upstream/endpoint.h"

namespace sluice::proxy {

using filter::Hook;
using filter::Verdict;
using http::EndStream;

void ExchangeDriver::OnHead(EndStream end_stream) {
  request_ended_ = end_stream == EndStream::kYes;
  expect_continue_ = request.expect_continue && !request_ended_;
  if (request.scheme.empty()) request.scheme = "http";
  const base::MonoTime now = context_.loop.now();
  connection_->deadlines().Clear(Deadline::kHead);
  connection_->deadlines().SetIn(Deadline::kStreamIdle, now, http_->timeouts.stream_idle);
  connection_->deadlines().SetIn(Deadline::kStreamAge, now, http_->timeouts.max_stream);
  if (!request_ended_) {
    connection_->deadlines().SetIn(Deadline::kBody, now, http_->timeouts.body_progress);
    connection_->deadlines().SetIn(Deadline::kRequest, now, http_->timeouts.request);
  }
  if (!ApplyRules()) return;
  route = http_->routes->Find(request, random);
  if (!http_->chain.empty()) {
    filter_states_ = static_cast<char*>(arena.Allocate(std::max<size_t>(http_->chain.state_bytes(), 1), 16));
    http_->chain.MakeStates(filter_states_);
  }
  RunRequestHead(0);
}

// False when it answered.
bool ExchangeDriver::ApplyRules() {
  std::optional<filter::LocalReply> reply = Canonicalise(*this, *http_);
  if (!reply) reply = CheckMethod(*this);
  if (!reply) reply = RewriteHopFields(*this, *http_, NewRequestIdLine(context_.random, arena));
  if (!reply) return true;
  if (reply->status == 508) stats_->loops_refused.Add();
  // What follows a refused CONNECT or upgrade on the wire may be tunnel bytes, and whoever sends what
  // two parsers read differently gets no second try: these connections end here.
  const bool tunnel = request.method == http::Method::kConnect || request.has_upgrade;
  if (reply->status == 400 || tunnel) connection_->CloseAfterResponse();
  Reply(*reply);
  return false;
}

void ExchangeDriver::RunRequestHead(size_t from) {
  const auto& steps = http_->chain.steps(Hook::kRequestHead);
  for (size_t i = from; i < steps.size(); ++i) {
    const Verdict verdict = steps[i].filter->OnRequestHead(
        *this, filter_states_ + steps[i].state_offset, EndStream(request_ended_));
    if (finished_ || response_complete_) return;
    if (verdict.kind() == Verdict::Kind::kReply) return Reply(verdict.reply());
    if (verdict.kind() == Verdict::Kind::kHold) {
      holding_ = true;
      phase_ = Phase::kHead;
      held_at_ = i + 1;
      return;
    }
  }
  AfterRequestHead();
}

// A filter that wants the whole body sees it before anything is sent on.
void ExchangeDriver::AfterRequestHead() {
  const auto& steps = http_->chain.steps(Hook::kRequestBody);
  buffering_request_ =
      request.framing != http::BodyFraming::kNone &&
      std::any_of(steps.begin(), steps.end(),
                  [](const filter::Step& s) { return s.body == filter::BodyInterest::kBuffer; });
  phase_ = buffering_request_ ? Phase::kBody : Phase::kForwarding;
  held_at_ = 0;
  if (!buffering_request_) return Forward();
  AcceptRequestBytes();
  if (request_ended_) RunBufferedRequest();
}

void ExchangeDriver::Forward() {
  phase_ = Phase::kForwarding;
  if (route.route == nullptr) {
    flags |= filter::kNoRouteFound;
    return Reply({404, "route_not_found", "no route matches this request"});
  }
  const route::Forward* action = route.route->forward();
  if (action == nullptr) return AnswerRoute();
  pick_ = route::PickCluster(*action, request, random);
  cluster_id_ = snapshot_->FindCluster(pick_.name);
  upstream::WorkerCluster* cluster = context_.upstream.Find(cluster_id_);
  if (cluster == nullptr) {
    flags |= filter::kNoClusterFound;
    return Reply({action->cluster_not_found_status, "cluster_not_found", "the route's cluster does not exist"});
  }
  cluster_name = cluster->cluster().name();
  StartCall(*cluster, *action);
}

void ExchangeDriver::StartCall(upstream::WorkerCluster& cluster, const route::Forward& action) {
  route::FinalizeRequest(*route.route, pick_, route::OriginalPath::kDrop, request);
  AcceptRequestBytes();
  const base::MonoTime now = context_.loop.now();
  if (action.idle_timeout) {
    connection_->deadlines().SetIn(Deadline::kStreamIdle, now, *action.idle_timeout);
  }
  if (action.max_stream) {
    connection_->deadlines().SetIn(Deadline::kStreamAge, now, *action.max_stream);
  }
  upstream_start = now;
  cluster.retry_tokens().Deposit(cluster.cluster().spec().retry_rate);
  retry_.Begin(action, request);
  hash_ = HashRequest(*this, action.hash_policy, cluster.cluster().spec().balancing);
  if (request_ended_) {
    request_complete = now;
    connection_->deadlines().SetIn(Deadline::kRoute, now, action.timeout);
  }
  StartAttempt(cluster);
  if (request_ended_ && held_.empty() && !request_has_trailers_) return;
  if (!held_.empty()) ForwardBody(held_, EndStream::kNo);
  if (request_ended_ && !finished_ && forwarding_) PassRequestEnd();
}

// Redirects and direct responses (xDS: RedirectAction, DirectResponseAction).
void ExchangeDriver::AnswerRoute() {
  if (route.route->redirect() != nullptr) {
    const std::string_view location = route::RedirectLocation(*route.route, request);
    return Reply({.status = route.route->redirect()->status, .details = "route_redirected",
                  .body = {}, .location = location});
  }
  const route::DirectResponse& direct = *route.route->direct_response();
  Reply({.status = direct.status, .details = "direct_response", .body = direct.body, .verbatim = true});
}

// The client waits for 100 until somebody wants its body.
void ExchangeDriver::AcceptRequestBytes() {
  if (!expect_continue_) return;
  expect_continue_ = false;
  informational.Clear();
  informational.status = 100;
  informational.reason = http::StatusText(100);
  informational.framing = http::BodyFraming::kNone;
  connection_->codec().SendHead(id_, informational, EndStream::kNo);
  connection_->WriteSoon();
}

void ExchangeDriver::OnBody(buffer::Buffer& data) {
  if (finished_) return data.Clear();  // the codec was in the middle of a read
  expect_continue_ = false;  // it did not wait: a 100 now would be late
  request_body_bytes += data.size();
  const base::MonoTime now = context_.loop.now();
  connection_->deadlines().SetIn(Deadline::kBody, now, http_->timeouts.body_progress);
  connection_->deadlines().SetIn(Deadline::kStreamIdle, now, http_->timeouts.stream_idle);
  if (!holding_ && !buffering_request_) return ForwardBody(data, EndStream::kNo);
  held_.Append(data);
  if (buffering_request_) {
    size_t limit = SIZE_MAX;
    for (const auto& step : http_->chain.steps(Hook::kRequestBody)) {
      if (step.body == filter::BodyInterest::kBuffer) limit = std::min<size_t>(limit, step.buffer_limit);
    }
    if (held_.size() > limit) {
      connection_->CloseAfterResponse();
      return Reply({413, "request_payload_too_large", "the body is over this route's limit"});
    }
  } else if (held_.size() >= upstream::Call::kHighMark && !request_paused_) {
    request_paused_ = true;
    connection_->deadlines().Clear(Deadline::kBody);
    connection_->codec().PauseReceiving(id_, true);
  }
}

void ExchangeDriver::OnTrailers() {
  if (finished_) return;
  request_has_trailers_ = true;
  RemovePrivateFields(request_trailers);
  RemoveLookAlikes(request_trailers);
}

void ExchangeDriver::OnEnd() {
  if (finished_) return;
  const bool had_body = !request_ended_;
  request_ended_ = true;
  connection_->deadlines().Clear(Deadline::kBody);
  connection_->deadlines().Clear(Deadline::kRequest);
  if (!had_body || holding_) return;
  if (buffering_request_) return RunBufferedRequest();
  PassRequestEnd();
}

// The whole body is here: filters see it once, then the call begins.
void ExchangeDriver::RunBufferedRequest() {
  if (!RunBodySteps(held_, EndStream(!request_has_trailers_))) return;
  buffering_request_ = false;
  if (request.framing == http::BodyFraming::kLength) request.content_length = held_.size();
  Forward();
}

// Runs the body hooks from step `held_at_`; false when a filter holds or answered.
bool ExchangeDriver::RunBodySteps(buffer::Buffer& data, EndStream end_stream) {
  const auto& steps = http_->chain.steps(Hook::kRequestBody);
  for (size_t i = held_at_; i < steps.size(); ++i) {
    const Verdict verdict = steps[i].filter->OnRequestBody(
        *this, filter_states_ + steps[i].state_offset, data, end_stream);
    if (finished_ || response_complete_) return false;
    if (verdict.kind() == Verdict::Kind::kReply) {
      Reply(verdict.reply());
      return false;
    }
    if (verdict.kind() == Verdict::Kind::kHold) {
      holding_ = true;
      held_at_ = i + 1;
      if (&data != &held_) held_.Append(data);
      return false;
    }
  }
  held_at_ = 0;
  return true;
}

void ExchangeDriver::ForwardBody(buffer::Buffer& data, EndStream end_stream) {
  if (!forwarding_) {
    data.Clear();
    return;
  }
  // Whole-body filters ran before; what passes now is for those that stream.
  if (!http_->chain.steps(Hook::kRequestBody).empty() && !RunBodySteps(data, end_stream)) return;
  retry_.Keep(data, context_.pool, waiting_to_retry_);
  size_t queued = retry_.kept_bytes();
  if (waiting_to_retry_) {
    data.Clear();
  } else {
    call_.SendBody(data, end_stream);
    queued = call_.queued_bytes();
  }
  if (queued >= upstream::Call::kHighMark && !request_paused_) {
    request_paused_ = true;
    // The upstream is the slow one now: the client must not be timed out for it.
    connection_->deadlines().Clear(Deadline::kBody);
    connection_->codec().PauseReceiving(id_, true);
  }
}

// False when a filter answered.
bool ExchangeDriver::RunRequestTrailers() {
  for (const auto& step : http_->chain.steps(Hook::kRequestTrailers)) {
    const Verdict verdict = step.filter->OnRequestTrailers(*this, filter_states_ + step.state_offset);
    if (finished_ || response_complete_) return false;
    if (verdict.kind() != Verdict::Kind::kReply) continue;
    Reply(verdict.reply());
    return false;
  }
  return true;
}

void ExchangeDriver::PassRequestEnd() {
  if (request_has_trailers_ && !RunRequestTrailers()) return;
  const base::MonoTime now = context_.loop.now();
  request_complete = now;
  if (!forwarding_) return;
  if (const route::Forward* action = route.route->forward()) {
    connection_->deadlines().SetIn(Deadline::kRoute, now, action->timeout);
  }
  if (waiting_to_retry_) return;
  if (retry_.policy() != nullptr) WatchTry();
  if (request_has_trailers_) return call_.SendTrailers(request_trailers);
  buffer::Buffer none;
  call_.SendBody(none, EndStream::kYes);
}

// The client may be read again.
void ExchangeDriver::ResumeReceiving() {
  if (!request_paused_) return;
  request_paused_ = false;
  connection_->codec().PauseReceiving(id_, false);
  if (!request_ended_) {
    connection_->deadlines().SetIn(Deadline::kBody, context_.loop.now(), http_->timeouts.body_progress);
  }
  connection_->ReadSoon();
}

void ExchangeDriver::ResumeHeld() {
  if (!holding_ || finished_ || response_complete_) return;
  holding_ = false;
  if (phase_ != Phase::kForwarding) ResumeReceiving();
  if (phase_ == Phase::kHead) return RunRequestHead(held_at_);
  if (buffering_request_) return RunBufferedRequest();
  buffer::Buffer data;
  data.Append(held_);
  ForwardBody(data, EndStream::kNo);
  if (request_ended_ && !holding_ && !finished_ && !response_complete_) PassRequestEnd();
}

}  // namespace sluice::proxy
