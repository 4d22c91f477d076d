// The present endpoints of every service, merged from all sources, as one ordered log of changes.
//
// A source says what it knows of a service; the catalog unites the sources of a service (of one
// address in two of them the source first in the alphabet wins) and numbers each change of the
// result. What does not change anything is no change and has no number.
//
// Thread: any, one mutex. Observers are called under it, in the order of the log: they must only
// hand on (post to a strand) and must not call back.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/discovery/endpoint.h"

namespace sluice::discovery {

// A place in the log. Sequences of unequal epochs do not compare.
struct Position {
  uint64_t epoch = 0;
  uint64_t seq = 0;  // 0: before the first change.
  friend bool operator==(const Position&, const Position&) = default;
};

// What a service has since `changed`.
struct ServiceEndpoints {
  std::string service;
  std::vector<Endpoint> endpoints;  // Normalised; may be empty.
  Position changed;
  bool removed = false;  // No source knows the service any more.
};

class Catalog final {
 public:
  using Observer = std::function<void(const ServiceEndpoints&)>;
  using Services = std::map<std::string, std::vector<Endpoint>>;

  // `epoch` is greater than that of any earlier run (Store::BeginEpoch gives one).
  explicit Catalog(uint64_t epoch) : position_{epoch, 0} {}
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  // Everything that `source` knows of `service`; an empty list keeps the service in the catalog.
  // Returns where the log is then.
  Position Replace(std::string_view source, const std::string& service,
                   std::vector<Endpoint> endpoints);
  // The source does not know the service any more.
  Position Remove(std::string_view source, const std::string& service);
  // Everything that `source` knows at all: services that are not named are removed. This is the
  // whole of the static source.
  Position ReplaceSource(std::string_view source, Services services);

  std::optional<ServiceEndpoints> Get(const std::string& service) const;
  // By service; those that changed after `seq` (0: all). Removals are told to observers only.
  std::vector<ServiceEndpoints> ChangedSince(uint64_t seq) const;
  Position position() const;

  // Told of every change from now on, and first, within this call, of all that is there.
  void Observe(Observer observer);

 private:
  struct Entry {
    std::map<std::string, std::vector<Endpoint>, std::less<>> by_source;
    std::vector<Endpoint> merged;
    Position changed;
  };
  // All of these with mutex_ held.
  void Put(std::string_view source, const std::string& service, std::vector<Endpoint> endpoints);
  void Drop(std::string_view source, const std::string& service);
  // Takes the union anew; numbers and tells a difference. `is_new`: the service was not there.
  void Merge(const std::string& service, Entry& entry, bool is_new);
  void Tell(const ServiceEndpoints& change);

  mutable std::mutex mutex_;  // Guards all below.
  Position position_;
  std::map<std::string, Entry> services_;  // Each has a source.
  std::vector<Observer> observers_;
};

}  // namespace sluice::discovery
