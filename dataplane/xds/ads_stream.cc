#include "dataplane/xds/ads_stream.h"

#include <fmt/format.h>

#include <utility>

#include "dataplane/base/check.h"
#include "dataplane/grpc/request_head.h"

namespace sluice::xds {
namespace {

std::string_view FailureText(upstream::CallError error) {
  switch (error) {
    case upstream::CallError::kNone: break;
    case upstream::CallError::kNoHealthyEndpoint: return "no endpoint";
    case upstream::CallError::kPendingOverflow: return "too many requests to the cluster";
    case upstream::CallError::kConnectionOverflow: return "too many connections to the cluster";
    case upstream::CallError::kConnectFailed: return "cannot connect";
    case upstream::CallError::kConnectTimeout: return "connecting took too long";
    case upstream::CallError::kConnectionLost: return "connection lost";
    case upstream::CallError::kBadResponse: return "broken response";
    case upstream::CallError::kReset: return "stream reset";
  }
  return "failed";
}

}  // namespace

AdsStream::AdsStream(event::Loop& loop, buffer::BlockPool& blocks, Events& events,
                     uint32_t max_message, upstream::Keepalive keepalive)
    : loop_(loop),
      blocks_(blocks),
      events_(events),
      max_message_(max_message),
      arena_(blocks) {
  call_.SetKeepalive(keepalive);
}

AdsStream::~AdsStream() { Close(); }

void AdsStream::Start(upstream::WorkerCluster& cluster, std::string_view path,
                      std::string_view authority) {
  base::Check(!open_, "a stream is started when the one before has ended");
  for (http::Head* head : {&request_, &head_, &informational_, &trailers_}) head->Clear();
  arena_.Reset();
  reader_.emplace(blocks_, max_message_);
  has_trailers_ = busy_ = false;
  open_ = true;
  grpc::SetRequestHead(path, authority, std::nullopt, request_);
  call_.Start(cluster, request_, http::EndStream::kNo, *this);
}

void AdsStream::Send(std::string_view message) {
  if (!open_) return;
  buffer::Buffer bytes;
  buffer::Buffer framed;
  bytes.AppendCopy(blocks_, message);
  grpc::AppendMessage(blocks_, bytes, framed);
  call_.SendBody(framed, http::EndStream::kNo);
}

void AdsStream::Next() {
  if (!open_ || !std::exchange(busy_, false)) return;
  // Not from here: the caller may be inside OnMessage.
  loop_.Post(*this);
}

void AdsStream::Run() {
  if (open_) Deliver();
}

void AdsStream::Deliver() {
  if (busy_) return;
  if (call_.queued_bytes() > upstream::Call::kHighMark) return call_.PauseResponse(true);
  buffer::Buffer message;
  switch (reader_->Next(message)) {
    case grpc::MessageReader::Result::kMessage:
      busy_ = true;
      call_.PauseResponse(true);
      return events_.OnMessage(message.ToString());
    case grpc::MessageReader::Result::kIncomplete:
      return call_.PauseResponse(false);
    case grpc::MessageReader::Result::kTooLarge:
      return End({grpc::StatusCode::kResourceExhausted,
                  fmt::format("a message of more than {} bytes", max_message_)});
    case grpc::MessageReader::Result::kCompressed:
      return End({grpc::StatusCode::kInternal, "a compressed message, which was not agreed on"});
    case grpc::MessageReader::Result::kBadFlags:
      return End({grpc::StatusCode::kInternal, "a message with unknown flags"});
  }
}

http::Head& AdsStream::NewResponseHead(http::StreamEvents::HeadKind kind) {
  switch (kind) {
    case http::StreamEvents::HeadKind::kMain: break;
    case http::StreamEvents::HeadKind::kInformational: informational_.Clear(); return informational_;
    case http::StreamEvents::HeadKind::kTrailers: return trailers_;
  }
  return head_;
}

// Without this an endless page of HTML would be taken for a message.
void AdsStream::OnResponseHead(http::EndStream end) {
  if (end == http::EndStream::kYes || grpc::IsGrpcResponse(head_)) return;
  End(grpc::StatusOf(head_, nullptr));
}

void AdsStream::OnResponseBody(buffer::Buffer& data) {
  if (!open_) return data.Clear();
  reader_->Append(data);
  Deliver();
}

void AdsStream::OnResponseEnd() {
  grpc::Status status = grpc::StatusOf(head_, has_trailers_ ? &trailers_ : nullptr);
  if (status.ok()) status.message = "the server ended the stream";
  End(status);
}

void AdsStream::OnFailed(const upstream::CallFailure& failure) {
  grpc::Status status{grpc::StatusCode::kUnavailable, std::string(FailureText(failure.error))};
  if (failure.stream_error != http::StreamError::kNone) {
    status.code = grpc::FromStreamError(failure.stream_error);
    status.message += fmt::format(" ({})", http::StreamErrorName(failure.stream_error));
  }
  End(status);
}

void AdsStream::Close() {
  open_ = false;
  event::Task::Unlink();
  call_.Forget();
}

// The call's end may be what we are inside of: it is over then, and Forget does nothing to it.
void AdsStream::End(const grpc::Status& status) {
  if (!open_) return;
  Close();
  events_.OnStreamEnd(status);
}

}  // namespace sluice::xds
