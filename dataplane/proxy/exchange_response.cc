// The response side of ExchangeDriver: from the call, or from ourselves, to the client.
#include <algorithm>

#include "dataplane/proxy/downstream_connection.h"
#include "dataplane/proxy/exchange_driver.h"
#include "dataplane/proxy/local_reply.h"
#include "dataplane/proxy/request_rules.h"

namespace sluice::proxy {

using filter::Hook;
using filter::Verdict;
using http::EndStream;

http::Head& ExchangeDriver::NewResponseHead(HeadKind kind) {
  switch (kind) {
    case HeadKind::kInformational:
      informational.Clear();
      return informational;
    case HeadKind::kTrailers: return response_trailers;
    case HeadKind::kMain: break;
  }
  response.Clear();
  return response;
}

void ExchangeDriver::OnInformational() {
  if (waiting_to_retry_) return;
  // 100 was ours to send (RFC 9110 10.1.1), and HTTP/1.0 knows no 1xx (15.2).
  if (response_head_sent_ || informational.status == 100 ||
      request.version == http::Version::kHttp10) {
    return;
  }
  RemoveHopByHop(informational);
  connection_->codec().SendHead(id_, informational, EndStream::kNo);
  connection_->WriteSoon();
}

void ExchangeDriver::OnResponseHead(EndStream end_stream) {
  endpoint = call_.endpoint();
  if (retry_.policy() != nullptr && RetryAfterResponse()) return;
  const base::MonoTime now = context_.loop.now();
  upstream_first_byte = now;
  details = "via_upstream";
  connection_->deadlines().SetIn(Deadline::kStreamIdle, now, http_->timeouts.stream_idle);
  RewriteResponseFields(*this, *http_, context_.date.Get(now));
  if (!hash_.set_cookie.empty()) response.Append(http::FieldId::kSetCookie, hash_.set_cookie);
  route::FinalizeResponse(*route.route, pick_, response);
  MarkAttempts(retry_.policy() != nullptr && route::WantsAnother(*retry_.policy(), response));
  if (!RunResponseHead(end_stream)) return;
  const auto& steps = http_->chain.steps(Hook::kResponseBody);
  buffering_response_ =
      end_stream == EndStream::kNo &&
      std::any_of(steps.begin(), steps.end(),
                  [](const filter::Step& s) { return s.body == filter::BodyInterest::kBuffer; });
  if (!buffering_response_) SendResponseHead(end_stream);
}

void ExchangeDriver::SendResponseHead(EndStream end_stream) {
  response_head_sent_ = true;
  retry_.ForgetBody();
  response_head_sent = context_.loop.now();
  if (context_.draining || connection_->binding().draining) connection_->CloseAfterResponse();
  connection_->codec().SendHead(id_, response, end_stream);
  connection_->WriteSoon();
}

// False when a filter answered instead.
bool ExchangeDriver::RunResponseHead(EndStream end_stream) {
  if (filter_states_ == nullptr) return true;
  for (const auto& step : http_->chain.steps(Hook::kResponseHead)) {
    const Verdict verdict =
        step.filter->OnResponseHead(*this, filter_states_ + step.state_offset, end_stream);
    if (finished_ || response_complete_) return false;
    if (verdict.kind() == Verdict::Kind::kReply) {
      Reply(verdict.reply());
      return false;
    }
  }
  return true;
}

bool ExchangeDriver::RunResponseBody(buffer::Buffer& data, EndStream end_stream) {
  if (filter_states_ == nullptr) return true;
  for (const auto& step : http_->chain.steps(Hook::kResponseBody)) {
    const Verdict verdict =
        step.filter->OnResponseBody(*this, filter_states_ + step.state_offset, data, end_stream);
    if (finished_ || response_complete_) return false;
    if (verdict.kind() == Verdict::Kind::kReply) {
      Reply(verdict.reply());
      return false;
    }
  }
  return true;
}

void ExchangeDriver::OnResponseBody(buffer::Buffer& data) {
  if (waiting_to_retry_) return data.Clear();
  const base::MonoTime now = context_.loop.now();
  if (try_idle_deadline_ != base::kNever) {
    try_idle_deadline_ = now + retry_.policy()->per_try_idle_timeout;
  }
  connection_->deadlines().SetIn(Deadline::kStreamIdle, now, http_->timeouts.stream_idle);
  if (!buffering_response_) {
    if (RunResponseBody(data, EndStream::kNo)) SendToClient(data, EndStream::kNo);
    return;
  }
  held_response_.Append(data);
  for (const auto& step : http_->chain.steps(Hook::kResponseBody)) {
    if (step.body == filter::BodyInterest::kBuffer && held_response_.size() > step.buffer_limit) {
      return Reply({500, "response_payload_too_large", "the response is over this route's limit"});
    }
  }
}

void ExchangeDriver::SendToClient(buffer::Buffer& data, EndStream end_stream) {
  response_body_bytes += data.size();
  connection_->codec().SendBody(id_, data, end_stream);
  connection_->WriteSoon();
  const size_t limit = connection_->binding().spec->buffer_limit;
  if (!response_paused_ && end_stream == EndStream::kNo &&
      connection_->unsent_bytes() + connection_->codec().QueuedBytes(id_) >= limit) {
    response_paused_ = true;
    // The client is the slow one now: the write deadline watches it.
    connection_->deadlines().Clear(Deadline::kRoute);
    connection_->deadlines().Clear(Deadline::kStreamIdle);
    call_.PauseResponse(true);
  }
}

void ExchangeDriver::OnDownstreamDrained() {
  if (!response_paused_ || finished_) return;
  response_paused_ = false;
  const base::MonoTime now = context_.loop.now();
  connection_->deadlines().SetIn(Deadline::kStreamIdle, now, http_->timeouts.stream_idle);
  call_.PauseResponse(false);
}

void ExchangeDriver::OnResponseTrailers() {
  if (waiting_to_retry_) return;
  RemoveHopByHop(response_trailers);
  if (filter_states_ == nullptr) return;
  for (const auto& step : http_->chain.steps(Hook::kResponseTrailers)) {
    const Verdict verdict = step.filter->OnResponseTrailers(*this, filter_states_ + step.state_offset);
    if (finished_ || response_complete_ || verdict.kind() == Verdict::Kind::kReply) return;
  }
}

void ExchangeDriver::ReleaseBufferedResponse() {
  buffering_response_ = false;
  if (!RunResponseBody(held_response_, EndStream::kYes)) return;
  if (response.framing != http::BodyFraming::kNone) {
    response.framing = http::BodyFraming::kLength;
    response.content_length = held_response_.size();
  }
  SendResponseHead(EndStream(held_response_.empty()));
  if (!held_response_.empty()) SendToClient(held_response_, EndStream::kYes);
  CompleteResponse();
}

void ExchangeDriver::OnResponseEnd() {
  if (response_complete_ || finished_ || waiting_to_retry_) return;
  ResumeReceiving();  // what is left of the request is dropped by the codec
  if (buffering_response_) return ReleaseBufferedResponse();
  if (response_trailers.size() > 0) {
    connection_->codec().SendTrailers(id_, response_trailers);
    connection_->WriteSoon();
    return CompleteResponse();
  }
  buffer::Buffer none;
  if (!RunResponseBody(none, EndStream::kYes)) return;
  SendToClient(none, EndStream::kYes);
  CompleteResponse();
}

void ExchangeDriver::OnFailed(const upstream::CallFailure& failure) {
  if (response_complete_ || finished_ || waiting_to_retry_) return;
  endpoint = call_.endpoint();
  if (!response_head_sent_ && !buffering_response_ && RetryAfterFailure(failure)) return;
  const filter::LocalReply reply = ReplyFor(failure, flags);
  if (!response_head_sent_) return Reply(reply);
  AbortResponse(failure.error == upstream::CallError::kBadResponse
                    ? std::string_view("upstream_protocol_error")
                    : std::string_view("upstream_cut_response"));
}

void ExchangeDriver::Reply(const filter::LocalReply& reply) {
  if (response_complete_ || finished_) return;
  call_.Cancel();
  ResumeReceiving();
  const bool tried = forwarding_ || waiting_to_retry_;
  forwarding_ = holding_ = buffering_request_ = buffering_response_ = waiting_to_retry_ = false;
  if (response_head_sent_) return AbortResponse(reply.details);
  stats_->local_replies.Add();
  details = reply.details;
  const std::string_view body = WriteLocalReply(*this, reply);
  if (route.route != nullptr) route::FinalizeResponse(*route.route, pick_, response);
  RewriteResponseFields(*this, *http_, context_.date.Get(context_.loop.now()));
  if (tried) MarkAttempts(reply.status >= 500);
  if (filter_states_ != nullptr) {
    for (const auto& step : http_->chain.steps(Hook::kResponseHead)) {
      // A filter may change our answer but not replace it by another.
      (void)step.filter->OnResponseHead(*this, filter_states_ + step.state_offset, EndStream(body.empty()));
    }
  }
  SendResponseHead(EndStream(body.empty()));
  if (!body.empty()) {
    buffer::Buffer data;
    data.AppendCopy(context_.pool, body);
    SendToClient(data, EndStream::kYes);
  }
  CompleteResponse();
}

// The head has left and the rest cannot follow: the client must see a cut, never a clean end.
void ExchangeDriver::AbortResponse(std::string_view why) {
  details = why;
  stats_->responses_truncated.Add();
  call_.Cancel();
  response_complete_ = true;
  request_ended_ = true;
  DownstreamConnection* connection = connection_;
  connection->codec().ResetStream(id_);
  Finish();
  connection->CutResponse();
}

void ExchangeDriver::CompleteResponse() {
  response_complete_ = true;
  Finish();
}

}  // namespace sluice::proxy
