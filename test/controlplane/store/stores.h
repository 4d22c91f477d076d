// Stores for tests: a fresh file or memory, and writes in short form.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/store/commit.h"
#include "controlplane/store/memory_store.h"
#include "controlplane/store/sqlite_store.h"

namespace sluice::store {

// A path in the test's own folder where nothing is yet.
inline std::string FreshPath(const std::string& name) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "store";
  std::filesystem::create_directories(folder);
  const std::string path = folder / name;
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  return path;
}

inline std::unique_ptr<SqliteStore> OpenSqlite(const std::string& path,
                                               const SqliteOptions& options = {}) {
  absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path, options);
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

inline Write Put(std::string name, std::string value) {
  return {{"Route", std::move(name)}, std::move(value)};
}
inline Write Erase(std::string name) { return {{"Route", std::move(name)}, std::nullopt}; }

// Publishes on top of the head and returns the revision, 0 on failure.
inline uint64_t Push(Store& store, std::vector<Write> writes, RevisionRecord record = {}) {
  const absl::StatusOr<uint64_t> head = store.Head();
  EXPECT_TRUE(head.ok()) << head.status();
  const absl::StatusOr<Published> published = Commit(store, head.value_or(0), record, writes);
  EXPECT_TRUE(published.ok()) << published.status();
  return published.ok() ? published->revision : 0;
}

// "name=value name=value" of what a revision holds; the error's text if it cannot be read.
inline std::string Content(Store& store, uint64_t revision) {
  const absl::StatusOr<std::vector<Object>> objects = store.List(revision, "", "");
  if (!objects.ok()) return std::string(objects.status().message());
  std::string text;
  for (const Object& object : *objects) {
    text += (text.empty() ? "" : " ") + object.key.name + "=" + object.value;
  }
  return text;
}

}  // namespace sluice::store
