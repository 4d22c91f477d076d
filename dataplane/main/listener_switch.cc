#include "dataplane/main/listener_switch.h"

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "dataplane/base/log.h"

namespace sluice::main {

using config::Problems;
using config::ResourceType;

namespace {

Problems::value_type Failure(const config::ListenerSpec& spec, std::string_view code,
                             const absl::Status& status) {
  const std::string_view text(status.message().data(), status.message().size());
  return config::LocalProblem(ResourceType::kListener, spec.name, code, text);
}

}  // namespace

const ListenerSwitch::Entry* ListenerSwitch::EntryOf(const config::ListenerSpec& spec) const {
  return parts_.sockets.Find(spec.name, spec.address);
}

Problems ListenerSwitch::Bind(const config::Snapshot& snapshot) {
  Problems problems;
  if (closed_) return problems;
  for (const auto& spec : snapshot.listeners) {
    const auto entry =
        parts_.sockets.Bind(spec->name, spec->address, {.ipv4_too = spec->ipv4_too});
    if (!entry.ok()) {
      problems.push_back(Failure(*spec, "bind_failed", entry.status()));
    } else if (std::find(open_.begin(), open_.end(), *entry) == open_.end()) {
      open_.push_back(*entry);
    }
  }
  return problems;
}

Problems ListenerSwitch::Reserve(SnapshotPtr bootstrap) {
  reserved_ = std::move(bootstrap);
  return Bind(*reserved_);
}

Problems ListenerSwitch::Prepare(SnapshotPtr snapshot) {
  prepared_ = std::move(snapshot);
  CloseUnused();
  return Bind(*prepared_);
}

void ListenerSwitch::DropPrepared() {
  prepared_ = nullptr;
  CloseUnused();
}

std::vector<std::vector<worker::ListenerSocket>> ListenerSwitch::Listen(Problems& problems) {
  std::vector<std::vector<worker::ListenerSocket>> sockets(parts_.workers.size());
  for (const auto& spec : served_->listeners) {
    const Entry* entry = EntryOf(*spec);
    if (entry == nullptr) continue;
    const absl::Status status = parts_.sockets.Listen(*entry, static_cast<int>(spec->backlog));
    if (!status.ok()) {
      problems.push_back(Failure(*spec, "listen_failed", status));
      continue;
    }
    for (size_t i = 0; i < sockets.size(); ++i) sockets[i].push_back({spec->name, entry->fd(i)});
  }
  return sockets;
}

void ListenerSwitch::Serve(SnapshotPtr snapshot, std::function<void(Problems)> done) {
  served_ = std::move(snapshot);
  if (prepared_ == served_) prepared_ = nullptr;
  Problems problems = Bind(*served_);
  const auto sockets = Listen(problems);
  ++adopting_;
  if (parts_.faults.held_worker < parts_.workers.size()) {
    parts_.workers.workers()[parts_.faults.held_worker]->loop().mailbox().Post(
        [hold = parts_.faults.hold] { std::this_thread::sleep_for(hold); });
  }
  parts_.workers.Adopt(served_, sockets,
                       [this, done = std::move(done), problems = std::move(problems)] {
                         if (--adopting_ == 0) {
                           CloseUnused();
                           Announce();
                         }
                         done(problems);
                       });
  if (parts_.faults.crash_revision != 0 && parts_.faults.crash_revision == served_->revision) {
    parts_.workers.workers()[0]->loop().mailbox().Post([] { std::abort(); });
  }
}

void ListenerSwitch::CloseUnused() {
  if (adopting_ != 0) return;
  std::vector<const Entry*> needed;
  for (const SnapshotPtr& snapshot : {served_, prepared_, reserved_}) {
    if (snapshot == nullptr || closed_) continue;
    for (const auto& spec : snapshot->listeners) needed.push_back(EntryOf(*spec));
  }
  std::erase_if(open_, [&](const Entry* entry) {
    if (std::find(needed.begin(), needed.end(), entry) != needed.end()) return false;
    parts_.sockets.Close(*entry);
    return true;
  });
}

void ListenerSwitch::CloseAll() {
  closed_ = true;
  // A worker that is still to adopt may be given sockets that it will not use: it drains.
  CloseUnused();
}

std::vector<admin::BoundListener> ListenerSwitch::Bound() const {
  std::vector<admin::BoundListener> bound;
  if (served_ == nullptr) return bound;
  for (const auto& spec : served_->listeners) {
    const Entry* entry = EntryOf(*spec);
    if (entry != nullptr && entry->listening()) bound.push_back({spec->name, entry->bound()});
  }
  return bound;
}

void ListenerSwitch::Announce() {
  std::set<std::pair<std::string, std::string>> now;
  for (const admin::BoundListener& listener : Bound()) {
    const auto key = std::pair(listener.name, listener.address.ToString());
    if (!announced_.contains(key) && parts_.announce) parts_.announce(listener);
    now.insert(key);
  }
  announced_ = std::move(now);
}

}  // namespace sluice::main
