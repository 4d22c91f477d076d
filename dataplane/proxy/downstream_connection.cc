#include "dataplane/proxy/downstream_connection.h"

#include <memory>

namespace sluice::proxy {

namespace {
constexpr size_t kHeadRead = 4096;
constexpr size_t kBodyRead = 65536;
// While an exchange runs, this much of the next pipelined request may be read ahead, so that a
// client that goes away is noticed.
constexpr size_t kLookahead = 4096;
}  // namespace

DownstreamConnection::DownstreamConnection(WorkerContext& context, ListenerBinding& binding,
                                           std::unique_ptr<net::ByteStream> stream)
    : context_(context), binding_(binding), stream_(std::move(stream)),
      options_(binding.http().http1), codec_(context.pool, *this, options_), read_task_(*this),
      deadlines_(context.loop.timers(), *this) {
  ++binding_.connections;
  context_.load.fetch_add(1, std::memory_order_relaxed);
  binding_.stats->connections_total.Add();
  binding_.stats->connections_active.Add(1);
  const config::HttpTimeouts& timeouts = binding_.http().timeouts;
  const base::MonoTime now = context_.loop.now();
  deadlines_.SetIn(Deadline::kHead, now, timeouts.request_headers);
  deadlines_.SetIn(Deadline::kAge, now, timeouts.max_connection_age);
  stream_->SetEvents(this);
}

DownstreamConnection::~DownstreamConnection() {
  --binding_.connections;
  binding_.stats->connections_active.Add(-1);
}

void DownstreamConnection::OnReadable() {
  if (state_ == State::kClosed) return;
  if (state_ == State::kLingering) return DiscardInput();
  size_t max = received_.empty() && exchange_ == nullptr ? kHeadRead : kBodyRead;
  if (!codec_.wants_input()) {
    if (received_.size() >= kLookahead) {  // bytes wait in the kernel
      input_waits_ = true;
      return;
    }
    max = kLookahead - received_.size();
  }
  input_waits_ = false;
  const net::IoResult result = stream_->Read(received_, max);
  if (result.bytes > 0) {
    binding_.stats->bytes_received.Add(result.bytes);
    BeginMessage();
    Feed();
  }
  if (state_ == State::kClosed) return;
  if (result.status == net::IoStatus::kError) {
    binding_.stats->connections_closed_by_peer.Add();
    return Close(false);
  }
  if (result.status == net::IoStatus::kEnd) OnPeerEnd();
}

void DownstreamConnection::BeginMessage() {
  if (exchange_ != nullptr || message_start_ != base::MonoTime{} || codec_.draining()) return;
  message_start_ = context_.loop.now();
  deadlines_.Clear(Deadline::kIdle);
  deadlines_.SetIn(Deadline::kHead, message_start_, binding_.http().timeouts.request_headers);
}

void DownstreamConnection::Feed() {
  if (received_.empty() || !codec_.wants_input() || closing()) return;
  const http::FeedResult result = codec_.Feed(received_);
  if (result.error != http::StreamError::kNone) return OnBadRequest(result.error);
  if (received_.empty()) received_.ReleaseReserve();
  // The rest of an answered request was over the limit: nothing can follow on this connection.
  if (exchange_ == nullptr && !codec_.reusable() && !closing()) {
    linger_after_flush_ = close_after_flush_ = true;
    WriteSoon();
  }
}

void DownstreamConnection::FeedAndRead() {
  if (closing()) return;
  if (!received_.empty()) {
    BeginMessage();
    Feed();
  }
  // The stream does not ask again for bytes that were not wanted when it did.
  if (!closing() && codec_.wants_input()) OnReadable();
  if (!closing() && exchange_ == nullptr && peer_ended_) OnPeerEnd();
}

http::StreamEvents* DownstreamConnection::OnStream(http::StreamId id) {
  exchange_ = context_.exchanges.Take(context_);
  exchange_->Begin(*this, id);
  ++requests_;
  const uint32_t max = binding_.http().max_requests_per_connection;
  if ((max != 0 && requests_ >= max) || context_.draining || binding_.draining ||
      deadlines_.IsDue(Deadline::kAge, context_.loop.now())) {
    codec_.CloseAfterResponse();
  }
  return exchange_;
}

// The exchange, if there is one, has answered by OnReset; what follows on the wire means nothing.
void DownstreamConnection::OnBadRequest(http::StreamError) {
  received_.Clear();
  if (exchange_ != nullptr || closing()) return;
  linger_after_flush_ = true;
  close_after_flush_ = true;
  WriteSoon();
}

void DownstreamConnection::OnPeerEnd() {
  peer_ended_ = true;
  if (!received_.empty() && exchange_ != nullptr && !codec_.wants_input()) return;
  if (exchange_ == nullptr && received_.empty()) {
    binding_.stats->connections_closed_by_peer.Add();
    if (unsent_bytes() == 0) return Close(false);
    close_after_flush_ = true;
    return;
  }
  // A half-closed client may still wait for its answer; one inside a message cannot get one.
  (void)codec_.FeedEnd();
  if (exchange_ != nullptr || closing()) return;
  close_after_flush_ = true;
  WriteSoon();
}

void DownstreamConnection::OnExchangeDone() {
  exchange_ = nullptr;
  message_start_ = {};
  if (closing()) return;
  if (!codec_.reusable() || (peer_ended_ && received_.empty())) {
    // Lingering in any case: the client may have sent more before it reads that this was the last.
    close_after_flush_ = linger_after_flush_ = true;
    return WriteSoon();
  }
  OnIdle();
  // The next pipelined request is looked at on a later pass, so that one client cannot keep the
  // worker (case 39).
  if (!received_.empty() || input_waits_ || peer_ended_) ReadSoon();
}

void DownstreamConnection::OnIdle() {
  if (received_.empty()) received_.ReleaseReserve();
  const base::Duration wait = codec_.draining() ? kLingerTime : binding_.http().timeouts.connection_idle;
  deadlines_.SetIn(Deadline::kIdle, context_.loop.now(), wait);
}

void DownstreamConnection::Flush() {
  if (state_ == State::kClosed) return;
  buffer::Buffer fresh;
  buffer::Buffer& out = unsent_ == nullptr ? fresh : *unsent_;
  codec_.TakeOutput(out);
  net::IoResult result;
  if (!out.empty()) {
    result = stream_->Write(out);
    binding_.stats->bytes_sent.Add(result.bytes);
  }
  if (!fresh.empty()) unsent_ = std::make_unique<buffer::Buffer>(std::move(fresh));
  AfterWrite(result);
}

void DownstreamConnection::AfterWrite(const net::IoResult& result) {
  if (result.status == net::IoStatus::kError) return Close(false);
  if (unsent_bytes() == 0) {
    deadlines_.Clear(Deadline::kWrite);
    if (reset_after_flush_) return Close(true);
    if (close_after_flush_ && state_ == State::kServing) return Linger();
  } else if (result.bytes > 0 || result.status == net::IoStatus::kBlocked) {
    deadlines_.SetIn(Deadline::kWrite, context_.loop.now(), binding_.http().timeouts.write_stall);
  }
  if (exchange_ != nullptr && unsent_bytes() <= binding_.spec->buffer_limit / 2) {
    exchange_->OnDownstreamDrained();
  }
}

// Closing with unread input would reset the connection and could take our answer with it (RFC 9112
// 9.6), so when input may come, our side is closed first and the rest is read and dropped.
void DownstreamConnection::Linger() {
  const base::Duration most = binding_.http().timeouts.delayed_close;
  if (!linger_after_flush_ || peer_ended_ || most == base::Duration::zero()) return Close(false);
  state_ = State::kLingering;
  stream_->ShutdownWrite();
  deadlines_.SetIn(Deadline::kLinger, context_.loop.now(), most);
  DiscardInput();
}

void DownstreamConnection::DiscardInput() {
  received_.Clear();
  const net::IoResult result = stream_->Read(received_, kBodyRead);
  lingered_bytes_ += result.bytes;
  received_.Clear();
  const bool over = result.status == net::IoStatus::kEnd ||
                    result.status == net::IoStatus::kError || lingered_bytes_ > kMaxLingerBytes;
  if (over) Close(false);
}

void DownstreamConnection::CutResponse() {
  if (state_ == State::kClosed) return;
  close_after_flush_ = true;
  reset_after_flush_ = true;
  WriteSoon();
}

void DownstreamConnection::Drain() {
  if (closing()) return;
  if (exchange_ != nullptr) return codec_.CloseAfterResponse();
  if (!received_.empty()) return;  // a request is arriving: it is answered, with Connection: close
  close_after_flush_ = true;
  WriteSoon();
}

void DownstreamConnection::OnTimer(event::Timer&) {
  const base::MonoTime now = context_.loop.now();
  for (size_t i = 0; i < static_cast<size_t>(Deadline::kCount); ++i) {
    const auto which = static_cast<Deadline>(i);
    if (!deadlines_.IsDue(which, now)) continue;
    if (which == Deadline::kAge && exchange_ != nullptr) {
      codec_.CloseAfterResponse();
      deadlines_.Clear(which);
      continue;
    }
    deadlines_.Clear(which);
    FireDeadline(which);
    if (state_ == State::kClosed) return;
  }
  deadlines_.Rearm();
}

void DownstreamConnection::FireDeadline(Deadline which) {
  switch (which) {
    case Deadline::kWrite:
      binding_.stats->timeouts_write.Add();
      if (exchange_ != nullptr) exchange_->OnDownstreamLost();
      return Close(true);
    case Deadline::kIdle:
    case Deadline::kAge:
      binding_.stats->connections_closed_idle.Add();
      return Close(false);
    case Deadline::kLinger:
      return Close(false);
    case Deadline::kHead:
      if (exchange_ == nullptr && received_.empty() && codec_.idle()) return Close(false);
      if (exchange_ == nullptr) {
        // The head never became a stream: open one, so that the client gets its 408 and the
        // operator a log line.
        codec_.AbandonHead();
      }
      if (exchange_ != nullptr) exchange_->OnDeadline(which);
      return;
    default:
      if (exchange_ != nullptr) exchange_->OnDeadline(which);
  }
}

void DownstreamConnection::Close(bool reset) {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  context_.load.fetch_sub(1, std::memory_order_relaxed);
  if (exchange_ != nullptr) exchange_->OnDownstreamLost();
  received_.Clear();
  unsent_.reset();
  if (reset) {
    stream_->Abort();
  } else {
    stream_->Close();
  }
  read_task_.Unlink();
  event::Flushable::Unlink();
  base::ListNode<ConnectionTag>::Unlink();
  context_.loop.DestroyLater(std::unique_ptr<event::Deferred>(this));
}

}  // namespace sluice::proxy
