#include "dataplane/admin/admin.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>

#include "dataplane/admin/connection.h"
#include "dataplane/net/socket_stream.h"

namespace sluice::admin {

namespace {

constexpr int kBacklog = 16;
constexpr int kAcceptsPerTurn = 4;

absl::Status ListenError(const net::Address& address, int error) {
  return absl::UnavailableError(
      fmt::format("admin: cannot listen on {}: {}", address.ToString(), net::ErrnoText(error)));
}

const http1::ServerOptions& Options() {
  static const http1::ServerOptions options;
  return options;
}

}  // namespace

Admin::Admin(event::Loop& loop, Sources sources)
    : loop_(loop), sources_(std::make_shared<const Sources>(std::move(sources))) {}

Admin::~Admin() {
  if (token_.valid()) loop_.Remove(listener_.get(), token_);
  while (!connections_.empty()) delete &connections_.front();
}

absl::Status Admin::Listen(const net::Address& address) {
  net::FdResult socket = net::BindSocket(address, net::PortSharing::kExclusive, false);
  if (!socket.fd.valid()) return ListenError(address, socket.error);
  if (listen(socket.fd.get(), kBacklog) != 0) return ListenError(address, errno);
  listener_ = std::move(socket.fd);
  bound_ = net::LocalAddress(listener_.get());
  token_ = loop_.Add(listener_.get(), *this, event::IoPass::kDownstream, event::Trigger::kLevel);
  if (!token_.valid()) return ListenError(address, ENOMEM);
  return absl::OkStatus();
}

void Admin::OnIo(uint32_t) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    net::Accepted accepted = net::Accept(listener_.get());
    if (!accepted.fd.valid()) return;
    Adopt(std::move(accepted));
  }
}

// One client too many is closed by the end of this scope.
void Admin::Adopt(net::Accepted accepted) {
  size_t open = 0;
  connections_.ForEach([&](Connection&) { ++open; });
  if (open >= kMaxConnections) return;
  auto stream = net::SocketStream::Adopt(loop_, pool_, accepted.fd.Release(), accepted.peer,
                                         event::IoPass::kDownstream);
  const Connection::Context context{loop_, pool_, sources_, Options(), kIdleTime};
  connections_.PushBack(*new Connection(context, std::move(stream)));
}

}  // namespace sluice::admin
