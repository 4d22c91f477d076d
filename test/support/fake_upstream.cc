#include "test/support/fake_upstream.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "dataplane/base/check.h"

namespace sluice::test {
namespace {

net::Fd Bind(net::Address& bound) {
  const net::Address any = net::Address::FromIp("127.0.0.1", 0).value();
  net::FdResult result = net::BindSocket(any, net::PortSharing::kExclusive, false);
  base::Check(result.fd.valid(), "a loopback port is free");
  bound = net::LocalAddress(result.fd.get());
  return std::move(result.fd);
}

}  // namespace

FakeUpstream::FakeUpstream(event::Loop& loop) : loop_(loop), listener_(Bind(address_)) {
  base::Check(listen(listener_.get(), 128) == 0, "a bound socket listens");
  token_ = loop_.Add(listener_.get(), *this, event::IoPass::kDownstream, event::Trigger::kLevel);
}

FakeUpstream::~FakeUpstream() { loop_.Remove(listener_.get(), token_); }

void FakeUpstream::OnIo(uint32_t) {
  for (;;) {
    net::Accepted accepted = net::Accept(listener_.get());
    if (!accepted.fd.valid()) return;
    connections_.push_back(std::make_unique<Connection>(*this, std::move(accepted.fd)));
  }
}

size_t FakeUpstream::open() const {
  return static_cast<size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [](const auto& c) { return !c->closed() && !c->peer_ended(); }));
}

uint32_t FakeUpstream::requests() const {
  uint32_t sum = 0;
  for (const auto& connection : connections_) sum += connection->requests();
  return sum;
}

FakeUpstream::Connection::Connection(FakeUpstream& server, net::Fd fd)
    : server_(server), fd_(std::move(fd)) {
  token_ = server_.loop_.Add(fd_.get(), *this, event::IoPass::kDownstream);
}

FakeUpstream::Connection::~Connection() { Close(); }

void FakeUpstream::Connection::OnIo(uint32_t) {
  if (!paused_) ReadAll();
}

void FakeUpstream::Connection::PauseReading(bool paused) {
  paused_ = paused;
  if (!paused) ReadAll();
}

void FakeUpstream::Connection::ReadAll() {
  std::array<char, 16384> bytes;
  while (fd_.valid()) {
    const ssize_t n = recv(fd_.get(), bytes.data(), bytes.size(), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
      peer_ended_ = true;
      return;
    }
    const std::string_view got(bytes.data(), static_cast<size_t>(n));
    received_bytes_ += got.size();
    if (server_.keep_) received_ += got;
    CountHeads(got);
  }
}

void FakeUpstream::Connection::CountHeads(std::string_view bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  for (char c : bytes) {
    matched_ = c == kEnd[matched_] ? matched_ + 1 : (c == '\r' ? 1 : 0);
    if (matched_ < kEnd.size()) continue;
    matched_ = 0;
    ++requests_;
    if (!server_.response_.empty()) Send(server_.response_);
  }
}

size_t FakeUpstream::Connection::Send(std::string_view bytes) {
  if (!fd_.valid()) return 0;
  const ssize_t n = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return n < 0 ? 0 : static_cast<size_t>(n);
}

void FakeUpstream::Connection::End() { shutdown(fd_.get(), SHUT_WR); }

void FakeUpstream::Connection::Close() {
  if (!fd_.valid()) return;
  server_.loop_.Remove(fd_.get(), token_);
  fd_.Reset();
}

void FakeUpstream::Connection::Reset() {
  net::ResetOnClose(fd_.get());
  Close();
}

DeafListener::DeafListener() : listener_(Bind(address_)) {
  base::Check(listen(listener_.get(), 0) == 0, "a bound socket listens");
  // The queue of a backlog of 0 holds one; a few more make sure that no SYN is answered.
  for (int i = 0; i < 4; ++i) {
    fillers_.push_back(net::StartConnect(address_, std::nullopt).fd);
  }
}

net::Address RefusingAddress() {
  net::Address address;
  Bind(address);
  return address;
}

}  // namespace sluice::test
