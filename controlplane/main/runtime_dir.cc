#include "controlplane/main/runtime_dir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace sluice::main {

namespace {

constexpr char kPrefix[] = "sluice-judge.";

// The folder, open and locked; -1 if it is not ours, or somebody holds it.
int Lock(const std::string& path) {
  const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return -1;
  struct stat info;
  if (fstat(folder, &info) == 0 && info.st_uid == geteuid() && flock(folder, LOCK_EX | LOCK_NB) == 0) return folder;
  close(folder);
  return -1;
}

void RemoveLeftovers(const std::string& parent) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(parent, ignored)) {
    if (!entry.path().filename().string().starts_with(kPrefix)) continue;
    const int lock = Lock(entry.path());
    if (lock < 0) continue;
    std::filesystem::remove_all(entry.path(), ignored);
    close(lock);
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<RuntimeDir>> RuntimeDir::Make(const std::string& parent) {
  RemoveLeftovers(parent);
  // Another process that starts may take the new folder for a leftover before it is locked.
  for (int tries = 0; tries < 10; ++tries) {
    std::string path = parent + "/" + kPrefix + "XXXXXX";
    if (mkdtemp(path.data()) == nullptr) {
      return absl::UnavailableError(fmt::format("no folder can be made in {}: {}", parent, std::strerror(errno)));
    }
    const int lock = Lock(path);
    struct stat held, named;
    if (lock >= 0 && fstat(lock, &held) == 0 && stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino) {
      return std::unique_ptr<RuntimeDir>(new RuntimeDir(std::move(path), lock));
    }
    if (lock >= 0) close(lock);
  }
  return absl::UnavailableError(fmt::format("no folder in {} stays", parent));
}

RuntimeDir::~RuntimeDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  close(lock_);
}

}  // namespace sluice::main
