#include "dataplane/http1/server_codec.h"

#include <utility>

#include "dataplane/http/text.h"

namespace sluice::http1 {

using http::BodyFraming;
using http::EndStream;
using http::Head;
using http::StreamError;
using http::StreamId;

ServerCodec::ServerCodec(buffer::BlockPool& pool, http::ConnectionEvents& events,
                         const ServerOptions& options)
    : pool_(pool), events_(events), options_(options) {}

http::FeedResult ServerCodec::Feed(buffer::Buffer& in) {
  const StreamId last = id_ + kMessagesPerFeed;
  Step step = Step::kGoOn;
  while (step == Step::kGoOn && wants_input()) {
    switch (receive_) {
      case Receive::kHead:
        step = id_ == last ? Step::kStop : ReadHead(in);
        break;
      case Receive::kBody:
      case Receive::kTunnel:
        step = ReadBody(in);
        break;
      case Receive::kTrailers:
        step = ReadTrailers(in);
        break;
      default:
        step = Step::kStop;
        break;
    }
  }
  return {error_};
}

ServerCodec::Step ServerCodec::ReadHead(buffer::Buffer& in) {
  half_received_ = !in.empty();
  if (!half_received_) return Step::kStop;
  const char first = in.front().front();
  if (first == '\r' && !skipped_crlf_) {
    if (in.size() < 2) return Step::kStop;
    if (in.Flatten(pool_, 2) == "\r\n") {
      in.Drain(2);
      skipped_crlf_ = true;
      return Step::kGoOn;
    }
  }
  // No method begins so: a TLS hello, most often. It would never come to the end of a head.
  if (!http::IsTokenChar(first)) {
    OpenExchange();
    stream_->NewHead(http::StreamEvents::HeadKind::kMain);
    return Fail(StreamError::kBadStartLine);
  }

  const Limits& limits = options_.limits;
  const std::string_view bytes = head_reader_.Ready(pool_, in, limits.head, limits.start_line);
  if (bytes.empty()) return Step::kStop;
  OpenExchange();
  Head& head = stream_->NewHead(http::StreamEvents::HeadKind::kMain);
  const HeadResult result = ParseRequestHead(bytes, limits, options_.rules, head);
  method_ = head.method;
  version_ = head.version;
  if (result.error != StreamError::kNone || result.consumed == 0) {
    // What was parsed stays readable for the log.
    head.HoldBytes(head_reader_.Take(in, bytes.size()));
    return Fail(result.error != StreamError::kNone ? result.error : StreamError::kProtocol);
  }
  head.HoldBytes(head_reader_.Take(in, result.consumed));
  return AcceptHead(head);
}

void ServerCodec::OpenExchange() {
  ++id_;
  open_ = true;
  half_received_ = false;
  skipped_crlf_ = false;
  paused_ = false;
  method_ = http::Method::kUnknown;
  version_ = http::Version::kHttp11;
  waits_for_continue_ = false;
  continue_sent_ = false;
  dropped_ = 0;
  send_ = Send::kHead;
  stream_ = events_.OnStream(id_);
}

ServerCodec::Step ServerCodec::AcceptHead(const Head& head) {
  const StreamId id = id_;
  waits_for_continue_ = head.expect_continue;
  const bool has_body = head.framing == BodyFraming::kChunked ||
                        (head.framing == BodyFraming::kLength && head.content_length != 0);
  const bool upgrade = head.has_upgrade && options_.allow_upgrade && !has_body;
  if (has_body) {
    body_reader_.Start(head.framing, head.content_length);
    receive_ = Receive::kBody;
  } else {
    receive_ = upgrade ? Receive::kHeld : Receive::kComplete;
  }
  if (!head.keep_alive) will_close_ = true;
  if (will_close_) events_.OnLastStream();

  stream_->OnHead(has_body || upgrade ? EndStream::kNo : EndStream::kYes);
  // The handler may have answered, and so ended this exchange, already.
  if (id_ == id && stream_ != nullptr && receive_ == Receive::kComplete) stream_->OnEnd();
  return Step::kGoOn;
}

ServerCodec::Step ServerCodec::ReadBody(buffer::Buffer& in) {
  if (in.empty()) return Step::kStop;
  buffer::Buffer data;
  const BodyReader::Progress progress = body_reader_.Read(in, data, options_.limits);
  if (!data.empty()) {
    waits_for_continue_ = false;
    if (stream_ != nullptr) {
      stream_->OnBody(data);
    } else {
      dropped_ += data.size();
    }
  }
  if (progress == BodyReader::Progress::kError) return Fail(StreamError::kBadChunk);
  if (receive_ == Receive::kClosed) return Step::kStop;  // reset by the handler
  if (stream_ == nullptr && dropped_ > options_.limits.drain) {
    EndExchange();
    receive_ = Receive::kClosed;
    will_close_ = true;
    return Step::kStop;
  }
  if (progress == BodyReader::Progress::kTrailers) receive_ = Receive::kTrailers;
  if (progress == BodyReader::Progress::kComplete) CompleteRequest();
  return Step::kGoOn;
}

ServerCodec::Step ServerCodec::ReadTrailers(buffer::Buffer& in) {
  const std::string_view bytes =
      head_reader_.Ready(pool_, in, options_.limits.trailers, options_.limits.trailers);
  if (bytes.empty()) return Step::kStop;
  if (bytes.starts_with("\r\n")) {
    head_reader_.Reset();
    in.Drain(2);
    CompleteRequest();
    return Step::kGoOn;
  }
  if (stream_ == nullptr) return Fail(StreamError::kUnexpectedBytes);
  Head& trailers = stream_->NewHead(http::StreamEvents::HeadKind::kTrailers);
  const HeadResult result =
      ParseTrailers(bytes, options_.limits, options_.rules.underscores, trailers);
  if (result.error != StreamError::kNone) return Fail(result.error);
  if (result.consumed == 0) return Fail(StreamError::kProtocol);
  trailers.HoldBytes(head_reader_.Take(in, result.consumed));
  const StreamId id = id_;
  stream_->OnTrailers();
  if (id_ == id && receive_ == Receive::kTrailers) CompleteRequest();
  return Step::kGoOn;
}

void ServerCodec::CompleteRequest() {
  receive_ = Receive::kComplete;
  if (send_ == Send::kEnded) {
    EndExchange();
  } else if (stream_ != nullptr) {
    stream_->OnEnd();
  }
}

ServerCodec::Step ServerCodec::Fail(StreamError error) {
  error_ = error;
  receive_ = Receive::kClosed;
  will_close_ = true;
  if (send_ == Send::kEnded) open_ = false;
  if (http::StreamEvents* stream = std::exchange(stream_, nullptr)) stream->OnReset(error);
  return Step::kStop;
}

void ServerCodec::AbandonHead() {
  OpenExchange();
  stream_->NewHead(http::StreamEvents::HeadKind::kMain);
  receive_ = Receive::kClosed;
  will_close_ = true;
}

http::FeedResult ServerCodec::FeedEnd() {
  switch (receive_) {
    case Receive::kHead:
      receive_ = Receive::kClosed;
      will_close_ = true;
      if (half_received_) error_ = StreamError::kEarlyEnd;
      break;
    case Receive::kBody:
    case Receive::kTrailers:
    case Receive::kHeld:
      Fail(StreamError::kEarlyEnd);
      break;
    case Receive::kComplete:
      will_close_ = true;
      break;  // it may still read the response
    case Receive::kTunnel:
      receive_ = Receive::kComplete;
      if (stream_ != nullptr) stream_->OnEnd();
      break;
    case Receive::kClosed:
      break;
  }
  return {error_};
}

void ServerCodec::SendHead(StreamId id, const Head& head, EndStream end) {
  if (id != id_ || send_ != Send::kHead) return;
  if (head.status >= 200 || head.status == 101) {
    SendFinalHead(head, end);
  } else {
    SendInformational(head);
  }
}

void ServerCodec::SendInformational(const Head& head) {
  if (version_ == http::Version::kHttp10 || error_ != StreamError::kNone) return;
  if (head.status == 100) {
    if (continue_sent_) return;
    continue_sent_ = true;
    waits_for_continue_ = false;
  }
  WriteResponseHead(pool_, head, {}, ConnectionLine::kOmit, output_);
}

void ServerCodec::SendFinalHead(const Head& head, EndStream end) {
  if (head.status == 101 && receive_ != Receive::kHeld) {
    // Nobody asked: what the client sends next is HTTP, and would be taken for tunnel bytes.
    ResetStream(id_);
    return;
  }
  send_ = Send::kBody;
  const FramingLine framing = ChooseFraming(head, end);
  WriteResponseHead(pool_, head, framing, ChooseConnection(head), output_);
  if (receive_ == Receive::kHeld) {
    receive_ = head.status == 101 ? Receive::kTunnel : Receive::kComplete;
    if (head.status == 101) body_reader_.Start(BodyFraming::kUntilClose, 0);
  }
  if (end == EndStream::kYes) EndResponse(nullptr);
}

// RFC 9112 6.3 and 6.1: what the client can understand.
FramingLine ServerCodec::ChooseFraming(const Head& head, EndStream end) {
  using Kind = FramingLine::Kind;
  if (head.status == 101) {
    body_writer_.Start(BodyWriter::Kind::kRaw);
    will_close_ = true;
    return {};
  }
  if (!HasResponseBody(method_, head.status)) {
    body_writer_.Start(BodyWriter::Kind::kNone);
    // RFC 9110 8.6: the length of what GET would have got; never with 204.
    if (head.framing != BodyFraming::kLength || head.status == 204) return {};
    return {Kind::kLength, head.content_length};
  }
  if (end == EndStream::kYes || head.framing == BodyFraming::kLength) {
    const uint64_t length = end == EndStream::kYes ? 0 : head.content_length;
    body_writer_.Start(BodyWriter::Kind::kLength, length);
    return {Kind::kLength, length};
  }
  if (version_ == http::Version::kHttp11) {
    body_writer_.Start(BodyWriter::Kind::kChunked);
    return {Kind::kChunked, 0};
  }
  body_writer_.Start(BodyWriter::Kind::kRaw);
  will_close_ = true;
  return {};
}

ConnectionLine ServerCodec::ChooseConnection(const Head& head) {
  if (head.status == 101) return ConnectionLine::kUpgrade;
  // Whether its body comes is the client's choice now, so the next message has no sure beginning.
  if (waits_for_continue_) will_close_ = true;
  if (will_close_) return ConnectionLine::kClose;
  return version_ == http::Version::kHttp10 ? ConnectionLine::kKeepAlive : ConnectionLine::kOmit;
}

void ServerCodec::SendBody(StreamId id, buffer::Buffer& data, EndStream end) {
  if (id != id_ || send_ != Send::kBody) {
    data.Clear();
    return;
  }
  body_writer_.Write(pool_, data, output_);
  if (end == EndStream::kYes) EndResponse(nullptr);
}

void ServerCodec::SendTrailers(StreamId id, const Head& trailers) {
  if (id == id_ && send_ == Send::kBody) EndResponse(&trailers);
}

void ServerCodec::EndResponse(const Head* trailers) {
  if (!body_writer_.End(pool_, trailers, output_)) will_close_ = true;
  send_ = Send::kEnded;
  stream_ = nullptr;
  paused_ = false;
  if (receive_ == Receive::kComplete || receive_ == Receive::kClosed || will_close_) EndExchange();
}

// Both directions are over, or what is left of the request will not be read.
void ServerCodec::EndExchange() {
  open_ = false;
  stream_ = nullptr;
  paused_ = false;
  receive_ = will_close_ ? Receive::kClosed : Receive::kHead;
}

void ServerCodec::ResetStream(StreamId id) {
  if (id != id_ || !open_) return;
  send_ = Send::kEnded;
  will_close_ = true;
  EndExchange();
}

void ServerCodec::PauseReceiving(StreamId id, bool paused) {
  if (id == id_ && stream_ != nullptr) paused_ = paused;
}

void ServerCodec::TakeOutput(buffer::Buffer& out) {
  out.Append(output_);
  output_.ReleaseReserve();  // an idle connection holds no memory
}

bool ServerCodec::request_complete() const {
  switch (receive_) {
    case Receive::kBody:
    case Receive::kTrailers:
    case Receive::kHeld:
    case Receive::kTunnel:
      return false;
    default:
      return true;
  }
}

bool ServerCodec::wants_input() const {
  if (paused_) return false;
  switch (receive_) {
    case Receive::kHead:
    case Receive::kBody:
    case Receive::kTrailers:
    case Receive::kTunnel:
      return true;
    default:
      return false;
  }
}

bool ServerCodec::idle() const { return !open_ && !half_received_ && receive_ == Receive::kHead; }

bool ServerCodec::reusable() const { return !will_close_; }

}  // namespace sluice::http1
