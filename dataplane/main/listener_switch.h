// Brings a snapshot to the listen sockets and to all workers.
//
// Owner and thread: main; the sockets and the workers outlive it. State: the snapshot that is
// served, and the one that is prepared, whose sockets are bound and not listening. Revision change:
// Serve listens, hands the snapshot to every worker, and closes what nobody needs once all have
// adopted it. A delayed worker delays that answer and the closing, nothing else: it accepts on its
// old sockets meanwhile, and another Serve may begin. After CloseAll no socket is opened again.
// Nothing survives a restart.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dataplane/admin/sources.h"
#include "dataplane/config/problems.h"
#include "dataplane/main/faults.h"
#include "dataplane/net/listen_sockets.h"
#include "dataplane/worker/worker_set.h"

namespace sluice::main {

class ListenerSwitch final {
 public:
  using SnapshotPtr = std::shared_ptr<const config::Snapshot>;
  // `announce` is called for each listener when every worker begins to accept on its address.
  struct Parts {
    net::ListenSockets& sockets;
    worker::WorkerSet& workers;
    Faults faults;
    std::function<void(const admin::BoundListener&)> announce;
  };
  explicit ListenerSwitch(Parts parts) : parts_(std::move(parts)) {}

  // Binds what every snapshot will have, the bootstrap's listeners, and keeps it. Once, before
  // anything else; the same problems.
  config::Problems Reserve(SnapshotPtr bootstrap);
  // Binds what `snapshot` needs beside what is bound. Those that cannot be bound are named as LOCAL
  // problems ("bind_failed") of their listeners; the others stay bound. Replaces what was prepared.
  config::Problems Prepare(SnapshotPtr snapshot);
  // Closes what only the prepared snapshot needs.
  void DropPrepared();
  // `done` runs on main when every worker serves `snapshot`, which need not be prepared. Listeners
  // that cannot listen are named and not served ("listen_failed"); the rest is.
  void Serve(SnapshotPtr snapshot, std::function<void(config::Problems)> done);
  // New connections are refused from now on, for good; every worker has stopped to accept.
  void CloseAll();

  // nullptr before the first Serve.
  const SnapshotPtr& served() const { return served_; }
  // Where the listeners of `served` are.
  std::vector<admin::BoundListener> Bound() const;

 private:
  using Entry = net::ListenSockets::Entry;
  config::Problems Bind(const config::Snapshot& snapshot);
  const Entry* EntryOf(const config::ListenerSpec& spec) const;
  std::vector<std::vector<worker::ListenerSocket>> Listen(config::Problems& problems);
  void Announce();
  void CloseUnused();

  const Parts parts_;
  SnapshotPtr served_;
  SnapshotPtr prepared_;
  SnapshotPtr reserved_;
  std::vector<const Entry*> open_;
  std::set<std::pair<std::string, std::string>> announced_;  // name and address
  size_t adopting_ = 0;  // Serve calls that some worker has not answered
  bool closed_ = false;
};

}  // namespace sluice::main
