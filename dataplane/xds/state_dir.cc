#include "dataplane/xds/state_dir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "dataplane/base/status_macros.h"
#include "dataplane/xds/state_file.h"

namespace sluice::xds {
namespace {

using config::ResourceRef;
using config::ResourceType;
using google::protobuf::Timestamp;

void Put(StateDir::WallTime time, Timestamp& out) {
  const auto since = time.time_since_epoch();
  out.set_seconds(std::chrono::duration_cast<std::chrono::seconds>(since).count());
}

StateDir::WallTime TimeOf(const Timestamp& time) {
  return StateDir::WallTime(std::chrono::seconds(time.seconds()));
}

void Put(ResourceType type, const config::Resource& resource, state::v1::Resource& out) {
  out.set_type_url(std::string(config::TypeUrl(type)));
  out.set_name(resource.name);
  out.set_version(resource.version);
  out.set_value(resource.message->SerializeAsString());
}

// Whoever wrote the file had decoded it; another version of us may not know it any more.
absl::StatusOr<std::pair<ResourceType, ResourceRef>> Take(const state::v1::Resource& stored) {
  for (const ResourceType type : config::kResourceTypes) {
    if (config::TypeUrl(type) != stored.type_url()) continue;
    auto resource = config::DecodeResource(type, stored.name(), stored.version(), stored.value());
    if (!resource.ok()) {
      return absl::DataLossError(
          fmt::format("'{}': {}", stored.name(), std::string(resource.status().message())));
    }
    return std::pair(type, *std::move(resource));
  }
  return absl::DataLossError(
      fmt::format("'{}' is of unknown type {}", stored.name(), stored.type_url()));
}

absl::Status SystemError(const std::string& path, std::string_view what, int error) {
  return absl::UnavailableError(
      fmt::format("{}: cannot {}: {}", path, what, net::ErrnoText(error)));
}

absl::Status Lost(const std::string& path, std::string_view why) {
  return absl::DataLossError(fmt::format("{} {}", path, why));
}

}  // namespace

absl::StatusOr<std::unique_ptr<StateDir>> StateDir::Open(std::string path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return SystemError(path, "make the folder", errno);
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return SystemError(path, "open the folder", errno);
  if (!S_ISDIR(info.st_mode)) return SystemError(path, "use it", ENOTDIR);
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return absl::PermissionDeniedError(
        fmt::format("{}: others may write into it: chmod 0700 is wanted", path));
  }
  const std::string lock_path = path + "/lock";
  net::Fd lock(open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock.valid()) return SystemError(lock_path, "open", errno);
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return absl::UnavailableError(fmt::format("{}: another process uses it", path));
    return SystemError(lock_path, "lock", errno);
  }
  return std::unique_ptr<StateDir>(new StateDir(std::move(path), std::move(lock)));
}

std::string StateDir::PathOf(std::string_view name) const {
  return fmt::format("{}/{}", path_, name);
}

std::string StateDir::PathOf(Slot slot) const {
  return PathOf(slot == Slot::kCurrent ? "revision" : "revision.prev");
}

absl::StatusOr<StateDir::StoredRevision> StateDir::LoadRevision(Slot slot) const {
  const std::string path = PathOf(slot);
  SLUICE_ASSIGN_OR_RETURN(const state::v1::File file, ReadStateFile(path));
  if (!file.has_revision()) return Lost(path, "holds no revision");
  const state::v1::Revision& stored = file.revision();
  StoredRevision out;
  out.served = TimeOf(stored.served());
  out.revision.number = stored.number();
  out.revision.group = stored.group();
  out.revision.compiler_level = stored.compiler_level();
  if (stored.digest().size() != out.revision.digest.size()) return Lost(path, "has no digest");
  std::copy(stored.digest().begin(), stored.digest().end(), out.revision.digest.begin());
  for (const state::v1::Resource& one : stored.resources()) {
    auto resource = Take(one);
    if (!resource.ok())
      return Lost(path, std::string_view(resource.status().message().data(),
                                         resource.status().message().size()));
    if (resource->first == ResourceType::kEndpoint) return Lost(path, "holds endpoints");
    out.revision.resources.of(resource->first)[one.name()] = std::move(resource->second);
  }
  return out;
}

absl::StatusOr<StateDir::StoredEndpoints> StateDir::LoadEndpoints() const {
  const std::string path = PathOf("endpoints");
  SLUICE_ASSIGN_OR_RETURN(const state::v1::File file, ReadStateFile(path));
  if (!file.has_endpoints()) return Lost(path, "holds no endpoints");
  StoredEndpoints out;
  out.written = TimeOf(file.endpoints().written());
  for (const state::v1::Resource& one : file.endpoints().assignments()) {
    auto resource = Take(one);
    if (!resource.ok())
      return Lost(path, std::string_view(resource.status().message().data(),
                                         resource.status().message().size()));
    if (resource->first != ResourceType::kEndpoint) return Lost(path, "holds more than endpoints");
    out.assignments.push_back(std::move(resource->second));
  }
  return out;
}

absl::StatusOr<state::v1::Starts> StateDir::LoadStarts() const {
  const std::string path = PathOf("starts");
  SLUICE_ASSIGN_OR_RETURN(const state::v1::File file, ReadStateFile(path));
  if (!file.has_starts()) return Lost(path, "holds no starts");
  return file.starts();
}

absl::Status StateDir::StoreRevision(const Revision& revision, WallTime served,
                                     Before before) const {
  state::v1::File file;
  state::v1::Revision& out = *file.mutable_revision();
  out.set_number(revision.number);
  out.set_group(revision.group);
  out.set_digest(std::string(revision.digest.begin(), revision.digest.end()));
  out.set_compiler_level(revision.compiler_level);
  Put(served, *out.mutable_served());
  for (const ResourceType type : config::kResourceTypes) {
    if (type == ResourceType::kEndpoint) continue;
    for (const auto& [name, resource] : revision.resources.of(type))
      Put(type, *resource, *out.add_resources());
  }
  const std::string current = PathOf(Slot::kCurrent);
  auto old = ReadStateFile(current);
  const bool keeps = before == Before::kKeep && old.ok() && old->has_revision() &&
                     old->revision().digest() != out.digest();
  // A copy, not a rename: at no instant is there no current revision.
  if (keeps) SLUICE_RETURN_IF_ERROR(WriteStateFile(PathOf(Slot::kPrevious), *old));
  return WriteStateFile(current, file);
}

absl::Status StateDir::StoreEndpoints(std::span<const ResourceRef> assignments,
                                      WallTime now) const {
  state::v1::File file;
  Put(now, *file.mutable_endpoints()->mutable_written());
  for (const ResourceRef& one : assignments) {
    Put(ResourceType::kEndpoint, *one, *file.mutable_endpoints()->add_assignments());
  }
  return WriteStateFile(PathOf("endpoints"), file);
}

absl::Status StateDir::StoreStarts(const state::v1::Starts& starts) const {
  state::v1::File file;
  *file.mutable_starts() = starts;
  return WriteStateFile(PathOf("starts"), file);
}

}  // namespace sluice::xds
