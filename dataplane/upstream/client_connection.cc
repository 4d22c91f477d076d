#include "dataplane/upstream/client_connection.h"

#include <algorithm>
#include <utility>

#include "dataplane/base/check.h"
#include "dataplane/http2/client_codec.h"
#include "dataplane/upstream/codec_choice.h"
#include "dataplane/upstream/pool.h"

namespace sluice::upstream {

ClientConnection::ClientConnection(Pool& pool, const ClusterSpec& spec, State state,
                                   std::unique_ptr<net::SocketStream> stream)
    : pool_(pool),
      loop_(pool.worker().loop()),
      plain_(stream.get()),
      http2_options_(Http2OptionsOf(spec)),
      codec_(MakeClientCodec(spec, http2_options_, pool.worker().blocks(), *this)),
      protocol_(spec.protocol),
      max_streams_(spec.protocol == Protocol::kHttp1 ? 1 : spec.max_concurrent_streams),
      transport_key_(spec.transport_key()),
      state_(state),
      timer_(loop_.timers(), *this),
      keepalive_(spec.keepalive) {
  stream_ = std::move(stream);
  stream_->SetEvents(this);
}

ClientConnection::ClientConnection(Pool& pool, const ClusterSpec& spec)
    : ClientConnection(pool, spec, State::kConnecting,
                       net::SocketStream::Connect(pool.worker().loop(), pool.worker().blocks(),
                                                  pool.endpoint().address(),
                                                  event::IoPass::kUpstream)) {
  timer_.ArmAt(loop_.now() + spec.connect_timeout);
}

ClientConnection::ClientConnection(Pool& pool, const ClusterSpec& spec,
                                   const ParkedConnection& claimed)
    : ClientConnection(pool, spec, State::kOpen,
                       net::SocketStream::Adopt(pool.worker().loop(), pool.worker().blocks(),
                                                static_cast<int>(claimed.fd),
                                                pool.endpoint().address(),
                                                event::IoPass::kUpstream)) {
  requests_ = claimed.requests;
}

ClientConnection::~ClientConnection() {
  base::Check(state_ == State::kClosed, "the pool closes a connection before it dies");
}

bool ClientConnection::Spent() const {
  if (write_failed_ || input_end_ != net::IoStatus::kOk) return true;
  return !codec_->reusable() || transport_key_ != pool_.spec().transport_key() || ServedItsShare();
}

bool ClientConnection::ServedItsShare() const {
  const uint32_t max_requests = pool_.spec().max_requests_per_connection;
  return max_requests != 0 && requests_ >= max_requests;
}

uint32_t ClientConnection::room() const {
  if (state_ != State::kOpen || streams_ >= max_streams_ || Spent()) return 0;
  return RoomIfNotSpent();
}

uint32_t ClientConnection::RoomIfNotSpent() const {
  uint32_t room = std::min(codec_->AvailableStreams(), max_streams_ - streams_);
  const uint32_t max_requests = pool_.spec().max_requests_per_connection;
  if (max_requests != 0) room = std::min(room, max_requests - requests_);
  return room;
}

bool ClientConnection::Attach(Call& call) {
  if (room() == 0) return false;
  const http::StreamId id = codec_->OpenStream(call);
  if (id == 0) return false;
  call.Unlink();
  calls_.PushBack(call);
  ++streams_;
  call.state_ = Call::State::kOpen;
  call.connection_ = this;
  call.stream_ = id;
  call.reused_ = requests_ > 0;
  if (call.reused_) pool_.stats().rq_reused.Add();
  ++requests_;
  idle_deadline_ = base::kNever;
  if (protocol_ == Protocol::kHttp2) StartKeepalive(call);
  if (call.paused_) codec_->PauseReceiving(id, true);
  SendSoFar(call);
  return true;
}

void ClientConnection::SendSoFar(Call& call) {
  notify_ = true;
  loop_.FlushLater(*this);
  codec_->SendHead(call.stream_, *call.head_, http::EndStream(call.end_with_head_));
  if (call.end_with_head_) return;
  const bool ends_with_body = call.request_done_ && call.trailers_ == nullptr;
  if (!call.body_.empty() || ends_with_body) {
    codec_->SendBody(call.stream_, call.body_, http::EndStream(ends_with_body));
  }
  if (call.trailers_ != nullptr) codec_->SendTrailers(call.stream_, *call.trailers_);
}

void ClientConnection::SendBody(Call& call, buffer::Buffer& data, http::EndStream end) {
  codec_->SendBody(call.stream_, data, end);
  notify_ = true;
  loop_.FlushLater(*this);
}

void ClientConnection::SendTrailers(Call& call, const http::Head& trailers) {
  codec_->SendTrailers(call.stream_, trailers);
  notify_ = true;
  loop_.FlushLater(*this);
}

size_t ClientConnection::QueuedBytes(const Call& call) const {
  return codec_->QueuedBytes(call.stream_) + out_.size();
}

void ClientConnection::Pause(Call& call, bool paused) {
  codec_->PauseReceiving(call.stream_, paused);
  // What came meanwhile was announced by an edge that will not come again.
  if (!paused) loop_.Post(*this);
}

void ClientConnection::Detach(Call& call, StreamEnd end) {
  call.Unlink();
  --streams_;
  if (end == StreamEnd::kBroken) {
    codec_->ResetStream(call.stream_);
    loop_.FlushLater(*this);
  }
  if (!in_codec_) Settle();
}

void ClientConnection::OnConnected(bool ok) {
  if (!ok) return pool_.OnConnectFailed(*this, CallError::kConnectFailed);
  state_ = State::kOpen;
  pool_.OnConnected();
  loop_.FlushLater(*this);
  Settle();
}

void ClientConnection::Settle() {
  if (state_ != State::kOpen) return;
  if (!calls_.empty()) {
    if (room() > 0) pool_.OnAvailable(*this);
    return;
  }
  // Bytes behind the response belong to no request; an unwritten rest means that the response came
  // before the request was complete. Nobody may use the connection after either.
  const bool unclean = protocol_ == Protocol::kHttp1 && (!in_.empty() || !out_.empty());
  if (unclean || Spent()) {
    if (ServedItsShare()) pool_.stats().cx_max_requests.Add();
    return Close();
  }
  in_.ReleaseReserve();
  if (RoomIfNotSpent() > 0) pool_.OnAvailable(*this);
}

void ClientConnection::Close() {
  if (state_ == State::kClosed) return;
  base::Check(claim_slot == Claims::kSlots, "a parked connection is reclaimed before it is closed");
  pool_.OnClosed(*this);
  state_ = State::kClosed;
  stream_->Close();
  ticket.Release();
  host_ticket.Release();
  pool_.cluster().RoomFreed();
  timer_.Disarm();
  if (!in_codec_) in_.Clear();  // else the codec is still looking at it
  out_.Clear();
  while (!calls_.empty()) {
    Call& call = calls_.PopFront();
    --streams_;
    // The codec may be on the stack, with more to say to calls that are over.
    codec_->ResetStream(call.stream_);
    call.Fail(CallError::kConnectionLost, http::StreamError::kConnectionLost);
  }
}

void ClientConnection::Disown() {
  state_ = State::kClosed;
  plain_->Disown();
  timer_.Disarm();
}

int ClientConnection::claimable_fd() const {
  if (protocol_ != Protocol::kHttp1 || plain_ == nullptr) return -1;
  return in_.empty() && out_.empty() ? stream_->plain_fd() : -1;
}

void ClientConnection::StartIdle(base::MonoTime now, base::Duration timeout) {
  if (timeout <= base::Duration::zero()) return;
  idle_deadline_ = now + timeout;
  ArmBy(idle_deadline_);
}

// Usually armed already, for an earlier time: then it is moved when it fires.
void ClientConnection::ArmBy(base::MonoTime deadline) {
  if (!timer_.armed() || timer_.deadline() > deadline) timer_.ArmAt(deadline);
}

void ClientConnection::StartKeepalive(const Call& call) {
  if (keepalive_.interval <= base::Duration::zero()) keepalive_ = call.keepalive_;
  if (keepalive_.interval <= base::Duration::zero() || ping_ != Ping::kNone) return;
  ping_ = Ping::kDue;
  ping_at_ = loop_.now() + keepalive_.interval;
  ArmBy(ping_at_);
}

bool ClientConnection::OnPingTime() {
  auto& codec = static_cast<http2::ClientCodec&>(*codec_);  // only StartKeepalive sets ping_at_
  if (ping_ == Ping::kSent && codec.pings_outstanding() > 0) {
    pool_.stats().cx_keepalive_timeout.Add();
    Close();
    return false;
  }
  if (calls_.empty()) {
    ping_ = Ping::kNone;
    ping_at_ = base::kNever;
    return true;
  }
  const bool due = ping_ == Ping::kDue;
  if (due) codec.SendPing();
  ping_ = due ? Ping::kSent : Ping::kDue;
  ping_at_ = loop_.now() + (due ? keepalive_.timeout : keepalive_.interval);
  return true;
}

void ClientConnection::OnTimer(event::Timer&) {
  if (state_ == State::kConnecting) {
    return pool_.OnConnectFailed(*this, CallError::kConnectTimeout);
  }
  if (loop_.now() >= ping_at_ && !OnPingTime()) return;
  if (loop_.now() < idle_deadline_) {
    const base::MonoTime next = std::min(ping_at_, idle_deadline_);
    return next == base::kNever ? void() : timer_.ArmAt(next);
  }
  if (!pool_.Reclaim(*this)) return;
  pool_.stats().cx_idle_timeout.Add();
  Close();
}

http::StreamEvents* ClientConnection::OnStream(http::StreamId) { return nullptr; }
void ClientConnection::OnOutput() { loop_.FlushLater(*this); }

void ClientConnection::Run() {
  if (state_ == State::kOpen && !calls_.empty()) ReadAndFeed();
}

}  // namespace sluice::upstream
