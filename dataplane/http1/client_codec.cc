#include "dataplane/http1/client_codec.h"

#include <algorithm>
#include <utility>

namespace sluice::http1 {

using http::BodyFraming;
using http::EndStream;
using http::Head;
using http::Method;
using http::StreamError;
using http::StreamId;
using HeadKind = http::StreamEvents::HeadKind;

namespace {
// Of a response whose head is not the last one (RFC 9110 15.2).
bool IsInformational(std::string_view bytes) {
  if (bytes.size() > 9 && bytes[9] != '1') return false;
  const uint16_t status = PeekStatus(bytes);
  return status >= 100 && status < 200 && status != 101;
}
}  // namespace

ClientCodec::ClientCodec(buffer::BlockPool& pool, http::ConnectionEvents& events,
                         const Limits& limits)
    : pool_(pool), events_(events), limits_(limits) {}

StreamId ClientCodec::OpenStream(http::StreamEvents& events) {
  if (AvailableStreams() == 0) return 0;
  stream_ = &events;
  receive_ = Receive::kHead;
  send_ = Send::kHead;
  paused_ = false;
  keep_alive_ = true;
  asked_upgrade_ = false;
  informational_ = 0;
  method_ = Method::kUnknown;
  return ++id_;
}

http::FeedResult ClientCodec::Feed(buffer::Buffer& in) {
  Step step = Step::kGoOn;
  while (step == Step::kGoOn && wants_input()) {
    switch (receive_) {
      case Receive::kIdle:
        step = ReadIdle(in);
        break;
      case Receive::kHead:
        step = ReadHead(in);
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
  if (error_ != StreamError::kNone) in.Clear();
  return {error_};
}

ClientCodec::Step ClientCodec::ReadIdle(buffer::Buffer& in) {
  return in.empty() ? Step::kStop : Fail(StreamError::kUnexpectedBytes);
}

ClientCodec::Step ClientCodec::ReadHead(buffer::Buffer& in) {
  if (in.empty()) return Step::kStop;
  // An answer before the question is an answer to somebody else's.
  if (send_ == Send::kHead) return Fail(StreamError::kUnexpectedBytes);
  // HTTP/0.9 and whatever else is not HTTP would be waited for until a timeout.
  constexpr std::string_view kProtocol = "HTTP/";
  if (!in.front().starts_with(kProtocol)) [[unlikely]] {
    const size_t n = std::min(in.size(), kProtocol.size());
    if (in.Flatten(pool_, n) != kProtocol.substr(0, n)) return Fail(StreamError::kBadStartLine);
  }

  std::string_view bytes = in.front();
  HeadResult result;
  Head* head = nullptr;
  if (head_reader_.Fresh(in) && !IsInformational(bytes)) {
    // The whole head has come, as nearly always: its end need not be searched first.
    head = &stream_->NewHead(HeadKind::kMain);
    result = ParseResponseHead(bytes, limits_, method_, *head);
  }
  if (result.consumed == 0) {
    // An error counts only in a head that has come whole, or the verdict would depend on how the
    // bytes were cut.
    if (head != nullptr) head->Clear();  // nobody holds the bytes it refers to
    bytes = head_reader_.Ready(pool_, in, limits_.head, limits_.start_line);
    if (bytes.empty()) return Step::kStop;
    if (IsInformational(bytes)) return ReadInformational(in, bytes);
    head = &stream_->NewHead(HeadKind::kMain);
    result = ParseResponseHead(bytes, limits_, method_, *head);
  }
  if (result.error != StreamError::kNone || result.consumed == 0) {
    head->HoldBytes(head_reader_.Take(in, bytes.size()));
    return Fail(result.error != StreamError::kNone ? result.error : StreamError::kProtocol);
  }
  head->HoldBytes(head_reader_.Take(in, result.consumed));
  return AcceptHead(*head, in);
}

ClientCodec::Step ClientCodec::ReadInformational(buffer::Buffer& in, std::string_view bytes) {
  if (informational_ == limits_.informational) return Fail(StreamError::kTooManyInformational);
  ++informational_;
  Head& head = stream_->NewHead(HeadKind::kInformational);
  const HeadResult result = ParseResponseHead(bytes, limits_, method_, head);
  if (result.error != StreamError::kNone) return Fail(result.error);
  if (result.consumed == 0) return Fail(StreamError::kProtocol);
  head.HoldBytes(head_reader_.Take(in, result.consumed));
  stream_->OnInformational();
  return Step::kGoOn;
}

bool ClientCodec::OpensTunnel(uint16_t status) const {
  if (method_ == Method::kConnect) return status >= 200 && status < 300;
  return status == 101;
}

ClientCodec::Step ClientCodec::AcceptHead(const Head& head, buffer::Buffer& in) {
  if (head.status == 101 && !asked_upgrade_) return Fail(StreamError::kBadStatus);
  keep_alive_ = head.keep_alive;
  if (!keep_alive_) {
    will_close_ = true;
    events_.OnLastStream();
  }
  const StreamId id = id_;
  if (OpensTunnel(head.status)) {
    receive_ = Receive::kTunnel;
    will_close_ = true;
    body_reader_.Start(BodyFraming::kUntilClose, 0);
    body_writer_.Start(BodyWriter::Kind::kRaw);
    stream_->OnHead(EndStream::kNo);
    return Step::kGoOn;
  }
  if (asked_upgrade_) send_ = Send::kEnded;  // refused: the request was its head alone
  const bool has_body = HasResponseBody(method_, head.status) &&
                        (head.framing != BodyFraming::kLength || head.content_length != 0);
  if (has_body) {
    receive_ = Receive::kBody;
    body_reader_.Start(head.framing, head.content_length);
    stream_->OnHead(EndStream::kNo);
    return Step::kGoOn;
  }
  BeginEnd(in);
  stream_->OnHead(EndStream::kYes);
  if (id_ == id) EndStreamNow();
  return Step::kGoOn;
}

ClientCodec::Step ClientCodec::ReadBody(buffer::Buffer& in) {
  if (in.empty()) return Step::kStop;
  buffer::Buffer data;
  const BodyReader::Progress progress = body_reader_.Read(in, data, limits_);
  const StreamId id = id_;
  if (progress == BodyReader::Progress::kComplete) BeginEnd(in);
  if (!data.empty()) stream_->OnBody(data);
  if (id_ != id || stream_ == nullptr) return Step::kStop;  // reset by the handler
  switch (progress) {
    case BodyReader::Progress::kError:
      return Fail(StreamError::kBadChunk);
    case BodyReader::Progress::kTrailers:
      receive_ = Receive::kTrailers;
      break;
    case BodyReader::Progress::kComplete:
      EndStreamNow();
      break;
    default:
      break;
  }
  return Step::kGoOn;
}

ClientCodec::Step ClientCodec::ReadTrailers(buffer::Buffer& in) {
  const std::string_view bytes = head_reader_.Ready(pool_, in, limits_.trailers, limits_.trailers);
  if (bytes.empty()) return Step::kStop;
  if (bytes.starts_with("\r\n")) {
    head_reader_.Reset();
    in.Drain(2);
    BeginEnd(in);
    EndStreamNow();
    return Step::kGoOn;
  }
  Head& trailers = stream_->NewHead(HeadKind::kTrailers);
  const HeadResult result = ParseTrailers(bytes, limits_, UnderscorePolicy::kAllow, trailers);
  if (result.error != StreamError::kNone) return Fail(result.error);
  if (result.consumed == 0) return Fail(StreamError::kProtocol);
  trailers.HoldBytes(head_reader_.Take(in, result.consumed));
  BeginEnd(in);
  stream_->OnTrailers();
  EndStreamNow();
  return Step::kGoOn;
}

void ClientCodec::BeginEnd(buffer::Buffer& in) {
  receive_ = Receive::kEnding;
  if (!keep_alive_ || send_ != Send::kEnded) will_close_ = true;
  // On a connection that ends anyway nobody will look at them.
  if (!in.empty() && !will_close_) {
    error_ = StreamError::kUnexpectedBytes;
    will_close_ = true;
  }
}

void ClientCodec::EndStreamNow() {
  if (receive_ != Receive::kEnding) return;
  receive_ = will_close_ ? Receive::kClosed : Receive::kIdle;
  send_ = Send::kEnded;
  paused_ = false;
  if (http::StreamEvents* stream = std::exchange(stream_, nullptr)) stream->OnEnd();
}

ClientCodec::Step ClientCodec::Fail(StreamError error) {
  error_ = error;
  receive_ = Receive::kClosed;
  send_ = Send::kEnded;
  will_close_ = true;
  if (http::StreamEvents* stream = std::exchange(stream_, nullptr)) stream->OnReset(error);
  return Step::kStop;
}

http::FeedResult ClientCodec::FeedEnd() {
  switch (receive_) {
    case Receive::kIdle:
      receive_ = Receive::kClosed;
      will_close_ = true;
      break;
    case Receive::kHead:
    case Receive::kTrailers:
      Fail(StreamError::kEarlyEnd);
      break;
    case Receive::kBody:
    case Receive::kTunnel:
      if (body_reader_.framing() == BodyFraming::kUntilClose) {
        will_close_ = true;
        receive_ = Receive::kEnding;
        EndStreamNow();
      } else {
        Fail(StreamError::kEarlyEnd);
      }
      break;
    case Receive::kEnding:
    case Receive::kClosed:
      break;
  }
  return {error_};
}

void ClientCodec::SendHead(StreamId id, const Head& head, EndStream end) {
  if (id != id_ || send_ != Send::kHead) return;
  method_ = head.method;
  asked_upgrade_ = head.has_upgrade && end == EndStream::kNo && head.framing == BodyFraming::kNone;
  send_ = Send::kBody;
  const FramingLine framing = ChooseFraming(head, end);
  ConnectionLine connection = ConnectionLine::kOmit;
  if (asked_upgrade_) {
    connection = ConnectionLine::kUpgrade;
  } else if (will_close_) {
    connection = ConnectionLine::kClose;
  }
  WriteRequestHead(pool_, head, framing, connection, output_);
  if (end == EndStream::kYes) EndRequest(nullptr);
}

FramingLine ClientCodec::ChooseFraming(const Head& head, EndStream end) {
  using Kind = FramingLine::Kind;
  if (asked_upgrade_ || method_ == Method::kConnect) {
    // Nothing may follow before the answer.
    body_writer_.Start(BodyWriter::Kind::kNone);
    return {};
  }
  if (end == EndStream::kYes) {
    body_writer_.Start(BodyWriter::Kind::kNone);
    // RFC 9110 8.6: methods that usually carry content say that there is none.
    const bool says_so = head.framing == BodyFraming::kLength || method_ == Method::kPost ||
                         method_ == Method::kPut || method_ == Method::kPatch;
    return {says_so ? Kind::kLength : Kind::kOmit, 0};
  }
  if (head.framing == BodyFraming::kLength) {
    body_writer_.Start(BodyWriter::Kind::kLength, head.content_length);
    return {Kind::kLength, head.content_length};
  }
  body_writer_.Start(BodyWriter::Kind::kChunked);
  return {Kind::kChunked, 0};
}

void ClientCodec::SendBody(StreamId id, buffer::Buffer& data, EndStream end) {
  if (id != id_ || send_ != Send::kBody) {
    data.Clear();
    return;
  }
  body_writer_.Write(pool_, data, output_);
  if (end == EndStream::kYes) EndRequest(nullptr);
}

void ClientCodec::SendTrailers(StreamId id, const Head& trailers) {
  if (id == id_ && send_ == Send::kBody) EndRequest(&trailers);
}

void ClientCodec::EndRequest(const Head* trailers) {
  if (!body_writer_.End(pool_, trailers, output_)) will_close_ = true;
  send_ = Send::kEnded;
}

void ClientCodec::ResetStream(StreamId id) {
  if (id != id_ || stream_ == nullptr) return;
  stream_ = nullptr;
  send_ = Send::kEnded;
  receive_ = Receive::kClosed;
  will_close_ = true;
}

void ClientCodec::PauseReceiving(StreamId id, bool paused) {
  if (id == id_ && stream_ != nullptr) paused_ = paused;
}

void ClientCodec::TakeOutput(buffer::Buffer& out) {
  out.Append(output_);
  output_.ReleaseReserve();
}

bool ClientCodec::wants_input() const {
  return !paused_ && receive_ != Receive::kEnding && receive_ != Receive::kClosed;
}

}  // namespace sluice::http1
