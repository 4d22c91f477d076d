#include "test/support/holding_stream.h"

#include <algorithm>

namespace sluice::test {

HoldingStream::Pair HoldingStream::MakePair(event::Loop& loop, size_t capacity) {
  Pair pair(new HoldingStream(loop, capacity), new HoldingStream(loop, capacity));
  pair.first->other_ = pair.second.get();
  pair.second->other_ = pair.first.get();
  const net::Address one = *net::Address::FromIp("127.0.0.1", 40001);
  const net::Address two = *net::Address::FromIp("127.0.0.1", 40002);
  pair.first->set_addresses(two, one);
  pair.second->set_addresses(one, two);
  return pair;
}

HoldingStream::~HoldingStream() { Close(); }

void HoldingStream::set_addresses(const net::Address& peer, const net::Address& local) {
  peer_ = peer;
  local_ = local;
}

net::IoResult HoldingStream::Read(buffer::Buffer& into, size_t max) {
  if (closed_) return {0, net::IoStatus::kError};
  const size_t n = std::min(max, held_.size());
  if (n > 0) {
    into.MoveFrom(held_, n);
    if (other_ != nullptr) other_->OnRoom();
    if (!held_.empty() || n == max || peer_ended_ || peer_reset_) {
      owes_readable_ = true;
      CallLater();
      return {n, net::IoStatus::kOk};
    }
    owes_readable_ = false;
    return {n, net::IoStatus::kBlocked};
  }
  owes_readable_ = false;
  if (peer_reset_) return {0, net::IoStatus::kError};
  return {0, peer_ended_ ? net::IoStatus::kEnd : net::IoStatus::kBlocked};
}

net::IoResult HoldingStream::Write(buffer::Buffer& from) {
  if (closed_ || shut_ || peer_reset_ || other_ == nullptr) return {0, net::IoStatus::kError};
  if (from.empty()) return {0, net::IoStatus::kOk};
  size_t n = 0;
  if (!writes_held_) {
    n = std::min(from.size(), capacity_ - std::min(capacity_, other_->held_.size()));
  }
  if (n > 0) {
    other_->held_.MoveFrom(from, n);
    other_->OnArrival();
  }
  if (from.empty()) return {n, net::IoStatus::kOk};
  want_write_ = true;
  return {n, net::IoStatus::kBlocked};
}

void HoldingStream::OnArrival() {
  owes_readable_ = true;
  writes_held_ = false;
  OnRoom();
  CallLater();
}

void HoldingStream::OnRoom() {
  if (!want_write_ || writes_held_) return;
  want_write_ = false;
  owes_writable_ = true;
  CallLater();
}

void HoldingStream::CallLater() {
  asked_in_turn_ = loop_.turns();
  if (!closed_) loop_.Post(*this);
}

void HoldingStream::Run() {
  if (asked_in_turn_ == loop_.turns()) return loop_.Post(*this);
  if (std::exchange(owes_readable_, false) && events_ != nullptr) events_->OnReadable();
  if (closed_) return;
  if (std::exchange(owes_writable_, false) && events_ != nullptr) events_->OnWritable();
}

void HoldingStream::ShutdownWrite() {
  if (closed_ || std::exchange(shut_, true) || other_ == nullptr) return;
  other_->peer_ended_ = true;
  other_->OnArrival();
}

void HoldingStream::Leave(bool reset) {
  if (std::exchange(closed_, true)) return;
  Unlink();
  // Like a kernel: closing with unread bytes is a reset.
  reset = reset || !held_.empty();
  held_.Clear();
  if (other_ == nullptr) return;
  (reset ? other_->peer_reset_ : other_->peer_ended_) = true;
  other_->other_ = nullptr;
  other_->OnArrival();
  other_ = nullptr;
}

void HoldingStream::Close() { Leave(false); }

void HoldingStream::Abort() { Leave(true); }

}  // namespace sluice::test
