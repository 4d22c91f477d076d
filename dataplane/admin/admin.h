// The admin listener: a small HTTP/1 server on main's loop with one page per file.
//
// Owner and thread: main; `loop` is main's. Reads are GET (or HEAD), changes are POST, anything
// else is 405; no page echoes input, and none is HTML. It has no authentication: bind it to
// loopback. At most kMaxConnections clients at once, each with kIdleTime between bytes; a silent
// client is closed, one more than the limit too. Revision change: pages ask `Sources` each time.
// Data of the config thread is read there, by a message to its mailbox, and the answer comes back
// the same way; while it is on its way other clients are served. A browser page cannot make
// changes: a POST that carries an Origin field is refused. Destroying it, while the loop is not
// inside a turn, drops connections and answers that are still on their way.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dataplane/admin/sources.h"
#include "dataplane/base/clock.h"
#include "dataplane/base/intrusive_list.h"
#include "dataplane/buffer/block_pool.h"
#include "dataplane/event/loop.h"
#include "dataplane/net/address.h"
#include "dataplane/net/socket.h"

namespace sluice::admin {

class Connection;
struct ConnectionTag;

class Admin final : private event::IoHandler {
 public:
  static constexpr size_t kMaxConnections = 16;
  static constexpr base::Duration kIdleTime = std::chrono::seconds(10);

  // What `sources` refers to outlives the admin, and so does `loop`.
  Admin(event::Loop& loop, Sources sources);
  ~Admin();
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  // Binds and listens; once. Port 0 takes any. The error names the address.
  absl::Status Listen(const net::Address& address);
  // AF_UNSPEC before Listen.
  net::Address bound() const { return bound_; }

 private:
  void OnIo(uint32_t ready) override;
  void Adopt(net::Accepted accepted);

  event::Loop& loop_;
  // Shared with work on the config thread that may outlive the admin.
  const std::shared_ptr<const Sources> sources_;
  buffer::BlockPool pool_;
  net::Fd listener_;
  event::IoToken token_;
  net::Address bound_;
  base::IntrusiveList<Connection, ConnectionTag> connections_;
};

}  // namespace sluice::admin
