// What a store holds, as plain values. Contents are bytes that the store never reads: which message
// they carry is the caller's business, so a new kind of object needs no change here.
//
// The limits are etcd's (128 operations and 1.5 MiB in a transaction, minus room for our own keys).
// Every store enforces them, so that what works on the embedded one works in a fleet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace sluice::store {

// Writes of one Stage(), or of all live batches of one call.
inline constexpr size_t kMaxWrites = 100;
// Bytes of the keys and values of those writes.
inline constexpr size_t kMaxWriteBytes = 1'200'000;

// The identity of an object, for example {"Route", "shop/cart"}. Ordered by kind, then name.
struct Key {
  std::string kind;
  std::string name;
  friend auto operator<=>(const Key&, const Key&) = default;
};

// One step of a new revision: the object's new content, or its end.
struct Write {
  Key key;
  std::optional<std::string> value;  // Absent: the object is deleted.
};

// An object as one revision sees it.
struct Object {
  Key key;
  std::string value;
  uint64_t revision = 0;  // That wrote this content, at most the one asked for.
};

// The last of an object's versions within some range of revisions.
struct Version {
  Key key;
  std::optional<std::string> value;  // Absent: deleted.
  uint64_t revision = 0;
};

// Who changed what, when and why. Never changes once published, but for `withdrawn`.
struct RevisionRecord {
  uint64_t number = 0;  // Set by Publish; from 1, without gaps.
  absl::Time time;      // Kept to the microsecond.
  std::string author;
  bool author_verified = false;
  std::string reason;
  std::string changes;       // The caller's list of changes, as bytes.
  uint64_t rollback_of = 0;  // Whose content it has again; 0: none.
  uint32_t compiler_level = 0;
  std::string digest;      // The caller's, of the compiled content.
  bool withdrawn = false;  // Nobody served it: the proxies refused it.
  friend bool operator==(const RevisionRecord&, const RevisionRecord&) = default;
};

// The right to write the next revision, until somebody else calls Begin().
struct Draft {
  uint64_t revision = 0;
  uint64_t token = 0;
};

// A place in a live log. Sequences of unequal epochs do not compare.
struct LogPosition {
  uint64_t epoch = 0;
  uint64_t seq = 0;
  friend bool operator==(const LogPosition&, const LogPosition&) = default;
};

struct LiveWrite {
  std::string key;
  std::optional<std::string> value;  // Absent: the entry goes, its old bytes too.
};

// Writes of one log. They are applied in order; each takes one sequence number.
struct LiveBatch {
  std::string log;     // "endpoints", "secrets", ...
  uint64_t epoch = 0;  // The one the writer works in.
  std::vector<LiveWrite> writes;
};

struct LiveEntry {
  std::string key;
  std::string value;
  LogPosition written;
  friend bool operator==(const LiveEntry&, const LiveEntry&) = default;
};

// The present content of a live log: no history, one value per key.
struct LiveLog {
  LogPosition position;            // Of the last write; {0, 0} for a log that nobody has begun.
  std::vector<LiveEntry> entries;  // By key.
};

// What Publish did.
struct Published {
  uint64_t revision = 0;
  std::vector<LogPosition> positions;  // One per live batch.
};

}  // namespace sluice::store
