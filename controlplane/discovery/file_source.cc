#include "controlplane/discovery/file_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include "controlplane/discovery/endpoint_file.h"

namespace sluice::discovery {
namespace {

constexpr std::string_view kSource = "file";

// How many of `before` are not in `after`, by address.
size_t CountLost(const std::vector<Endpoint>& before, const std::vector<Endpoint>& after) {
  std::set<std::string> left;
  for (const Endpoint& endpoint : after) left.insert(AddressOf(endpoint));
  return static_cast<size_t>(std::count_if(before.begin(), before.end(), [&](const Endpoint& e) {
    return !left.contains(AddressOf(e));
  }));
}

absl::StatusOr<std::vector<Endpoint>> ReadPath(const std::string& path) {
  std::error_code error;
  const auto kind = std::filesystem::status(path, error).type();
  // Opening a pipe would wait for its writer.
  if (kind != std::filesystem::file_type::regular && kind != std::filesystem::file_type::not_found) {
    return absl::NotFoundError("is no regular file");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(fmt::format("cannot be read: {}", std::strerror(errno)));
  std::string text;
  char block[1 << 16];
  // A block above the limit is enough to see that it is crossed.
  while (text.size() <= kMaxEndpointFileBytes &&
         (file.read(block, sizeof block), file.gcount() > 0)) {
    text.append(block, static_cast<size_t>(file.gcount()));
  }
  return ParseEndpointFile(text);
}

}  // namespace

FileSource::FileSource(Catalog& catalog, const base::Clock& clock, SourceProblemSink problems,
                       LossAlarmSink alarms)
    : catalog_(catalog),
      clock_(clock),
      problems_(std::move(problems)),
      alarms_(std::move(alarms)) {}

std::optional<FileSource::Stamp> FileSource::StampOf(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  return Stamp{info.st_ino, info.st_size,
               info.st_ctim.tv_sec * int64_t{1'000'000'000} + info.st_ctim.tv_nsec};
}

void FileSource::SetServices(const std::map<std::string, std::string>& path_by_service) {
  std::lock_guard lock(mutex_);
  for (auto file = files_.begin(); file != files_.end();) {
    const auto wanted = path_by_service.find(file->first);
    if (wanted != path_by_service.end() && wanted->second == file->second.path) {
      ++file;
      continue;
    }
    SayProblem(file->first, file->second, "");
    if (file->second.held) alarms_({"file:" + file->second.path, 0, 0, false});
    // With another path the old endpoints stay until the new file was read.
    if (wanted == path_by_service.end()) catalog_.Remove(kSource, file->first);
    file = files_.erase(file);
  }
  for (const auto& [service, path] : path_by_service) {
    const auto [file, is_new] = files_.try_emplace(service);
    if (!is_new) continue;
    file->second.path = path;
    Look(service, file->second);
  }
}

void FileSource::Poll() {
  std::lock_guard lock(mutex_);
  for (auto& [service, file] : files_) Look(service, file);
}

void FileSource::Release(const std::string& service) {
  std::lock_guard lock(mutex_);
  const auto found = files_.find(service);
  if (found == files_.end() || !found->second.held) return;
  File& file = found->second;
  std::vector<Endpoint> endpoints = *std::exchange(file.held, std::nullopt);
  file.window = endpoints;
  file.window_began = clock_.Now();
  alarms_({"file:" + file.path, 0, file.endpoints.size(), false});
  Use(service, file, std::move(endpoints));
}

void FileSource::Look(const std::string& service, File& file) {
  const std::optional<Stamp> stamp = StampOf(file.path);
  if (stamp && stamp == file.stamp) return;
  file.stamp = stamp;
  absl::StatusOr<std::vector<Endpoint>> endpoints = ReadPath(file.path);
  if (!endpoints.ok()) {
    SayProblem(service, file, std::string(endpoints.status().message()));
    return;
  }
  SayProblem(service, file, "");
  Take(service, file, Normalized(*std::move(endpoints)));
}

void FileSource::Take(const std::string& service, File& file, std::vector<Endpoint> endpoints) {
  const base::MonoTime now = clock_.Now();
  if (!file.read || now - file.window_began >= kLossWindow) {
    file.window = file.endpoints;
    file.window_began = now;
  }
  const size_t lost = CountLost(file.window, endpoints);
  if (IsSuspiciousLoss(lost, file.window.size())) {
    const bool raised = !std::exchange(file.held, std::move(endpoints)).has_value();
    if (raised) alarms_({"file:" + file.path, lost, file.window.size(), true});
    return;
  }
  if (std::exchange(file.held, std::nullopt)) {
    alarms_({"file:" + file.path, lost, file.window.size(), false});
  }
  Use(service, file, std::move(endpoints));
}

void FileSource::Use(const std::string& service, File& file, std::vector<Endpoint> endpoints) {
  file.read = true;
  file.endpoints = endpoints;
  catalog_.Replace(kSource, service, std::move(endpoints));
}

void FileSource::SayProblem(const std::string& service, File& file, std::string text) {
  if (text == file.problem) return;
  file.problem = std::move(text);
  problems_({service, "file:" + file.path, file.problem, !file.problem.empty()});
}

}  // namespace sluice::discovery
