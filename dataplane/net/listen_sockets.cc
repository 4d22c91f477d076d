#include "dataplane/net/listen_sockets.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "dataplane/base/check.h"
#include "dataplane/base/status_macros.h"

namespace sluice::net {
namespace {

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case EADDRINUSE: return absl::StatusCode::kAlreadyExists;
    case EACCES:
    case EPERM: return absl::StatusCode::kPermissionDenied;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return absl::StatusCode::kResourceExhausted;
    default: return absl::StatusCode::kInvalidArgument;
  }
}

absl::Status Refused(std::string_view listener, const Address& address, std::string_view what,
                     int error) {
  return absl::Status(CodeOf(error), fmt::format("listener '{}': cannot {} {}: {}", listener, what,
                                                 address.ToString(), ErrnoText(error)));
}

// A process that was killed leaves its socket file behind, and bind would refuse it for ever. Only
// a socket nobody answers on is removed.
void RemoveStaleSocketFile(const Address& address) {
  const char* path = reinterpret_cast<const sockaddr_un*>(address.sockaddr_ptr())->sun_path;
  struct stat info;
  if (path[0] != '/' || stat(path, &info) != 0 || !S_ISSOCK(info.st_mode)) return;
  if (StartConnect(address, std::nullopt).error == ECONNREFUSED) unlink(path);
}

}  // namespace

int ListenSockets::Entry::fd(size_t worker) const {
  return sockets_[sockets_.size() == 1 ? 0 : worker].get();
}

absl::StatusOr<std::unique_ptr<ListenSockets>> ListenSockets::Create(Options options) {
  base::Check(options.workers > 0, "there is a worker");
  if (!options.bind_host.empty()) {
    SLUICE_RETURN_IF_ERROR(Address::FromIp(options.bind_host, 0).status());
  }
  return std::unique_ptr<ListenSockets>(new ListenSockets(std::move(options)));
}

ListenSockets::Key ListenSockets::KeyOf(std::string_view listener, const Address& wanted) {
  const bool any_port = wanted.is_ip() && wanted.port() == 0;
  return {wanted.ToString(), any_port ? std::string(listener) : std::string()};
}

absl::StatusOr<Address> ListenSockets::Replaced(const Address& wanted) const {
  if (options_.bind_host.empty() || !wanted.is_any()) return wanted;
  return Address::FromIp(options_.bind_host, wanted.port());
}

const ListenSockets::Entry* ListenSockets::Find(std::string_view listener,
                                                const Address& wanted) const {
  const auto found = entries_.find(KeyOf(listener, wanted));
  return found == entries_.end() ? nullptr : found->second.get();
}

absl::StatusOr<const ListenSockets::Entry*> ListenSockets::Bind(std::string_view listener,
                                                                const Address& wanted,
                                                                const SocketOptions& options) {
  if (const Entry* known = Find(listener, wanted); known != nullptr) {
    if (known->options_ == options) return known;
    return absl::InvalidArgumentError(
        fmt::format("listener '{}': {} is open with other socket options for listener '{}'",
                    listener, wanted.ToString(), known->listener_));
  }
  SLUICE_ASSIGN_OR_RETURN(const Address address, Replaced(wanted));
  auto entry = std::make_unique<Entry>();
  entry->wanted_ = wanted;
  entry->options_ = options;
  entry->listener_ = std::string(listener);
  SLUICE_RETURN_IF_ERROR(BindSockets(*entry, address));
  return (entries_[KeyOf(listener, wanted)] = std::move(entry)).get();
}

absl::Status ListenSockets::BindSockets(Entry& entry, const Address& address) const {
  if (address.family() == AF_UNIX) RemoveStaleSocketFile(address);
  // The probe holds the port, which the kernel may just have chosen, until all sockets have it:
  // SO_REUSEADDR lets sockets share an address while none of them listens.
  FdResult probe = BindSocket(address, PortSharing::kExclusive, entry.options_.ipv4_too);
  if (!probe.fd.valid()) return Refused(entry.listener_, address, "bind", probe.error);
  if (!address.is_ip()) {
    entry.bound_ = address;
    entry.sockets_.push_back(std::move(probe.fd));
    return absl::OkStatus();
  }
  entry.bound_ = LocalAddress(probe.fd.get());
  for (size_t i = 0; i < options_.workers; ++i) {
    FdResult socket = BindSocket(entry.bound_, PortSharing::kPerWorker, entry.options_.ipv4_too);
    if (!socket.fd.valid()) return Refused(entry.listener_, entry.bound_, "bind", socket.error);
    entry.sockets_.push_back(std::move(socket.fd));
  }
  return absl::OkStatus();
}

absl::Status ListenSockets::Listen(const Entry& which, int backlog) {
  Entry& entry = *entries_.at(KeyOf(which.listener_, which.wanted_));
  if (entry.listening_ && entry.backlog_ == backlog) return absl::OkStatus();
  if (!entry.listening_ && entry.bound_.is_ip()) {
    // Another Sluice may have bound the port when none of us listened yet; whoever listens first
    // has it.
    FdResult probe = BindSocket(entry.bound_, PortSharing::kExclusive, entry.options_.ipv4_too);
    if (!probe.fd.valid()) return Refused(entry.listener_, entry.bound_, "listen on", probe.error);
  }
  for (const Fd& socket : entry.sockets_) {
    if (listen(socket.get(), backlog) != 0) {
      return Refused(entry.listener_, entry.bound_, "listen on", errno);
    }
  }
  entry.listening_ = true;
  entry.backlog_ = backlog;
  return absl::OkStatus();
}

void ListenSockets::Close(const Entry& entry) {
  if (entry.bound_.family() == AF_UNIX) {
    const auto* path = reinterpret_cast<const sockaddr_un*>(entry.bound_.sockaddr_ptr());
    if (path->sun_path[0] == '/') unlink(path->sun_path);
  }
  entries_.erase(KeyOf(entry.listener_, entry.wanted_));
}

}  // namespace sluice::net
