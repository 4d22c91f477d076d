// The reading and writing side of ClientConnection.
#include "dataplane/upstream/client_connection.h"
#include "dataplane/upstream/pool.h"

namespace sluice::upstream {
namespace {

constexpr size_t kReadAtOnce = net::SocketStream::kMaxReadPerTurn;

}  // namespace

void ClientConnection::OnReadable() {
  readable_ = true;
  if (state_ != State::kOpen) return;
  if (calls_.empty() && protocol_ == Protocol::kHttp1) return OnUnexpectedInput();
  ReadAndFeed();
}

void ClientConnection::ReadAndFeed() {
  if (!in_.empty() && !FeedInput()) return;
  while (readable_ && input_end_ == net::IoStatus::kOk && codec_->wants_input()) {
    const net::IoResult result = stream_->Read(in_, kReadAtOnce);
    // When there is more, the stream calls again by itself in a later turn.
    readable_ = false;
    const bool nothing = result.bytes == 0 && result.status == net::IoStatus::kBlocked;
    if (nothing && write_failed_) return Close();
    if (result.status == net::IoStatus::kEnd || result.status == net::IoStatus::kError) {
      input_end_ = result.status;
    }
    if (!in_.empty() && !FeedInput()) return;
  }
  if (input_end_ != net::IoStatus::kOk && codec_->wants_input()) return OnInputEnd();
  Settle();
}

bool ClientConnection::FeedInput() {
  if (protocol_ == Protocol::kHttp1 && !calls_.empty()) calls_.front().response_begun_ = true;
  in_codec_ = true;
  const http::FeedResult result = codec_->Feed(in_);
  in_codec_ = false;
  if (state_ != State::kOpen) return false;
  if (result.error == http::StreamError::kNone) return true;
  // HTTP/2 says why it goes away, if the socket takes it at once.
  TakeOutput();
  if (state_ == State::kOpen) static_cast<void>(stream_->Write(out_));
  Close();
  return false;
}

void ClientConnection::OnInputEnd() {
  if (input_end_ == net::IoStatus::kEnd) {
    in_codec_ = true;
    // What its end leaves incomplete fails below; a body framed by the end is complete.
    static_cast<void>(codec_->FeedEnd());
    in_codec_ = false;
  }
  Close();
}

void ClientConnection::OnUnexpectedInput() {
  if (!pool_.Reclaim(*this)) return;
  const net::IoResult result = stream_->Read(in_, 1);
  if (result.status != net::IoStatus::kBlocked || result.bytes > 0) return Close();
  // The callback was owed to the last Read of the response, which had found the socket's end.
  readable_ = false;
  in_.ReleaseReserve();
  pool_.OnAvailable(*this);
}

void ClientConnection::OnWritable() { Flush(); }

void ClientConnection::Flush() {
  if (state_ != State::kOpen) return;
  TakeOutput();
  if (state_ != State::kOpen) return;
  if (write_failed_) {
    out_.Clear();
    return NoteWritten();
  }
  if (out_.empty()) return;
  const net::IoResult result = stream_->Write(out_);
  if (result.bytes > 0 && notify_) NoteWritten();
  if (result.status == net::IoStatus::kError) OnWriteFailed();
}

// HTTP/2 finds out here which requests it cannot send, and tells them.
void ClientConnection::TakeOutput() {
  in_codec_ = true;
  const uint32_t streams = streams_;
  codec_->TakeOutput(out_);
  in_codec_ = false;
  if (streams_ != streams) Settle();
}

void ClientConnection::NoteWritten() {
  notify_ = false;
  calls_.ForEach([&](Call& call) {
    if (!write_failed_) call.request_sent_ = true;
    call.AfterWrite();
  });
  // A handler may have ended the last call, and the connection with it.
  if (state_ != State::kOpen) return;
  calls_.ForEach([&](const Call& call) { notify_ = notify_ || call.above_mark_; });
}

// A server that refuses a long request answers, closes and resets what comes after: its answer may
// lie in our socket, and is worth more than the error (RFC 9112 9.6).
void ClientConnection::OnWriteFailed() {
  if (state_ != State::kOpen) return;
  write_failed_ = true;
  out_.Clear();
  if (calls_.empty()) return Close();
  // In the next turn, when the edge that tells of the answer has been seen.
  readable_ = true;
  loop_.Post(*this);
}

}  // namespace sluice::upstream
