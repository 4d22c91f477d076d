// A folder of this process alone, for the judge's socket: gone with its owner, however that ends.
//
// The path is short, as sockets need it, and only this user may look inside. While it lives the folder
// is locked (flock); a process that was killed leaves the folder and loses the lock, so the next one of
// the same user that starts removes what nobody holds. Folders "sluice-control.*" stay: binaries from
// before the lock made them, and may be running. Owner: Control. Thread: one at a time.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace sluice::main {

class RuntimeDir final {
 public:
  // Makes "<parent>/sluice-judge.XXXXXX", after removing those that were left there. UNAVAILABLE if
  // it cannot.
  static absl::StatusOr<std::unique_ptr<RuntimeDir>> Make(const std::string& parent = "/tmp");
  ~RuntimeDir();
  RuntimeDir(const RuntimeDir&) = delete;
  RuntimeDir& operator=(const RuntimeDir&) = delete;

  const std::string& path() const { return path_; }

 private:
  RuntimeDir(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  const std::string path_;
  const int lock_;  // the open folder
};

}  // namespace sluice::main
