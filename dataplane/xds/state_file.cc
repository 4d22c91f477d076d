#include "dataplane/xds/state_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "dataplane/base/status_macros.h"
#include "dataplane/crypto/digest.h"
#include "dataplane/net/socket.h"

namespace sluice::xds {
namespace {

constexpr std::string_view kMagic = "SLUICE1\n";
constexpr size_t kLengthBytes = 8;
constexpr size_t kDigestBytes = 32;
constexpr size_t kOverhead = kMagic.size() + kLengthBytes + kDigestBytes;

absl::Status Lost(std::string_view why) { return absl::DataLossError(std::string(why)); }

absl::Status SystemError(const std::string& path, std::string_view what) {
  return absl::UnavailableError(
      fmt::format("{}: cannot {}: {}", path, what, net::ErrnoText(errno)));
}

std::string_view TextOf(const crypto::Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  const net::Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.valid()) {
    if (errno == ENOENT) return absl::NotFoundError(fmt::format("{}: there is none", path));
    return SystemError(path, "open");
  }
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return SystemError(path, "read");
  if (!S_ISREG(info.st_mode)) return Lost("is no file");
  if (static_cast<uint64_t>(info.st_size) > kMaxStateFileBytes) return Lost("is too large");
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t n = read(fd.get(), bytes.data() + at, bytes.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(path, "read");
    if (n == 0) return Lost("is truncated");
    at += static_cast<size_t>(n);
  }
  return bytes;
}

absl::Status WriteAll(const std::string& path, std::string_view bytes) {
  const net::Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return SystemError(path, "create");
  while (!bytes.empty()) {
    const ssize_t n = write(fd.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(path, "write");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  if (fsync(fd.get()) != 0) return SystemError(path, "sync");
  return absl::OkStatus();
}

}  // namespace

std::string FrameState(std::string_view message) {
  std::string bytes(kMagic);
  for (size_t i = 0; i < kLengthBytes; ++i) {
    bytes += static_cast<char>(static_cast<uint64_t>(message.size()) >> (8 * i));
  }
  bytes += message;
  return bytes.append(TextOf(crypto::Sha256Of(bytes)));
}

absl::StatusOr<std::string> UnframeState(std::string_view bytes) {
  if (!bytes.starts_with(kMagic.substr(0, bytes.size()))) return Lost("is no state file of Sluice");
  if (bytes.size() < kOverhead) return Lost("is truncated");
  uint64_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    length |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[kMagic.size() + i])) << (8 * i);
  }
  if (length > bytes.size() - kOverhead) return Lost("is truncated");
  if (length < bytes.size() - kOverhead) return Lost("is longer than it says");
  const std::string_view covered = bytes.substr(0, bytes.size() - kDigestBytes);
  if (TextOf(crypto::Sha256Of(covered)) != bytes.substr(covered.size())) return Lost("is altered");
  return std::string(covered.substr(kMagic.size() + kLengthBytes));
}

absl::StatusOr<state::v1::File> ReadStateFile(const std::string& path) {
  const auto prefixed = [&path](const absl::Status& status) {
    return absl::DataLossError(fmt::format("{} {}", path, std::string(status.message())));
  };
  auto bytes = ReadAll(path);
  if (absl::IsDataLoss(bytes.status())) return prefixed(bytes.status());
  if (!bytes.ok()) return bytes.status();
  auto message = UnframeState(*bytes);
  if (!message.ok()) return prefixed(message.status());
  state::v1::File file;
  if (!file.ParseFromString(*message)) return prefixed(Lost("holds another message"));
  return file;
}

absl::Status WriteStateFile(const std::string& path, const state::v1::File& file) {
  const std::string beside = path + ".tmp";
  SLUICE_RETURN_IF_ERROR(WriteAll(beside, FrameState(file.SerializeAsString())));
  if (rename(beside.c_str(), path.c_str()) != 0) return SystemError(path, "replace");
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const net::Fd fd(open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid() || fsync(fd.get()) != 0) return SystemError(folder, "sync");
  return absl::OkStatus();
}

}  // namespace sluice::xds
