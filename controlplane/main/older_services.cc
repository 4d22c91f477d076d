#include "controlplane/main/older_services.h"

#include <utility>

#include "controlplane/revision/history.h"
#include "dataplane/base/log.h"
#include "dataplane/base/status_macros.h"

namespace sluice::main {

namespace {

absl::StatusOr<model::Config> ReadServices(store::Store& store, uint64_t revision) {
  SLUICE_ASSIGN_OR_RETURN(const std::vector<store::Object> stored, store.List(revision, model::kService, ""));
  std::vector<model::ObjectPtr> objects;
  for (const store::Object& one : stored) {
    SLUICE_ASSIGN_OR_RETURN(model::ObjectPtr object, revision::ReadObject(one));
    objects.push_back(std::move(object));
  }
  return model::Config().With(objects, {});
}

}  // namespace

std::vector<model::Config> OlderServices::Of(const std::vector<uint64_t>& revisions) {
  std::map<uint64_t, model::Config> kept;
  std::vector<model::Config> out;
  for (const uint64_t revision : revisions) {
    if (const auto known = read_.find(revision); known != read_.end()) {
      kept.insert(*known);
    } else if (absl::StatusOr<model::Config> services = ReadServices(store_, revision); services.ok()) {
      kept.emplace(revision, *std::move(services));
    } else {
      base::LogWarn("the services of revision {}, which a proxy serves, cannot be read: {}", revision,
                    std::string(services.status().message()));
      continue;
    }
    out.push_back(kept.at(revision));
  }
  read_ = std::move(kept);
  return out;
}

}  // namespace sluice::main
