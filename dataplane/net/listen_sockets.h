// The listening sockets of the process, kept apart from workers and snapshots: a listener that a
// configuration change keeps never loses its sockets, and one it adds is bound before it is served.
//
//   Bind (PREPARE: fails while the old configuration still serves) -> Listen (SERVE) -> Close
//
// Each address has one SO_REUSEPORT socket per worker, so that workers accept without sharing
// anything. SO_REUSEPORT alone would let a second Sluice of the same user take half of the
// connections unseen; so an exclusive probe is bound first, and once more right before listening.
// Thread: main. Workers borrow the descriptors and must have removed them from their loops before
// Close, which drops connections that wait to be accepted.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataplane/net/address.h"
#include "dataplane/net/socket.h"

namespace sluice::net {

class ListenSockets final {
 public:
  static constexpr int kBacklog = 4096;
  struct Options {
    size_t workers = 1;
    // --bind-host: an IP literal that replaces wildcard hosts (0.0.0.0, ::). Empty: nothing does.
    std::string bind_host = {};
  };
  struct SocketOptions {
    bool ipv4_too = false;  // SocketAddress.ipv4_compat
    friend bool operator==(const SocketOptions&, const SocketOptions&) = default;
  };

  // One listening address. Stays where it is until Close.
  class Entry final {
   public:
    // As configured, and as the kernel has it: with --bind-host applied and a real port.
    const Address& wanted() const { return wanted_; }
    const Address& bound() const { return bound_; }
    bool listening() const { return listening_; }
    // The socket of `worker` in [0, workers). A unix socket has one, shared by all.
    int fd(size_t worker) const;

   private:
    friend class ListenSockets;
    Address wanted_;
    Address bound_;
    SocketOptions options_;
    std::vector<Fd> sockets_;
    std::string listener_;
    bool listening_ = false;
    int backlog_ = 0;  // while listening
  };

  // INVALID_ARGUMENT for a bad bind_host.
  static absl::StatusOr<std::unique_ptr<ListenSockets>> Create(Options options);

  // Binds `wanted` for `listener` (its name, for messages), or returns the entry that an earlier
  // call made for the same address. With port 0 each listener name has a port of its own. Errors
  // name the listener and the address: ALREADY_EXISTS for a taken port, PERMISSION_DENIED,
  // INVALID_ARGUMENT for an address that is not ours or unequal options, RESOURCE_EXHAUSTED.
  absl::StatusOr<const Entry*> Bind(std::string_view listener, const Address& wanted,
                                    const SocketOptions& options);
  // Makes a bound entry listen, or gives one that listens another backlog: its sockets and what
  // waits in them stay. ALREADY_EXISTS if somebody began to listen there since Bind. On an error
  // the entry stays as it was. `backlog`: Listener.tcp_backlog_size; the kernel caps it at
  // net.core.somaxconn.
  absl::Status Listen(const Entry& entry, int backlog = kBacklog);
  // Closes the sockets; `entry` is gone afterwards.
  void Close(const Entry& entry);

  const Entry* Find(std::string_view listener, const Address& wanted) const;

 private:
  // The second part is the listener's name for port 0, else empty.
  using Key = std::pair<std::string, std::string>;
  explicit ListenSockets(Options options) : options_(std::move(options)) {}
  static Key KeyOf(std::string_view listener, const Address& wanted);
  absl::StatusOr<Address> Replaced(const Address& wanted) const;
  absl::Status BindSockets(Entry& entry, const Address& address) const;

  Options options_;
  std::map<Key, std::unique_ptr<Entry>> entries_;
};

}  // namespace sluice::net
