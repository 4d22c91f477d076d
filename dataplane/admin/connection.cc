#include "dataplane/admin/connection.h"

#include <fmt/format.h>

#include <utility>

#include "dataplane/admin/pages.h"

namespace sluice::admin {

namespace {

constexpr size_t kReadSize = 4096;

Request RequestOf(const http::Head& head) {
  return {std::string(head.path), std::string(head.query)};
}

// Browsers name the page that made them send a POST; no operator's tool does.
bool FromBrowserPage(const http::Head& head) { return head.Has(http::FieldId::kOrigin); }

}  // namespace

Connection::Connection(const Context& context, std::unique_ptr<net::ByteStream> stream)
    : context_(context),
      stream_(std::move(stream)),
      arena_(context.pool),
      request_(arena_),
      trailers_(arena_),
      response_(arena_),
      codec_(context.pool, *this, context.options),
      idle_(context.loop.timers(), *this),
      self_(std::make_shared<Connection*>(this)) {
  stream_->SetEvents(this);
  Touch();
}

void Connection::OnReadable() {
  if (closed_ || !codec_.wants_input()) return;
  const net::IoResult result = stream_->Read(received_, kReadSize);
  if (result.bytes > 0) {
    Touch();
    Feed();
  }
  if (closed_ || result.status == net::IoStatus::kOk || result.status == net::IoStatus::kBlocked)
    return;
  // A half-closed client may wait for its answer.
  if (result.status == net::IoStatus::kError || !serving_) return Close();
  close_after_flush_ = true;
}

void Connection::Feed() {
  while (!received_.empty() && codec_.wants_input() && !closed_ && !close_after_flush_) {
    const size_t before = received_.size();
    const http::FeedResult result = codec_.Feed(received_);
    if (result.error != http::StreamError::kNone) {
      received_.Clear();
      close_after_flush_ = true;
      return context_.loop.FlushLater(*this);
    }
    if (received_.size() == before) break;
  }
}

http::StreamEvents* Connection::OnStream(http::StreamId id) {
  // Not when the answer was sent: the codec may still have been reading the heads then.
  for (http::Head* head : {&request_, &trailers_, &response_}) head->Clear();
  arena_.Reset();
  id_ = id;
  serving_ = true;
  return this;
}

http::Head& Connection::NewHead(HeadKind kind) {
  return kind == HeadKind::kTrailers ? trailers_ : request_;
}

void Connection::OnEnd() { AnswerRequest(); }

void Connection::OnReset(http::StreamError error) {
  close_after_flush_ = true;
  Send({400, fmt::format("bad request: {}\n", http::StreamErrorName(error))}, {});
}

void Connection::AnswerRequest() {
  if (request_.method_text == "POST" && FromBrowserPage(request_)) {
    return Send({403, "changes are not taken from browser pages\n"}, {});
  }
  Routed routed =
      Route(*context_.sources, context_.loop.now(), request_.method_text, RequestOf(request_));
  if (auto* response = std::get_if<Response>(&routed.answer)) return Send(*response, routed.allow);
  RunOnConfig(std::get<std::function<Response()>>(std::move(routed.answer)));
}

void Connection::RunOnConfig(std::function<Response()> work) {
  if (context_.sources->config_loop == nullptr) return Send(work(), {});
  context_.sources->config_loop->mailbox().Post([work = std::move(work), sources = context_.sources,
                                                 &loop = context_.loop,
                                                 self = std::weak_ptr<Connection*>(self_)] {
    loop.mailbox().Post([self, response = work()] {
      if (const auto connection = self.lock()) (*connection)->Send(response, {});
    });
  });
}

void Connection::Send(const Response& response, std::string_view allow) {
  if (closed_) return;
  response_.status = response.status;
  response_.framing = http::BodyFraming::kLength;
  response_.content_length = response.body.size();
  response_.Append(http::FieldId::kContentType, response.content_type);
  response_.Append(http::FieldId::kCacheControl, "no-store");
  response_.Append("x-content-type-options", "nosniff");
  if (!allow.empty()) response_.Append(http::FieldId::kAllow, allow);
  const bool head_only = request_.method == http::Method::kHead || response.body.empty();
  if (close_after_flush_) codec_.CloseAfterResponse();
  codec_.SendHead(id_, response_, http::EndStream(head_only));
  if (!head_only) {
    buffer::Buffer body;
    body.AppendCopy(context_.pool, response.body);
    codec_.SendBody(id_, body, http::EndStream::kYes);
  }
  serving_ = false;
  if (!codec_.reusable()) close_after_flush_ = true;
  Touch();
  context_.loop.FlushLater(*this);
}

void Connection::Flush() {
  if (closed_) return;
  codec_.TakeOutput(unsent_);
  if (!unsent_.empty()) {
    const net::IoResult result = stream_->Write(unsent_);
    if (result.status == net::IoStatus::kError) return Close();
    if (result.bytes > 0) Touch();
    if (!unsent_.empty()) return;
  }
  if (close_after_flush_ && !serving_) return Close();
  // The client may have sent the next request behind this one.
  Feed();
  OnReadable();
}

void Connection::Close() {
  if (std::exchange(closed_, true)) return;
  idle_.Disarm();
  stream_->Close();
  self_.reset();
  base::ListNode<ConnectionTag>::Unlink();
  context_.loop.DestroyLater(std::unique_ptr<event::Deferred>(this));
}

}  // namespace sluice::admin
